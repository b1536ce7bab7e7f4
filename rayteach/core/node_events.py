"""Events of sessions with several nodes; part of the vocabulary of ``events``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rayteach.core.event import Event

if TYPE_CHECKING:
    from rayteach.core.event import ObjectKey


class TaskPlaced(Event):
    """A task got its node; not sent in sessions of one node."""

    task: int
    node: str
    reason: str


class ObjectCopied(Event):
    """The bytes of a value were copied to another node's store."""

    #: index ``ARGUMENTS_INDEX``: large arguments of that task
    object: ObjectKey
    source: str
    target: str
    size_bytes: int
    start_s: float
    end_s: float


class CopyLost(Event):
    """A node's store is gone, and this value's copy with it."""

    object: ObjectKey
    node: str


class TaskRedone(Event):
    """The result of a finished task is lost: another attempt follows."""

    task: int
    #: the new one
    attempt: int
    reason: str


class NodeSlowed(Event):
    """From here on what runs on a node takes longer."""

    node: str
    #: how many times as long; 1 for as usual
    factor: float
