"""What holds in the scheduler after every fact and decision.

For tests and for debugging: looks at everything, so it takes time.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from rayteach.core import states
from rayteach.core.node_state import AWAY, EPSILON, PARKED, READER, NodeState
from rayteach.core.task import CALL, CREATION, TASK, Task

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rayteach.core.mailbox import Mailbox
    from rayteach.core.scheduler import Scheduler

_UNSENT = (states.NEEDS_INPUT, states.QUEUED)
_WITH_READER = (states.POSTED, states.RUNNING)
_LENDING = (states.BLOCKED, states.RESUMING)


def check_invariants(scheduler: Scheduler) -> None:
    """Raise ``AssertionError`` with all that is wrong; call it after ``decide``."""
    wrong = [f"task {n}: {text}" for n, text in _tasks(scheduler)]
    for node in scheduler.nodes.values():
        wrong += [f"node {node.name}: {text}" for text in _node(scheduler, node)]
    for number, text in _actors(scheduler):
        wrong.append(f"actor {number}: {text}")
    if wrong:
        raise AssertionError("\n".join(wrong))


def _tasks(scheduler: Scheduler) -> Iterable[tuple[int, str]]:
    for number, task in scheduler.tasks.items():
        if task.state in states.END_STATES:
            yield number, f"ended ({task.state}), yet still in the table"
        if task.state == states.QUEUED and not _is_in_line(scheduler, task):
            yield number, "queued, yet in no line"
        if (task.state == states.NEEDS_INPUT) != (task.missing > 0):
            yield number, f"{task.state} with {task.missing} inputs missing"


def _is_in_line(scheduler: Scheduler, task: Task) -> bool:
    if task.kind == CALL or (task.node is None and scheduler.placement is None):
        return True  # of the first see ``_actors``; nobody could run the second
    if task.node is None:
        return scheduler.placement is not None and task in scheduler.placement
    return task in (*task.node.queue, *task.node.direct, *task.node.late)


def _node(scheduler: Scheduler, node: NodeState) -> Iterable[str]:
    here = [t for t in scheduler.tasks.values() if t.node is node and t.kind == TASK]
    roles = Counter(node.roles.values())
    counts = (node.readers, node.parks_owed, node.parks_wanted, node.starting_parked)
    if min(counts) < 0:
        yield f"negative count in {counts}"
    if roles[READER] != node.readers + node.parks_owed:
        booked = f"{node.readers} + {node.parks_owed}"
        yield f"{roles[READER]} readers, {booked} in the books"
    parked = [worker for worker, role in node.roles.items() if role == PARKED]
    if sorted(parked) != sorted(node.parked):
        yield f"parked {sorted(node.parked)}, by role {sorted(parked)}"
    if node.free + node.parks_wanted < -EPSILON:
        yield f"{-node.free:g} CPUs too many in use, and nobody asked to park"
    yield from _claims(node)
    posted = sum(t.is_plain and t.state in _WITH_READER for t in here)
    if posted != node.posted:
        yield f"{posted} tasks with readers, {node.posted} in the books"
    away = {t.worker for t in here if t.is_plain and t.state in _LENDING}
    if not away <= {worker for worker, role in node.roles.items() if role == AWAY}:
        yield f"lending workers {sorted(away)} differ from the roles {node.roles}"
    yield from _lines(node, here)
    yield from _used(scheduler, node, here)


def _claims(node: NodeState) -> Iterable[str]:
    for worker, cpus in node.claims.items():
        role = node.roles.get(worker)
        if role in (None, READER, PARKED, AWAY):
            yield f"worker {worker} ({role}) claims {cpus:g} CPUs"
    if abs(node.num_cpus - node.readers - sum(node.claims.values()) - node.free) > (
        EPSILON
    ):
        yield f"claims {node.claims} do not add up"


def _lines(node: NodeState, here: list[Task]) -> Iterable[str]:
    waiting = {t.number for t in here if t.state == states.QUEUED}
    in_line = {t.number for t in (*node.queue, *node.direct, *node.late)}
    if not waiting <= in_line:
        yield f"queued tasks in no line: {sorted(waiting - in_line)}"
    resuming = {t.number for t in here if t.state == states.RESUMING}
    if not resuming <= {t.number for t in node.resuming}:
        yield "a resuming task is in no line"


def _used(scheduler: Scheduler, node: NodeState, here: list[Task]) -> Iterable[str]:
    holders = [t for t in here if not t.is_plain and t.state not in _UNSENT]
    for mailbox in scheduler.actors.values():
        one = mailbox.creation
        if one.node is node and mailbox.state != "dead" and one.state not in _UNSENT:
            holders.append(one)
    for name, amount in node.used.items():
        held = sum(a for task in holders for n, a in task.resources if n == name)
        if abs(held - amount) > EPSILON:
            yield f"{held:g} of {name} in use, {amount:g} in the books"
        if amount > node.resources[name] + EPSILON:
            yield f"{amount:g} of {name} in use, {node.resources[name]:g} there"


def _life(mailbox: Mailbox) -> Iterable[str]:
    if mailbox.state == "restarting" and mailbox.in_flight:
        yield f"calls {list(mailbox.in_flight)} in flight to no process"
    is_made = mailbox.creation.state == states.DONE
    if mailbox.state != "dead" and (mailbox.state == "alive") != is_made:
        yield f"{mailbox.state}, its creation {mailbox.creation.state}"


def _actors(scheduler: Scheduler) -> Iterable[tuple[int, str]]:
    for number, mailbox in scheduler.actors.items():
        if mailbox.creation.kind != CREATION:
            yield number, "its creation is none"
        yield from ((number, text) for text in _life(mailbox))
        for task in mailbox.in_flight.values():
            if task.state in _UNSENT or task.state in states.END_STATES:
                yield number, f"call {task.number} is in flight, yet {task.state}"
        for text in _slots(mailbox):
            yield number, text
        known = {task.number for task in mailbox.all_calls()}
        for task in scheduler.tasks.values():
            if task.kind == CALL and task.actor == number and task.number not in known:
                yield number, f"call {task.number} is in no line"


def _slots(mailbox: Mailbox) -> Iterable[str]:
    if mailbox.slots and len(mailbox.in_flight) > mailbox.slots:
        yield f"{len(mailbox.in_flight)} calls in {mailbox.slots} slots"
    creation = mailbox.creation
    if creation.state in _UNSENT or mailbox.state == "dead":
        return
    cpus = 0.0 if mailbox.is_lent else creation.num_cpus
    held = creation.node.claims.get(creation.worker, 0.0)
    if abs(held - cpus) > EPSILON:
        yield f"holds {held:g} CPUs, {cpus:g} in the books"
    if mailbox.waits and not mailbox.is_lent:
        yield "all that it runs waits, yet it lends nothing"
    if (
        mailbox.is_lent
        and not mailbox.recall
        and mailbox.wants_cpus(waits=mailbox.waits)
    ):
        yield "has use for its CPUs, and does not ask for them"
