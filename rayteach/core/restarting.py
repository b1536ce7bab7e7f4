"""An actor's process died and another is to come: what becomes of its creation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rayteach.core import lending, states

if TYPE_CHECKING:
    from collections.abc import Callable, Container

    from rayteach.core.scheduler import Scheduler
    from rayteach.core.task import Task

    Steps = tuple[Callable[[Task, str], None], Callable[[Task], None]]


def restart(
    scheduler: Scheduler,
    actor: int,
    again: Task,
    begun: Container[int],
    steps: Steps,
    *,
    counts: bool,
) -> list[Task]:
    """The actor's process died, and ``again`` makes it anew.

    Args:
        scheduler: whose books are to change.
        actor: its number.
        again: the creation itself if it has not ended, else a new one under
            the same number.
        begun: numbers of calls that may have begun.
        steps: how the scheduler changes a task's state, and puts one in line.
        counts: whether this is one of the actor's ``max_restarts``.

    Returns:
        The calls that cannot wait: the engine ends them.
    """
    change, queue = steps
    mailbox = scheduler.actors[actor]
    lending.forget(scheduler, mailbox)
    old, mailbox.creation = mailbox.creation, again
    mailbox.restarts -= counts and mailbox.restarts > 0
    again.attempt = old.attempt + counts
    if old.worker:
        old.node.leave(old)
        scheduler.touch(old.node)
    if again is old:
        change(old, states.QUEUED)
        old.worker = 0
        scheduler.first_in_line(old)
    else:
        scheduler.tasks[again.number] = again
        queue(again)
    return mailbox.lose_process(begun, change)
