"""Nodes that come and go: what becomes of the tasks that wait.

With the second node the scheduler places tasks one by one (``placement``), and
goes on doing so for good.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rayteach.core import states
from rayteach.core.node_state import DIRECT
from rayteach.core.placement import Placement
from rayteach.core.task import CALL, TASK

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rayteach.core.node_state import NodeState
    from rayteach.core.scheduler import Scheduler
    from rayteach.core.task import Task

_AT_WORK = (states.POSTED, states.RUNNING, states.BLOCKED, states.RESUMING)


def begin(scheduler: Scheduler) -> Placement:
    """From here on every task gets its node from the placement."""
    if scheduler.placement is None:
        scheduler.placement = placement = Placement(scheduler.nodes)
        scheduler.stop_plain()
        for task in list(scheduler.tasks.values()):
            if task.kind != CALL and task.state == states.QUEUED:
                _take_off(task)
                placement.add(task)
    return scheduler.placement


def join(
    scheduler: Scheduler, name: str, num_cpus: float, resources: dict[str, float]
) -> None:
    """Add one more node: who fitted nowhere may fit now."""
    placement = begin(scheduler)
    scheduler.add_node(name, num_cpus, resources)
    placement.look_again()
    scheduler.touch(scheduler.nodes[name])


def leave(scheduler: Scheduler, name: str) -> NodeState:
    """Nothing more is placed on the node; who waits there gets another one."""
    placement = begin(scheduler)
    node = scheduler.nodes.pop(name)
    waiting = [*node.direct, *node.late]
    node.direct.clear()
    node.late.clear()
    for task in reversed(waiting):
        if task.state == states.QUEUED:
            placement.add(task, front=True)
    placement.look_again()
    scheduler.infeasible.extend(placement.misfits)
    for other in scheduler.nodes.values():
        scheduler.touch(other)
    return node


def need_again(scheduler: Scheduler, task: Task, producers: Sequence[Task]) -> None:
    """Inputs of a task that could have started are lost and made again.

    ``producers`` make them. A task that was posted leaves its worker, which never
    heard of it.
    """
    worker, node = task.worker, task.node
    if task.state == states.POSTED:
        scheduler.take_back(task)
        if node is not None and node.roles.get(worker) == DIRECT:
            node.worker_free(worker)
            scheduler.touch(node)
    scheduler.wait_again(task, producers)


def _take_off(task: Task) -> None:
    """Take a queued task out of its node's lines."""
    node: NodeState | None = task.node
    if node is None:
        return
    for line in (node.queue, node.direct, node.late):
        while task in line:
            line.remove(task)


def has_work(name: str, tasks: Iterable[Task]) -> bool:
    """Tell whether a task still runs on the node, or is about to."""
    return any(
        task.node is not None and task.node.name == name and task.state in _AT_WORK
        for task in tasks
        if task.kind == TASK
    )
