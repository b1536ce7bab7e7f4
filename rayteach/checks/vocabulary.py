"""The checks of the course: each returns a :class:`Check`."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from rayteach.checks.model import Check, Evidence, Problem
from rayteach.trace import query
from rayteach.trace.views.rows import TaskRow, WaitRow

_MISSING = object()
#: what a remote function or an actor's method says when it is called like that
_DIRECT = re.compile(r"(\w+) is (?:a remote function|an actor's method): call ")


def started(function: str = "", *, at_least: int = 1) -> Check:
    """Ask that tasks were started.

    Recognises a remote function that was called like a plain one.

    Args:
        function: only tasks of this remote function count; "" counts all.
        at_least: how many, from 1.
    """
    name = f"{function}.remote(...)" if function else ".remote(...)"
    expected = f"at least {_times(at_least, 'call')} of {name}"

    def judge(evidence: Evidence) -> Problem | None:
        called = _called_directly(evidence.error)
        if called:
            return Problem(
                expected,
                f"{called} was called directly, like a plain function",
                f"write {called}.remote(...) in place of {called}(...): it starts a "
                "task and returns its ID at once",
                evidence.error_line,
                evidence.error_source,
            )
        count = len(_tasks(evidence, function))
        if evidence.error is not None or count >= at_least:
            return None
        what = f"started {_times(count, 'task')}" if count else "started no task"
        if count and function:
            what += f" of {function}"
        return Problem(expected, what, f"start each piece of work with {name}")

    return Check(expected, judge)


def parallel(*, at_least: int) -> Check:
    """Ask that many tasks *could* run at the same time.

    Counts tasks that do not need one another and were submitted with no
    blocking ``get`` between. What was seen to overlap is never looked at: short
    tasks and a loaded machine hide it.

    Args:
        at_least: how many together, from 1.
    """
    expected = f"{at_least} tasks that could run at the same time"

    def judge(evidence: Evidence) -> Problem | None:
        together = query.could_overlap(evidence.rows)
        if evidence.error is not None or together >= at_least:
            return None
        blocking = _first_blocking_get(evidence)
        found = f"at most {together} could run at the same time"
        advice = "start every task before the first ray.get"
        if blocking is None:
            return Problem(expected, found, advice)
        found += f": line {blocking.line} waits before the next task is started"
        return Problem(expected, found, advice, blocking.line, blocking.source)

    return Check(expected, judge)


def no_get_in_loop() -> Check:
    """Ask that no ``get`` waits for a task of its own turn of the loop."""
    expected = "all tasks are started first, and got afterwards"

    def judge(evidence: Evidence) -> Problem | None:
        gets = query.gets_inside_loop(evidence.rows)
        if not gets:
            return None
        first = gets[0]
        return Problem(
            expected,
            f"a get inside the loop: {_times(len(gets) + 1, 'time')}; "
            f"line {first.line} started a task and waited for it before "
            "the next could start",
            "keep the IDs in a list in the loop, and after the loop write "
            "ray.get(that list) once",
            first.line,
            first.source,
        )

    return Check(expected, judge)


def result(name: str, value: Any) -> Check:
    """Ask that the variable ``name`` holds ``value``.

    Recognises object IDs that were never got, and the right values in another
    order.
    """
    expected = f"{name} == {value!r}"

    def judge(evidence: Evidence) -> Problem | None:
        if evidence.error is not None:
            return None
        found = evidence.names.get(name, _MISSING)
        if found is _MISSING:
            return Problem(expected, f"there is no variable {name}", f"set {name}")
        if _same(found, value):
            return None
        what, advice = _wrong_value(name, found, value)
        return Problem(expected, what, advice)

    return Check(expected, judge)


def depth(*, at_least: int = 0, at_most: int = 0) -> Check:
    """Ask how many tasks the longest chain of inputs has.

    Args:
        at_least: from 1; 0 asks nothing.
        at_most: from 1; 0 asks nothing.
    """
    expected = _bounds("tasks one after another", at_least, at_most)

    def judge(evidence: Evidence) -> Problem | None:
        deep = query.depth(evidence.rows)
        if evidence.error is not None or _within(deep, at_least, at_most):
            return None
        advice = "give tasks the IDs of what they need as arguments"
        if deep >= at_least:
            advice = "let tasks that do not need one another stand side by side"
        found = f"the longest chain has {_times(deep, 'task')}"
        return Problem(expected, found, advice)

    return Check(expected, judge)


def gets(*, at_most: int) -> Check:
    """Ask that the cell itself waits in at most so many calls of ``get``."""
    expected = f"at most {_times(at_most, 'get')} in the cell"

    def judge(evidence: Evidence) -> Problem | None:
        found = _gets(evidence)
        if len(found) <= at_most:
            return None
        first = found[0]
        return Problem(
            expected,
            f"{_times(len(found), 'get')}, the first in line {first.line}",
            "pass the IDs on as arguments and get only what you show at the end",
            first.line,
            first.source,
        )

    return Check(expected, judge)


def takes_ids(function: str, *, at_least: int = 1) -> Check:
    """Ask that tasks of ``function`` were given object IDs as arguments.

    An ID inside a list or another container is not seen by the scheduler and so
    does not count.
    """
    times = _times(at_least, "task")
    expected = f"{times} of {function} with an object ID as argument"

    def judge(evidence: Evidence) -> Problem | None:
        tasks = _tasks(evidence, function)
        given = [task for task in tasks if task.inputs]
        if evidence.error is not None or len(given) >= at_least:
            return None
        without = next((task for task in tasks if not task.inputs), None)
        line, source = (without.line, without.source) if without else (0, "")
        return Problem(
            expected,
            f"{_times(len(given), 'task')} of {function} got an ID, "
            f"{len(tasks) - len(given)} got values or IDs hidden in a list",
            f"give {function}.remote(...) the ID itself, not its value and not a list",
            line,
            source,
        )

    return Check(expected, judge)


def actors(class_name: str = "", *, at_least: int = 1, at_most: int = 0) -> Check:
    """Ask how many actors the cell made.

    Args:
        class_name: only actors of this class count; "" counts all.
        at_least: how many, from 0.
        at_most: from 1; 0 asks nothing.
    """
    expected = _bounds(
        f"actors{' of ' + class_name if class_name else ''}", at_least, at_most
    )

    def judge(evidence: Evidence) -> Problem | None:
        made = [
            a for a in evidence.rows.actors.values() if class_name in ("", a.class_name)
        ]
        if evidence.error is not None or _within(len(made), at_least, at_most):
            return None
        name = class_name or "Class"
        advice = f"{name}.remote(...) makes one actor each time it is called"
        return Problem(expected, f"made {_times(len(made), 'actor')}", advice)

    return Check(expected, judge)


def waits(*, at_least: int = 1) -> Check:
    """Ask that the cell calls ``wait``."""
    expected = f"at least {_times(at_least, 'call')} of ray.wait(...)"

    def judge(evidence: Evidence) -> Problem | None:
        rows = evidence.rows.waits.values()
        count = sum(wait.kind == "wait" and wait.task is None for wait in rows)
        if evidence.error is not None or count >= at_least:
            return None
        advice = "ready, rest = ray.wait(ids, num_returns=1) returns when one is ready"
        return Problem(expected, f"{_times(count, 'call')} of it", advice)

    return Check(expected, judge)


def that(
    predicate: Callable[[Evidence], bool], *, expected: str, advice: str = ""
) -> Check:
    """Ask a question of your own.

    Args:
        predicate: gets the evidence, returns True when all is well.
        expected: what it asks for, in words.
        advice: what to try when it is not so.
    """

    def judge(evidence: Evidence) -> Problem | None:
        if predicate(evidence):
            return None
        return Problem(expected, "this is not so", advice)

    return Check(expected, judge)


def _wrong_value(name: str, found: Any, value: Any) -> tuple[str, str]:
    if _holds_ids(found):
        return (
            f"{name} holds object IDs, the names of results that may not exist yet",
            f"{name} = ray.get(...) turns them into values",
        )
    if isinstance(found, list) and isinstance(value, list) and _permuted(found, value):
        advice = (
            "ray.get(list) keeps the order of the list: keep the IDs in the order "
            "in which you want the results"
        )
        return f"the right values in another order: {found!r}", advice
    return f"{name} is {found!r}", ""


def _same(found: Any, value: Any) -> bool:
    try:
        return bool(found == value)
    except Exception:  # noqa: BLE001 (a learner's own __eq__, or an array)
        return False


def _permuted(found: list[Any], value: list[Any]) -> bool:
    rest = list(found)
    for one in value:
        if one not in rest:
            return False
        rest.remove(one)
    return not rest


def _holds_ids(found: Any) -> bool:
    values = found if isinstance(found, list | tuple | set) else [found]
    return any(type(one).__name__ in ("ObjectID", "ObjectRef") for one in values)


def _called_directly(error: BaseException | None) -> str:
    """Return the function of which ``f(...)`` was written for ``f.remote(...)``."""
    if not isinstance(error, TypeError):
        return ""
    found = _DIRECT.search(str(error))
    return found[1] if found else ""


def _tasks(evidence: Evidence, function: str) -> list[TaskRow]:
    return [
        task
        for task in evidence.rows.tasks.values()
        if task.kind != "creation" and function in ("", task.function)
    ]


def _first_blocking_get(evidence: Evidence) -> WaitRow | None:
    """Return the first ``get`` of the driver that another task came after."""
    last_s = max((t.submitted_s for t in _tasks(evidence, "")), default=0.0)
    return next(
        (
            wait
            for wait in evidence.rows.waits.values()
            if wait.kind == "get" and wait.task is None and wait.start_s < last_s
        ),
        None,
    )


def _gets(evidence: Evidence) -> list[WaitRow]:
    """Return each ``get`` of the driver."""
    rows = evidence.rows.waits.values()
    return [wait for wait in rows if wait.kind == "get" and wait.task is None]


def _within(count: int, at_least: int, at_most: int) -> bool:
    return count >= at_least and (not at_most or count <= at_most)


def _bounds(what: str, at_least: int, at_most: int) -> str:
    parts = [f"at least {at_least}"] if at_least else []
    parts += [f"at most {at_most}"] if at_most else []
    if at_least and at_least == at_most:
        parts = [f"exactly {at_least}"]
    return f"{what}: {' and '.join(parts)}"


def _times(count: int, word: str) -> str:
    return f"{count} {word}" + ("" if count == 1 else "s")
