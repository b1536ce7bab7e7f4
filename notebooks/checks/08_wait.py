"""The checks of lesson 8. A check reports the first problem it finds."""

from rayteach import checks as check
from rayteach.checks import Evidence, looking
from rayteach.trace.views.rows import WaitRow

READY, HELD, PENDING = [0, 2], 3, 1
MENU = ["bread", "roast", "salad", "soup"]
FIRST = 2


def names(evidence: Evidence, name: str) -> list[object]:
    """Return a list of the learner's, [] if it is none."""
    found = evidence.names.get(name)
    return list(found) if isinstance(found, list | tuple) else []


def the_wait(evidence: Evidence) -> WaitRow | None:
    """Return the notebook's first wait."""
    return next(iter(looking.waits(evidence)), None)


def too_few(evidence: Evidence) -> WaitRow | None:
    """Return the wait if it asked for one."""
    wait = the_wait(evidence)
    return wait if wait and wait.num_returns < FIRST else None


def waited_on_a_part(evidence: Evidence) -> WaitRow | None:
    """Return the wait if it was not given all the IDs."""
    wait = the_wait(evidence)
    return wait if wait and len(wait.objects) < len(MENU) else None


def got_all_first(evidence: Evidence) -> WaitRow | None:
    """Return a get of all dishes before any was served."""
    gets = looking.gets(evidence)
    return gets[0] if gets and len(gets[0].objects) > FIRST else None


CHECKS = {
    "both-lists": check.all_of(
        check.started("price", at_least=4),
        check.mistake(
            lambda evidence: not names(evidence, "my_ready"),
            "my_ready is empty",
            expected="the positions of the IDs in ready",
            advice="position 0 is the first ID of the list",
        ),
        check.mistake(
            lambda evidence: PENDING in names(evidence, "my_ready"),
            "my_ready holds the one that has not answered",
            expected="ready holds only IDs whose result exists",
            advice="the ID at position 1 takes a minute",
        ),
        check.mistake(
            lambda evidence: len(names(evidence, "my_ready")) > FIRST,
            "my_ready holds all that have a result, and only two were asked for",
            expected="ready has at most num_returns IDs",
            advice="num_returns=2: which two of the three come first in ids?",
        ),
        check.mistake(
            lambda evidence: names(evidence, "my_ready") in ([3, 2], [2, 3], [2, 0]),
            "that is the order in which they were done",
            expected="both lists keep the order of ids",
            advice="go through ids from the left, and take the first two with a result",
        ),
        check.mistake(
            lambda evidence: names(evidence, "my_remaining") == [PENDING],
            "the ID that is ready and was not asked for is missing: it is held",
            expected="ready and remaining together are all of ids",
            advice="four IDs went in. Two are in ready, so where are the other two?",
        ),
        check.result("my_ready", READY),
        check.result("my_remaining", [PENDING, HELD]),
    ),
    "two-then-rest": check.all_of(
        check.started("cook", at_least=len(MENU)),
        check.mistake(
            got_all_first,
            "all four dishes are got at once: the first waits for the slowest",
            expected="two dishes are served while the others still cook",
            advice="ready, remaining = ray.wait(ids, num_returns=2) comes first",
        ),
        check.mistake(
            lambda evidence: evidence.error is None and the_wait(evidence) is None,
            "two dishes were chosen beforehand, whether they are the first or not",
            expected="the first two that are ready, whichever they are",
            advice="ray.wait tells which are ready",
        ),
        check.mistake(
            waited_on_a_part,
            "ray.wait was given a part of the dishes, and chose among those only",
            expected="the first two of all four",
            advice="give ray.wait the whole list: it chooses those that are ready",
        ),
        check.mistake(
            too_few,
            "one dish was asked for: num_returns is 1 if it is left out",
            expected="the first two",
            advice="ray.wait(ids, num_returns=2)",
        ),
        check.mistake(
            lambda evidence: len(names(evidence, "rest")) > len(MENU) - FIRST,
            "rest holds dishes that were served before",
            expected="the other two dishes",
            advice="ray.get(remaining), not ray.get(ids): these two are left",
        ),
        check.mistake(
            lambda evidence: len(names(evidence, "first_two")) != FIRST,
            "first_two does not hold two dishes",
            expected="the values of the two IDs in ready",
            advice="first_two = ray.get(ready)",
        ),
        check.that(
            lambda evidence: (
                evidence.error is not None
                or sorted(
                    map(str, names(evidence, "first_two") + names(evidence, "rest"))
                )
                == MENU
            ),
            expected="first_two and rest together are the four dishes",
            advice="first_two = ray.get(ready) and rest = ray.get(remaining)",
        ),
    ),
}
