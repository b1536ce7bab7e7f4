"""Checks on what comes before what, and on values that tasks share."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

from rayteach.checks import looking
from rayteach.checks.model import Check, Evidence, Problem
from rayteach.object_id import ObjectID
from rayteach.trace.order import Order

if TYPE_CHECKING:
    from rayteach.trace.views.rows import ObjectRow, TaskRow


def order(*functions: str, strictly: bool = False) -> Check:
    """Ask that tasks are *bound* to come one after the other, not that they did.

    Inputs bind, and so do an actor's line, and a ``get`` before the next task is
    started. Where nothing binds, the order is chance, however it came out.

    Args:
        functions: two or more remote functions ("load"), methods ("Counter.add")
            or labels of tasks ("load-1"), first to last.
        strictly: each task comes after *all* tasks of the step before; otherwise
            one of them is enough.

    Raises:
        ValueError: fewer than two were named.
    """
    if len(functions) < 2:  # noqa: PLR2004 (an order has two ends)
        raise ValueError(f"order{functions!r}: name two or more, first to last")
    expected = " before ".join(functions)
    if strictly:
        expected += ", each step whole before the next"

    def judge(evidence: Evidence) -> Problem | None:
        if evidence.error is not None:
            return None
        steps = {name: _named(evidence, name) for name in functions}
        for name, tasks in steps.items():
            if not tasks:
                advice = f"start it with {name}.remote(...)"
                return Problem(expected, f"started no task of {name}", advice)
        bound = Order(evidence.rows)
        for first, then in pairwise(functions):
            found = _unbound(bound, steps[first], steps[then], strictly=strictly)
            if found is not None:
                return _loose(evidence, expected, found, then)
        return None

    return Check(expected, judge)


def _named(evidence: Evidence, name: str) -> list[TaskRow]:
    """Return the tasks of a function, or the one with that label."""
    every = looking.tasks(evidence)
    return [one for one in every if name in (one.function, one.label)]


def _unbound(
    bound: Order, first: list[TaskRow], then: list[TaskRow], *, strictly: bool
) -> tuple[TaskRow, TaskRow] | None:
    """Return two tasks of which the second need not wait for the first."""
    for task in then:
        before = bound.before(task.id)
        free = [one for one in first if one.id not in before]
        if free and (strictly or len(free) == len(first)):
            return free[0], task
    return None


def _loose(
    evidence: Evidence, expected: str, pair: tuple[TaskRow, TaskRow], then: str
) -> Problem:
    earlier, later = pair
    if earlier.kind == later.kind == "call" and earlier.actor == later.actor:
        advice = "an actor keeps the order of one caller: call them one after the other"
    else:
        maker = earlier.function
        advice = f"give {then}.remote(...) the ID that {maker}.remote(...) returned"
    return Problem(
        expected,
        f"nothing makes {later.label} wait for {earlier.label}: it may run first",
        advice,
        later.line,
        later.source or looking.source_line(evidence, later),
    )


def one_copy_of(obj: str | ObjectID, *, function: str = "", at_least: int = 2) -> Check:
    """Ask that a value was stored once, and that tasks were given its ID.

    On each node that needs it there is then one copy, which all tasks read.
    Recognises a value in place of an ID, and a ``put`` for each task anew.

    Args:
        obj: the variable that holds the ID, or the ID itself.
        function: each task of this remote function must take it; "" asks how many
            tasks take it, whatever their function.
        at_least: so many tasks must take it, from 1.

    Raises:
        TypeError: it is neither a name nor an ID.
    """
    if not isinstance(obj, str | ObjectID):
        raise TypeError(
            f"one_copy_of({type(obj).__name__}): give the ID that put() returned, or "
            "the name of the variable that holds it"
        )
    name = obj if isinstance(obj, str) else "it"
    expected = f"one copy of {obj if isinstance(obj, str) else obj.label} for all tasks"

    def judge(evidence: Evidence) -> Problem | None:
        if evidence.error is not None:
            return None
        found = evidence.names.get(obj) if isinstance(obj, str) else obj
        if not isinstance(found, ObjectID):
            return _no_id(expected, name, found)
        key = f"{found.task}.{found.index}"
        made = evidence.rows.objects.get(key)
        again = _put_again(evidence, made)
        if again is not None:
            return _many_puts(evidence, expected, again)
        return _takers(evidence, expected, (name, key), function, at_least)

    return Check(expected, judge)


def _no_id(expected: str, name: str, found: Any) -> Problem:
    if found is None:
        return Problem(expected, f"there is no variable {name}", f"set {name}")
    kind = type(found).__name__
    return Problem(
        expected,
        f"{name} is a value ({kind}), not an ID: each task that is given it gets a "
        "copy of its own",
        f"{name} = ray.put(...) once, and give {name} to the tasks",
    )


def _put_again(evidence: Evidence, made: ObjectRow | None) -> list[ObjectRow] | None:
    """Return the values that one line put one after the other, if they are several."""
    if made is None or made.task is not None or not made.line:
        return None
    puts = [
        one
        for one in evidence.rows.objects.values()
        if one.task is None and (one.cell, one.line) == (made.cell, made.line)
    ]
    return puts if len(puts) > 1 else None


def _many_puts(evidence: Evidence, expected: str, puts: list[ObjectRow]) -> Problem:
    first = puts[0]
    return Problem(
        expected,
        f"line {first.line} puts a value {len(puts)} times: that makes {len(puts)} "
        "copies",
        "call ray.put once, before the loop",
        first.line,
        looking.source_line(evidence, first),
    )


def _takers(
    evidence: Evidence, expected: str, thing: tuple[str, str], function: str, least: int
) -> Problem | None:
    """Ask who takes it: as an argument, or by a ``get`` of its own."""
    name, key = thing
    readers = {
        wait.task for wait in evidence.rows.waits.values() if key in wait.objects
    }
    tasks = looking.tasks(evidence, function)
    takers = [one for one in tasks if key in one.inputs or one.id in readers]
    without = [one for one in tasks if one not in takers] if function else []
    if len(takers) >= least and not without:
        return None
    of = f" of {function}" if function else ""
    count = f"{len(takers)} task{'' if len(takers) == 1 else 's'}{of}"
    found = f"{count} took the ID"
    if without:
        found += f", {without[0].label} did not"
    blame = without[0] if without else None
    return Problem(
        expected,
        found,
        f"give {name} itself as an argument, not its value: f.remote({name}, ...)",
        blame.line if blame else 0,
        (blame.source or looking.source_line(evidence, blame)) if blame else "",
    )
