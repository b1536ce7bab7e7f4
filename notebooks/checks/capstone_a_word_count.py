"""The checks of capstone A. A check reports the first problem it finds."""

import re
from collections import Counter
from pathlib import Path

from rayteach import checks as check
from rayteach.checks import Check, Evidence, looking

TEXTS = sorted((Path(__file__).parents[1] / "data" / "texts").glob("*.txt"))
WORDS = [Counter(re.findall(r"[a-z']+", path.read_text().lower())) for path in TEXTS]
TOTAL = sum(WORDS, Counter())
DEEPEST = 4
FAN_IN = 3
IN_PAIRS = "no chain of more than four tasks"
BY_THREE = "merges of at most three counts, in a tree"


def _merges(evidence: Evidence) -> list[int]:
    """Return how many counts each merge takes."""
    return [len(task.inputs) for task in looking.tasks(evidence, "merge")]


def _is_wrong(evidence: Evidence) -> bool:
    return evidence.error is None and evidence.names.get("total") != TOTAL


def _all_words() -> Check:
    return check.mistake(
        _is_wrong,
        "total is not the count of all words",
        expected="each word of the eight texts is counted once",
        advice="compare sum(total.values()) with 1700: too many, or too few?",
    )


CHECKS = {
    "wc-count": check.all_of(
        check.started("count_words", at_least=8),
        check.no_get_in_loop(),
        check.parallel(at_least=8),
        check.mistake(
            lambda evidence: (
                evidence.error is None
                and isinstance(evidence.names.get("counts"), Counter)
            ),
            "counts is one counter for all texts",
            expected="a list of eight counters",
            advice="milestone 2 adds them up",
        ),
        check.result("counts", WORDS),
    ),
    "wc-tree": check.all_of(
        check.mistake(
            lambda evidence: evidence.error is None and not _merges(evidence),
            "the counts were added up in the notebook, one after another",
            expected="the merging is done by tasks",
            advice="merge.remote takes two IDs",
        ),
        check.mistake(
            looking.get_between,
            "a get between the levels: all counts come to the notebook and go again",
            expected="one get, for the last merge",
            advice="give the IDs of one level to the next",
        ),
        check.mistake(
            lambda evidence: looking.depth(evidence) > DEEPEST,
            "a chain: each merge waits for the one before",
            expected=IN_PAIRS,
            advice="merge pairs, then pairs of pairs",
        ),
        _all_words(),
    ),
    "wc-fan-in": check.all_of(
        check.mistake(
            lambda evidence: max(_merges(evidence), default=0) > FAN_IN,
            "one merge takes more counts than fan_in says",
            expected=BY_THREE,
            advice="ids[i : i + fan_in] for i in range(0, len(ids), fan_in)",
        ),
        check.mistake(
            looking.get_between,
            "a get inside reduce_tree: the next level waits for all of this one",
            expected="reduce_tree returns an ID, and waits for nothing",
        ),
        check.mistake(
            lambda evidence: looking.depth(evidence) > FAN_IN,
            "the merges form a chain",
            expected=BY_THREE,
            advice="a new list of IDs for each level, until it holds one",
        ),
        check.mistake(
            lambda evidence: (
                evidence.error is None
                and not isinstance(evidence.names.get("total"), Counter)
            ),
            "reduce_tree did not return one ID",
            expected="the ID of the last merge",
            advice="return ids[0] when one is left",
        ),
        _all_words(),
    ),
}
