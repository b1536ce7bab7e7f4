"""The checks of lesson 7. A check reports the first problem it finds."""

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import product

from rayteach import checks as check
from rayteach.checks import Evidence, looking

CUPS, SHARDS, WORDS = 6, 4, 14
TEXT = "a task is a call of a function that runs on some worker process"


def made_in_tasks(evidence: Evidence) -> bool:
    """The tasks made actors themselves."""
    return any(
        task.kind == "creation" and task.parent is not None
        for task in evidence.rows.tasks.values()
    )


def counts_early(evidence: Evidence) -> bool:
    """The count was asked for before the tasks were got."""
    asked = looking.tasks(evidence, "Kitchen.count")
    first = min((one.submitted_s for one in asked), default=0.0)
    brewed = {task.id for task in looking.tasks(evidence, "brew")}
    known = {
        int(key.partition(".")[0])
        for wait in looking.gets(evidence)
        if wait.end_s is not None and wait.end_s <= first
        for key in wait.objects
    }
    return bool(asked) and not brewed <= known


def words_of_each(evidence: Evidence) -> list[int]:
    """Return how many words each actor got."""
    return [
        sum(call.function == "Letters.add" for call in looking.calls(evidence, actor))
        for actor in looking.actors(evidence)
    ]


def spread(evidence: Evidence) -> bool:
    """No rule by length alone can give the actors these numbers of words."""
    lengths = Counter(len(word) for word in TEXT.split())
    found = sorted(words_of_each(evidence))
    return evidence.error is None and not any(
        found == sorted(sums(lengths.values(), rule))
        for rule in product(range(SHARDS), repeat=len(lengths))
    )


def sums(numbers: Iterable[int], places: Sequence[int]) -> list[int]:
    """Add each number to its place."""
    totals = [0] * SHARDS
    for number, place in zip(numbers, places, strict=True):
        totals[place] += number
    return totals


CHECKS = {
    "one-kitchen": check.all_of(
        check.started("brew", at_least=CUPS),
        check.mistake(
            made_in_tasks,
            "each task made a kitchen of its own, and counted one cup there",
            expected="one kitchen for all six tasks",
            advice="make it in the notebook, and hand it to brew as an argument",
        ),
        check.mistake(
            lambda evidence: len(looking.actors(evidence)) > 1,
            "each task got another kitchen",
            expected="one kitchen for all six tasks",
            advice="kitchen = Kitchen.remote() once, before the loop",
        ),
        check.no_get_in_loop(),
        check.mistake(
            lambda evidence: (
                evidence.error is None
                and not any(call.parent for call in looking.calls(evidence))
            ),
            "no task called the kitchen: the notebook did it for them",
            expected="each task calls the kitchen when its cup is ready",
            advice="inside brew, write kitchen.ready.remote()",
        ),
        check.mistake(
            counts_early,
            "the kitchen was asked before all cups were ready, by another caller",
            expected="the count after all six tasks are done",
            advice="first ray.get all the IDs of brew, then ask the kitchen",
        ),
        check.result("cups", CUPS),
    ),
    "shards": check.all_of(
        check.mistake(
            lambda evidence: (
                evidence.error is None and len(looking.actors(evidence)) == 1
            ),
            "one actor for all: every word waits for the word before it",
            expected="four actors that share out the words",
            advice="make a list of four handles, and choose one for each word",
        ),
        check.mistake(
            lambda evidence: len(looking.actors(evidence)) > SHARDS,
            "more than four actors were made, one for each word or turn",
            expected="four actors",
            advice="make the four before the loop, and choose one of them in the loop",
        ),
        check.mistake(
            lambda evidence: 0 in words_of_each(evidence),
            "an actor never got a word: the rule does not reach it",
            expected="four actors with work",
            advice="len(word) % 4 is 0, 1, 2 or 3",
        ),
        check.mistake(
            lambda evidence: (
                evidence.error is None and len(looking.actors(evidence)) < SHARDS
            ),
            "fewer than four actors share the work",
            expected="four actors that share out the words",
            advice="make a list of four handles, and choose one for each word",
        ),
        check.mistake(
            looking.get_between,
            "the notebook waits for a word before it sends the next one",
            expected="the words are sent, and only the counts are got",
            advice="add.remote(word) is enough: count is called after it",
        ),
        check.started("Letters.add", at_least=WORDS),
        check.mistake(
            spread,
            "words of one length are spread over several actors",
            expected="words of the same length always go to the same actor",
            advice="choose the actor by len(word), not by the word's place in the list",
        ),
        check.result("total", WORDS),
    ),
}
