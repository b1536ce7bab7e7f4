"""An actor that wants the CPUs back that it has lent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rayteach.core import states

if TYPE_CHECKING:
    from rayteach.core.mailbox import Mailbox


class Recall:
    """An actor in the line of those that want lent CPUs back."""

    __slots__ = ("mailbox", "num_cpus", "number", "state", "worker")

    is_plain = False

    def __init__(self, mailbox: Mailbox) -> None:
        """Ask for what the actor of ``mailbox`` holds."""
        creation = mailbox.creation
        self.mailbox = mailbox
        self.number = creation.number
        self.num_cpus = creation.num_cpus
        self.worker = creation.worker
        self.state = states.RESUMING
