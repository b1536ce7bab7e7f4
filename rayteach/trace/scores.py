"""The choices of a run, read from its recording: what ``repeat`` enforces."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rayteach.core.directed import Names
from rayteach.core.events import WaitReturned, WaitStarted
from rayteach.core.score import KEYS_KNOWN, Answer, Form, Score, Start
from rayteach.trace.views import words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rayteach.trace.recording import Recording
    from rayteach.trace.views.rows import TaskRow


@dataclass(slots=True)
class Choices:
    """What a run decided, under names that do not depend on the session."""

    #: all tasks, calls and actors, in order of submission
    names: list[str] = field(default_factory=list)
    #: those that began, in order of time
    starts: list[Start] = field(default_factory=list)
    #: of those that may come back in more than one way: caller ("" for the driver),
    #: form and answer, in order of the calls
    waits: list[tuple[str, Form, Answer]] = field(default_factory=list)
    #: actor -> its calls in the order in which they began
    calls: dict[str, list[str]] = field(default_factory=dict)
    #: how each task that is over ended
    ends: dict[str, str] = field(default_factory=dict)

    def score(self) -> Score:
        """Return a chooser that makes these choices again."""
        return Score(self.starts, self.names, self.waits)

    def order(self) -> list[str]:
        """Return who began, first to last."""
        return [start.name for start in self.starts]


def choices_of(recording: Recording) -> Choices:
    """Return the choices of a run."""
    rows, names, found = recording.rows, Names(), Choices()
    for task in rows.tasks.values():
        name = names.add(
            task.id, task.kind, task.function, task.parent, task.actor or 0
        )
        found.names.append(name)
        if task.end:
            found.ends[name] = task.end
    began = sorted(
        (t for t in rows.tasks.values() if t.attempts),
        key=lambda task: (task.attempts[0].start_s, task.id),
    )
    calls: dict[str, list[str]] = defaultdict(list)
    for task in began:
        name = names.of(task.id) or ""
        found.starts.append(Start(name, _worker(task)))
        if task.kind == "call":
            calls[names.of(task.actor) or ""].append(name)
    found.calls = dict(calls)
    _add_waits(found, recording, names)
    return found


def _worker(task: TaskRow) -> int:
    return task.attempts[0].worker if task.kind == "task" else 0


def _add_waits(found: Choices, recording: Recording, names: Names) -> None:
    wanted = recording.rows.waits
    started: dict[int, WaitStarted] = {}
    answers: dict[int, Answer] = {}
    for event in recording.events():
        if isinstance(event, WaitStarted) and event.wait in wanted:
            started[event.wait] = event
        elif isinstance(event, WaitReturned):
            answers[event.wait] = Answer(tuple(event.ready), event.reason)
    for number, event in started.items():
        caller = "" if event.task is None else names.of(event.task)
        form = Form(
            event.kind, min(len(event.objects), KEYS_KNOWN), event.num_returns,
            event.timeout_s is not None,
        )  # fmt: skip
        answer = answers.get(number)
        if caller is None or answer is None or not form.is_choice:
            continue
        if _counts(answer):
            found.waits.append((caller, form, answer))


def _counts(answer: Answer) -> bool:
    """Leave out what nobody chose: interrupts, and the end of a generator."""
    return answer.reason in ("enough ready", "timeout", "failed")


def differences(first: Choices, second: Choices) -> list[str]:
    """Return in words what two runs of a program decided differently."""
    return [
        *_of_calls(first, second),
        *_of_workers(first, second),
        *_of_waits(first, second),
        *_of_ends(first, second),
    ]


def _of_calls(first: Choices, second: Choices) -> list[str]:
    found = []
    for actor, calls in first.calls.items():
        again = second.calls.get(actor, [])
        if calls != again:
            at = _first_difference(calls, again)
            found.append(
                f"{actor} began with {_at(again, at)} instead of {_at(calls, at)} as "
                f"call {at + 1}"
            )
    new = [actor for actor in second.calls if actor not in first.calls]
    return found + [f"{actor} was called, and not in the first run" for actor in new]


def _of_workers(first: Choices, second: Choices) -> list[str]:
    """Compare who shared a worker; its number does not matter."""
    before, after = (_lanes(one) for one in (first, second))
    both = [name for name in before if name in after]
    known: dict[int, int] = {}
    moved = [
        name
        for name in both
        if known.setdefault(before[name], after[name]) != after[name]
    ]  # fmt: skip
    if not moved:
        return []
    return [f"{words.listing(moved)} ran on another worker"]


def _lanes(choices: Choices) -> dict[str, int]:
    return {start.name: start.worker for start in choices.starts if start.worker}


def _of_waits(first: Choices, second: Choices) -> list[str]:
    before, after = (_by_caller(one) for one in (first, second))
    found = []
    for (caller, form), answers in before.items():
        again = after.get((caller, form), [])
        if answers != again:
            at = _first_difference(answers, again)
            who = caller or "the driver"
            told = [_told(one[at]) if at < len(one) else "nothing" for one in
                    (again, answers)]  # fmt: skip
            found.append(
                f"{form.kind} {at + 1} on {form.ids} IDs of {who} came back with "
                f"{told[0]} instead of {told[1]}"
            )
    return found


def _by_caller(choices: Choices) -> dict[tuple[str, Form], list[Answer]]:
    found: dict[tuple[str, Form], list[Answer]] = defaultdict(list)
    for caller, form, answer in choices.waits:
        found[caller, form].append(answer)
    return found


def _told(answer: Answer) -> str:
    places = words.listing([str(at) for at in answer.positions]) or "none"
    return f"positions {places} ({answer.reason})"


def _of_ends(first: Choices, second: Choices) -> list[str]:
    return [
        f"{name} ended as {second.ends[name]} instead of {end}"
        for name, end in first.ends.items()
        if second.ends.get(name, end) != end
    ]


def _first_difference(one: Sequence[object], other: Sequence[object]) -> int:
    pairs = zip(one, other, strict=False)
    return next(
        (at for at, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other))
    )


def _at(names: list[str], at: int) -> str:
    return names[at] if at < len(names) else "nothing"
