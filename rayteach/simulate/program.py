"""What a run did, as a program that can be run again on other CPUs.

    driver:  ─busy─ submit f ─busy─ submit g ─busy─ get(f, g) ─busy─ end
    f:       ─busy─ end

The driver and each task are a list of steps; before each step lies the time that
was spent in their own code. What a step waits for is not in the program: that is
for the replay to find out.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from statistics import median
from typing import TYPE_CHECKING

from rayteach.trace import measures, query

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from rayteach.trace.views.rows import Rows, TaskRow, WaitRow

SUBMIT, WAIT, ITEM, PUT, END = "submit", "wait", "item", "put", "end"

ObjectKey = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Step:
    """Something that the driver or a task does."""

    #: own work before it
    busy_s: float
    #: SUBMIT, WAIT, ITEM (a generator yields), PUT or END
    kind: str
    #: the task that is submitted, the number of the ``wait``, or of the put
    number: int = 0
    #: index of the item
    index: int = 0


@dataclass(frozen=True, slots=True)
class Job:
    """A task, a call or a creation, and what it does."""

    row: TaskRow
    #: tasks that must have ended before it can start
    makers: tuple[int, ...]
    steps: tuple[Step, ...]

    @property
    def busy_s(self) -> float:
        """How long it works in all."""
        return sum(step.busy_s for step in self.steps)

    def taking(self, seconds: float) -> Job:
        """Return the job with another time; its steps keep their shares of it."""
        before_s = self.busy_s
        if before_s <= 0:
            *first, last = self.steps
            return replace(self, steps=(*first, replace(last, busy_s=seconds)))
        factor = seconds / before_s
        steps = (replace(s, busy_s=s.busy_s * factor) for s in self.steps)
        return replace(self, steps=tuple(steps))


@dataclass(frozen=True, slots=True)
class Costs:
    """What rayteach itself took in the run, each the median of what was seen."""

    #: from one task's end to the next one's start on a worker that had a line
    next_s: float = 0.0
    #: from a task being ready to its start on a worker that was free
    wake_s: float = 0.0
    #: from a task's end to the driver knowing it
    report_s: float = 0.0
    #: start of a worker for tasks, and of one for an actor
    worker_s: float = 0.0
    actor_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Program:
    """All that a run did."""

    rows: Rows
    jobs: Mapping[int, Job]
    driver: tuple[Step, ...]
    costs: Costs = field(default_factory=Costs)
    #: what each ``get`` and ``wait`` took beyond waiting
    wait_s: Mapping[int, float] = field(default_factory=dict)

    def job_times(self, names: Mapping[str, float]) -> Program:
        """Return the program with other times for some tasks.

        Args:
            names: label or function -> seconds of own work.

        Raises:
            ValueError: there is no such task, or a time is below 0.
        """
        jobs = dict(self.jobs)
        for name, seconds in names.items():
            if not seconds >= 0:
                raise ValueError(f"task_time[{name!r}]={seconds!r}: from 0 seconds on")
            for row in measures.find_tasks(self.rows, name):
                if row.id in jobs:
                    jobs[row.id] = jobs[row.id].taking(seconds)
        return replace(self, jobs=jobs)

    def without(self, maker: str, user: str) -> Program:
        """Return the program in which ``user`` does not need ``maker``'s result.

        Raises:
            ValueError: there is no such task, or no such dependency.
        """
        makers = {row.id for row in measures.find_tasks(self.rows, maker)}
        jobs = dict(self.jobs)
        found = False
        for row in measures.find_tasks(self.rows, user):
            job = jobs.get(row.id)
            if job is not None and makers.intersection(job.makers):
                found = True
                kept = tuple(one for one in job.makers if one not in makers)
                jobs[row.id] = replace(job, makers=kept)
        if not found:
            raise ValueError(f"no {user!r} takes a result of {maker!r} in this run")
        return replace(self, jobs=jobs)

    def with_waits_last(self, waits: Iterable[int]) -> Program:
        """Return the program whose driver comes to some waits only at its end."""
        late = set(waits)
        steps: list[Step] = []
        last: list[Step] = []
        for step in self.driver[:-1]:
            if step.kind == WAIT and step.number in late:
                last.append(replace(step, busy_s=0.0))
                steps.append(Step(step.busy_s, PUT))  # its own code stays in place
            else:
                steps.append(step)
        return replace(self, driver=(*steps, *last, self.driver[-1]))


def program_of(rows: Rows) -> Program:
    """Return the program of a run.

    Tasks that never began (cancelled, or an input failed) are left out. What a
    task did in attempts that were lost counts as its own work, and time in which it
    was ready to go on and had no core does not.
    """
    ran = {task.id: task for task in rows.tasks.values() if task.attempts}
    moments = _moments(rows, ran)
    jobs = {
        task.id: _with_a_core(
            Job(task, _makers(task, ran), _task_steps(task, rows, moments))
        )
        for task in ran.values()
    }
    driver = _driver_steps(rows, moments)
    arrivals = _arrivals(rows)
    wait_s = {wait.id: _own_s(wait, rows, arrivals) for wait in rows.waits.values()}
    return Program(rows, jobs, driver, _costs(rows, arrivals), wait_s)


def _with_a_core(job: Job) -> Job:
    """Return the job without the time in which others had its core."""
    delayed_s = job.row.delayed_s
    return job.taking(max(0.0, job.busy_s - delayed_s)) if delayed_s else job


def _makers(task: TaskRow, ran: Mapping[int, TaskRow]) -> tuple[int, ...]:
    """Return whose ends a task needs; an item was there when it was passed on."""
    keys = [to_key(text) for text in task.inputs]
    needed = (n for n, index in keys if n in ran and index < ran[n].num_returns)
    return tuple(dict.fromkeys(needed))


_Moment = tuple[float, float, Step]
"""When a step began, when its caller went on, and the step itself."""


def _moments(rows: Rows, ran: Mapping[int, TaskRow]) -> dict[int | None, list[_Moment]]:
    """Return what each caller did, in order of time; of one moment, puts first."""
    found: dict[int | None, list[_Moment]] = defaultdict(list)
    for made in rows.objects.values():
        number, index = to_key(made.id)
        at_s = made.created_s
        if at_s is None:
            continue
        if made.task is None:
            if made.label.startswith("put-"):
                found[None].append((at_s, at_s, Step(0.0, PUT, number)))
        elif made.task in ran and index >= ran[made.task].num_returns:
            found[made.task].append((at_s, at_s, Step(0.0, ITEM, number, index)))
    for task in ran.values():
        caller = task.parent if task.parent in ran else None
        step = Step(0.0, SUBMIT, task.id)
        found[caller].append((task.submitted_s, task.submitted_s, step))
    for wait in rows.waits.values():
        if wait.end_s is not None:
            caller = wait.task if wait.task in ran else None
            step = Step(0.0, WAIT, wait.id)
            found[caller].append((wait.start_s, wait.end_s, step))
    return {caller: _one_by_one(own) for caller, own in found.items()}


def _one_by_one(moments: list[_Moment]) -> list[_Moment]:
    """Put what several threads or coroutines of one caller did into one order.

    A wait during which its caller did something else comes when it came back:
    then all that it waited for had been submitted.
    """
    moments.sort(key=lambda moment: moment[:2])
    following = [*(start_s for start_s, _, _ in moments[1:]), float("inf")]
    ordered = [
        (end_s if next_s < end_s else start_s, end_s, step)
        for (start_s, end_s, step), next_s in zip(moments, following, strict=True)
    ]
    return sorted(ordered, key=lambda moment: moment[:2])


def _task_steps(
    task: TaskRow, rows: Rows, moments: Mapping[int | None, list[_Moment]]
) -> tuple[Step, ...]:
    steps: list[Step] = []
    done_s = 0.0
    intervals = list(query.busy_intervals(task, rows.now_s))
    for start_s, end_s, step in moments.get(task.id, ()):
        # A wait that did not block is no blocked interval: its time is not own work.
        until_s = _busy_before(intervals, start_s)
        steps.append(replace(step, busy_s=max(0.0, until_s - done_s)))
        done_s = max(until_s, _busy_before(intervals, end_s))
    total_s = sum(end_s - start_s for start_s, end_s in intervals)
    return (*steps, Step(max(0.0, total_s - done_s), END))


def _busy_before(intervals: list[tuple[float, float]], time_s: float) -> float:
    return sum(min(b, time_s) - a for a, b in intervals if a < time_s)


def _driver_steps(
    rows: Rows, moments: Mapping[int | None, list[_Moment]]
) -> tuple[Step, ...]:
    steps: list[Step] = []
    now_s = measures.window(rows)[0]
    for start_s, end_s, step in moments.get(None, ()):
        steps.append(replace(step, busy_s=max(0.0, start_s - now_s)))
        now_s = max(now_s, end_s)
    return (*steps, Step(0.0, END))


def _arrivals(rows: Rows) -> dict[str, list[float]]:
    """Return when copies of each object came to a node."""
    found: dict[str, list[float]] = defaultdict(list)
    for node in rows.nodes.values():
        for key, _, _, _, _, end_s in node.received:
            found[key].append(end_s)
    return found


def _own_s(wait: WaitRow, rows: Rows, arrivals: Mapping[str, Sequence[float]]) -> float:
    """Return what a wait took when it had no more to wait for, not even for a CPU."""
    if wait.end_s is None or wait.reason == "timeout":
        return 0.0
    known = sorted(time_s for time_s in wait.ready_s if time_s is not None)
    moments = [wait.start_s, *known[: wait.num_returns][-1:]]
    moments += [
        end_s
        for key in wait.objects
        for end_s in arrivals.get(key, ())
        if wait.start_s <= end_s <= wait.end_s
    ]
    caller = None if wait.task is None else rows.tasks.get(wait.task)
    if caller is not None:
        moments += [
            wait.end_s if back_s is None else back_s
            for away_s, back_s in caller.blocked
            if away_s is not None and wait.start_s <= away_s <= wait.end_s
        ]
    return max(0.0, wait.end_s - max(moments))


def _costs(rows: Rows, arrivals: Mapping[str, Sequence[float]]) -> Costs:
    """Return the medians of what was seen; the way of inputs is none of them."""
    after: list[float] = []
    woken: list[float] = []
    busy_until: dict[int, float] = {}
    starts = sorted(
        (task.attempts[0].start_s, task.id)
        for task in rows.tasks.values()
        if task.attempts and task.kind == "task"
    )
    for start_s, number in starts:
        task = rows.tasks[number]
        worker = task.attempts[0].worker
        ready_s = task.submitted_s if task.ready_s is None else task.ready_s
        came = [t for k in task.inputs for t in arrivals.get(k, ()) if t <= start_s]
        ready_s = max([ready_s, *came])
        free_s = busy_until.get(worker)
        if free_s is not None and ready_s <= free_s <= start_s:
            after.append(start_s - free_s)
        elif free_s is not None:
            woken.append(start_s - ready_s)
        busy_until[worker] = task.end_s or start_s
    return Costs(
        _middle(after), _middle(woken), _middle(_reports(rows)), *_start_times(rows)
    )


def _reports(rows: Rows) -> list[float]:
    """Return how late the driver knew of an end for which it waited."""
    found = []
    for wait in rows.waits.values():
        for key, known_s in zip(wait.objects, wait.ready_s, strict=False):
            made = rows.objects.get(key)
            if made is None or made.created_s is None or known_s is None:
                continue
            if wait.task is None and wait.start_s < made.created_s <= known_s:
                found.append(known_s - made.created_s)
    return found


def _start_times(rows: Rows) -> tuple[float, float]:
    """Return what starting a worker took in the run: for tasks, for an actor."""
    begin_s = measures.window(rows)[0]
    taken: dict[str, list[float]] = defaultdict(list)
    for worker in rows.workers.values():
        if worker.started_s is not None and worker.requested_s >= begin_s:
            taken[worker.kind].append(worker.started_s - worker.requested_s)
    return _middle(taken["pool"]), _middle(taken["actor"])


def _middle(values: list[float]) -> float:
    return max(0.0, median(values)) if values else 0.0


def to_key(text: str) -> ObjectKey:
    """Return the key of an object from its row's id."""
    number, _, index = text.partition(".")
    return int(number), int(index)
