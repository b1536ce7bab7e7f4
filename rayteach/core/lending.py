"""An actor that holds CPUs lends them while all that it runs waits.

    a call blocks      the actor's CPUs are free, unless another call of it runs
    it may go on       a Recall joins the line of those that want CPUs back
    the CPUs are back  every call that may go on does, and new ones are delivered

Calls hold no CPU themselves: their actor does, from its creation to its death.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rayteach.core import states
from rayteach.core.node_state import AWAY
from rayteach.core.recall import Recall
from rayteach.core.task import TASK

if TYPE_CHECKING:
    from rayteach.core.mailbox import Mailbox
    from rayteach.core.node_state import NodeState
    from rayteach.core.scheduler import Scheduler
    from rayteach.core.task import Task


def lend(scheduler: Scheduler, task: Task, worker: int) -> None:
    """The task is blocked: its CPU, or its actor's, may be lent."""
    if task.kind != TASK:
        balance(scheduler, scheduler.actors[task.actor or 0])
        return
    node: NodeState = task.node
    if task.is_plain:
        node.posted -= 1
        node.readers -= 1
        node.roles[worker] = AWAY
    else:
        node.claim(worker, 0.0)
    scheduler.touch(node)


def want_back(scheduler: Scheduler, task: Task) -> None:
    """The task could go on: it stands in line for its CPU."""
    if task.kind != TASK:
        go_on(scheduler, task)
        return
    node: NodeState = task.node
    node.resuming.append(task)
    scheduler.touch(node)


def balance(scheduler: Scheduler, mailbox: Mailbox) -> None:
    """Lend what the actor holds, or ask for it back, as its calls need it."""
    node: NodeState | None = mailbox.creation.node
    if node is None or mailbox.state == "dead":
        return
    waits = mailbox.waits
    if waits and not mailbox.is_lent:
        node.claim(mailbox.creation.worker, 0.0)
        mailbox.is_lent = True
        scheduler.lenders[mailbox.creation.worker] = mailbox
        scheduler.touch(node)
    if mailbox.is_lent and mailbox.recall is None and mailbox.wants_cpus(waits=waits):
        mailbox.recall = Recall(mailbox)
        node.resuming.append(mailbox.recall)
        scheduler.touch(node)


def go_on(scheduler: Scheduler, task: Task) -> None:
    """A call (or the constructor) may go on: at once, or when its actor has CPUs."""
    mailbox = scheduler.actors[task.actor or 0]
    if mailbox.is_lent:
        balance(scheduler, mailbox)
    else:
        scheduler.resume(task)


def granted(scheduler: Scheduler, node: NodeState) -> None:
    """Actors have CPUs of the node again."""
    while node.recalled:
        mailbox = node.recalled.pop().mailbox
        forget(scheduler, mailbox)
        for task in mailbox.at_work():
            if task.state == states.RESUMING:
                scheduler.resume(task)
        scheduler.deliver(mailbox)  # before it may lend again
        balance(scheduler, mailbox)


def forget(scheduler: Scheduler, mailbox: Mailbox) -> None:
    """Nothing is lent any more: it is back, or gone with the actor's process."""
    if mailbox.recall is not None:
        mailbox.recall.state = states.CANCELLED
    mailbox.is_lent, mailbox.recall = False, None
    scheduler.lenders.pop(mailbox.creation.worker, None)
