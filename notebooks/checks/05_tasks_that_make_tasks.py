"""The checks of lesson 5. A check reports the first problem it finds."""

from rayteach import checks as check
from rayteach.checks import Evidence, looking

TRUCKS = [100, 260]
PIECES = 8


def returned_ids(evidence: Evidence) -> bool:
    """The tasks returned the IDs of their children."""
    return "ObjectID(" in str(evidence.names.get("trucks")) + str(evidence.error)


def pieces(evidence: Evidence) -> int:
    """Return how many tasks started no child: those that count."""
    parents = {task.parent for task in looking.tasks(evidence)}
    return sum(task.id not in parents for task in looking.tasks(evidence, "primes_in"))


CHECKS = {
    "all-children": check.all_of(
        check.started("load", at_least=2),
        check.mistake(
            lambda evidence: (
                not looking.tasks(evidence, "weigh") and evidence.error is None
            ),
            "no box was weighed by a task of its own",
            expected="a task of weigh for each box",
            advice="inside load, write weigh.remote(box)",
        ),
        check.mistake(
            looking.get_in_parent,
            "a get inside load waits for one box before the next one is started",
            expected="load starts all its boxes, and gets them afterwards",
            advice="collect the IDs of weigh.remote(box) in a list, and get the list",
        ),
        check.mistake(
            returned_ids,
            "load gives back the IDs of its children in place of a weight",
            expected="load returns the weight of its boxes",
            advice="inside load, sum(ray.get(ids)) waits for them and adds them up",
        ),
        check.started("weigh", at_least=8),
        check.result("trucks", TRUCKS),
    ),
    "cutoff": check.all_of(
        check.started("primes_in"),
        check.mistake(
            looking.get_in_parent,
            "a task gets its first half before it starts the second one",
            expected="both halves of a piece can run at the same time",
            advice="start both, then ray.get([one, other])",
        ),
        check.mistake(
            lambda evidence: evidence.error is None and pieces(evidence) == 1,
            "one task counts all 16,000 numbers",
            expected="pieces of at most 2,000 numbers",
            advice="if a piece is larger, start a child for each half of it",
        ),
        check.mistake(
            lambda evidence: evidence.error is None and pieces(evidence) < PIECES,
            "the pieces are still larger than 2,000 numbers",
            expected="pieces of at most 2,000 numbers",
            advice="the children must cut their own piece too, not only the first task",
        ),
        check.mistake(
            lambda evidence: evidence.error is None and pieces(evidence) > PIECES,
            "the pieces are too small: handing them over costs more than counting",
            expected="a piece of 2,000 numbers is counted by the task itself",
            advice="cut only if high - low > 2000",
        ),
        check.result("found", 1862),
    ),
}
