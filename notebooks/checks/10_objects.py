"""The checks of lesson 10. A check reports the first problem it finds."""

from rayteach import checks as check
from rayteach.checks import Check, Evidence, Problem


def _puts(evidence: Evidence) -> set[str]:
    """Return the keys of the values that were put, or passed on by ID."""
    return {one.id for one in evidence.rows.objects.values() if one.task is None}


def _put_once(function: str, what: str) -> Check:
    expected = f"{what} is stored once, and every {function} gets its ID"

    def judge(evidence: Evidence) -> Problem | None:
        tasks = [t for t in evidence.rows.tasks.values() if t.function == function]
        puts = _puts(evidence)
        if len(puts) > 1:
            found = f"{what} was put {len(puts)} times: {len(puts)} copies of it"
            return Problem(expected, found, "one put, before the loop")
        if any(wait.task is not None for wait in evidence.rows.waits.values()):
            found = f"{function} waits in a get of its own for {what}"
            return Problem(expected, found, "pass the ID: a task sees its value")
        if evidence.error is not None:
            return _inside_a_list(expected, evidence, tasks)
        if puts and all(puts.isdisjoint(task.inputs) for task in tasks):
            found = f"{what} was put, but no {function} gets the ID"
            return Problem(expected, found, "give the ID in the call")
        return None

    return Check(expected, judge)


def _inside_a_list(expected: str, evidence: Evidence, tasks: list) -> Problem | None:
    if not _puts(evidence) or any(task.inputs for task in tasks):
        return None
    found = "the ID stands inside a list or another container, where it stays an ID"
    return Problem(expected, found, "give the ID itself as an argument")


def _arrives(function: str, what: str) -> Check:
    """Ask that the tasks have a put object among their inputs."""
    expected = f"{what} reaches each {function} by its ID"

    def judge(evidence: Evidence) -> Problem | None:
        tasks = [t for t in evidence.rows.tasks.values() if t.function == function]
        if evidence.error is not None or all(task.inputs for task in tasks):
            return None
        line, source = tasks[0].line, tasks[0].source
        plain = getattr(evidence.names.get(function), "__wrapped__", None)
        if getattr(plain, "__defaults__", None):
            found = f"{what} hides in a default value of {function}"
        elif plain is not None and what in plain.__code__.co_names:
            found = f"{function} reads {what} from outside: it travels in the function"
        else:
            found = f"{what} itself is given, and packed again for each call"
        return Problem(expected, found, "put it once, and pass the ID", line, source)

    return Check(expected, judge)


def _no_write_to_shared() -> Check:
    expected = "negative works on a copy of its own"

    def judge(evidence: Evidence) -> Problem | None:
        text = str(evidence.error)
        if "read-only" in text:
            found = "it writes to the array that it got, which all tasks share"
            return Problem(expected, found, "pixels.copy() makes one that is yours")
        if "WRITEABLE" in text:
            found = "it tries to make the shared array writable"
            return Problem(expected, found, "others read it too: copy it instead")
        if len(_puts(evidence)) > 1 and evidence.error is None:
            found = "picture was put once more, for one task"
            return Problem(expected, found, "copy it inside the task that changes it")
        return None

    return Check(expected, judge)


CHECKS = {
    "put-once": check.all_of(
        check.started("count", at_least=4),
        check.no_get_in_loop(),
        _put_once("count", "book"),
        _arrives("count", "book"),
        check.result("counts", [60_000, 20_000, 20_000, 20_000]),
    ),
    "own-copy": check.all_of(
        check.started("negative"),
        _no_write_to_shared(),
        check.result("pixel", 200),
        check.result("original", 55),
    ),
    "hidden-copy": check.all_of(
        check.started("mean_rating", at_least=4),
        check.no_get_in_loop(),
        _put_once("mean_rating", "ratings"),
        _arrives("mean_rating", "ratings"),
        check.result("means", [3.0, 3.0, 3.0, 3.0]),
    ),
}
