"""The checks of lesson 4. A check reports the first problem it finds."""

from rayteach import checks as check
from rayteach.checks import Evidence, looking
from rayteach.trace.views.rows import TaskRow

BLOCKS, ROUNDS = 16, 4
STATIONS, AT_MOST, FLAT = 13, 4, 2


def takes_more_than(evidence: Evidence, function: str, most: int) -> TaskRow | None:
    """Return the first task of a function that takes more than ``most`` results."""
    tasks = looking.tasks(evidence, function)
    return next((one for one in tasks if len(one.inputs) > most), None)


def added_here(evidence: Evidence) -> bool:
    """The numbers were got and added up in the notebook."""
    return not looking.tasks(evidence, "add")


def rounds(evidence: Evidence) -> int:
    """Return how many additions the longest chain has, the leaf left out."""
    return looking.depth(evidence) - 1


CHECKS = {
    "tree-sum": check.all_of(
        check.started("squares", at_least=BLOCKS),
        check.mistake(
            added_here,
            "no task of add was started: the sums were added in the notebook",
            expected="fifteen additions as tasks",
            advice="start add.remote(...) on two IDs of the list",
        ),
        check.mistake(
            looking.get_between,
            "partial sums are got: every pair waits for the slowest of its round",
            expected="one get, of the total",
            advice="let the next round take the IDs that add.remote(...) returned",
        ),
        check.mistake(
            lambda evidence: rounds(evidence) >= BLOCKS - 1,
            "a chain: each addition needs the one before, so no two can run at once",
            expected="a tree of pairs: four additions on the longest chain",
            advice="add 1 and 2, 3 and 4, and so on; then do the same with the results",
        ),
        check.mistake(
            lambda evidence: rounds(evidence) > ROUNDS,
            "the longest chain has more than four additions",
            expected="a tree of pairs: four additions on the longest chain",
            advice="halve the list in each round: 16, 8, 4, 2, 1",
        ),
        check.result("total", sum(n * n for n in range(BLOCKS * 1000))),
    ),
    "fan-in": check.all_of(
        check.started("ballots", at_least=STATIONS),
        check.started("add_up"),
        check.mistake(
            lambda evidence: takes_more_than(evidence, "add_up", AT_MOST),
            "one add_up takes more sheets than fit on the table",
            expected="at most four counts for each add_up",
            advice="take the list in slices of four: level[i : i + 4]",
        ),
        check.mistake(
            looking.get_between,
            "partial sums are got between the rounds",
            expected="one get, of the result",
            advice="let the next round take the IDs that add_up.remote(...) returned",
        ),
        check.mistake(
            lambda evidence: (
                isinstance(evidence.names.get("result"), int)
                and evidence.names["result"] < STATIONS * (STATIONS + 1) // 2
            ),
            "some stations are lost: the one left over in a round is dropped",
            expected="the sum of all thirteen stations",
            advice="the last group may be smaller: a slice takes what is there",
        ),
        check.mistake(
            lambda evidence: rounds(evidence) > FLAT,
            "more rounds than needed: four sheets fit on the table",
            expected="as few rounds as possible",
            advice="13 in groups of four are 4 groups, and 4 are one group",
        ),
        check.result("result", STATIONS * (STATIONS + 1) // 2),
    ),
}
