"""The checks of lesson 6. A check reports the first problem it finds."""

from rayteach import checks as check
from rayteach.checks import Evidence, looking

VOTES, WORDS = 5, 6


def plain_class(evidence: Evidence) -> bool:
    """A class was called with .remote that is no actor class."""
    text = str(evidence.error)
    return isinstance(evidence.error, AttributeError) and "attribute 'remote'" in text


def one_each(evidence: Evidence) -> bool:
    """There are several actors, each for a part of the calls."""
    return len(looking.actors(evidence)) > 1


def look_ups(evidence: Evidence) -> int:
    """Return how often look_up ran."""
    return len(looking.tasks(evidence, "look_up"))


CHECKS = {
    "votes": check.all_of(
        check.mistake(
            plain_class,
            "the class is a plain Python class",
            expected="an actor class",
            advice="write @ray.remote above class Votes",
        ),
        check.started(at_least=1),
        check.mistake(
            lambda evidence: evidence.error is None and not looking.actors(evidence),
            "no actor was made: each task counted in a copy of its own, and forgot it",
            expected="one actor that keeps the votes",
            advice="write @ray.remote above a class Votes, with a dictionary in self",
        ),
        check.mistake(
            one_each,
            "every vote went to a new actor, which has counted no other",
            expected="one actor for all votes",
            advice="votes = Votes.remote() once, before the loop",
        ),
        check.mistake(
            looking.get_between,
            "the notebook waits for each vote before it sends the next one",
            expected="the votes are sent, and only the result is got",
            advice="votes.add.remote(name) is enough: the calls keep their order",
        ),
        check.mistake(
            lambda evidence: (
                evidence.error is None and len(looking.calls(evidence)) <= VOTES
            ),
            "fewer calls than five votes and one question",
            expected="five calls of add, one of result",
            advice="send each name by itself: votes.add.remote(name)",
        ),
        check.result("result", {"ann": 3, "bob": 2}),
    ),
    "cache": check.all_of(
        check.started("look_up"),
        check.mistake(
            one_each,
            "every question made an actor of its own, with an empty cache",
            expected="one actor that answers all questions",
            advice="meanings = Meanings.remote() once, as it was",
        ),
        check.mistake(
            lambda evidence: evidence.error is None and not looking.calls(evidence),
            "nobody asked the actor: the notebook looked the words up",
            expected="six calls of meanings.of",
            advice="let the actor keep the cache, in self",
        ),
        check.mistake(
            lambda evidence: look_ups(evidence) == WORDS,
            "look_up ran for every question, six times",
            expected="look_up runs once for each different word",
            advice="look into self.known first, and keep there what look_up returns",
        ),
        check.mistake(
            lambda evidence: look_ups(evidence) > len({"tree", "leaf", "root"}),
            "a word that was looked up before is looked up again",
            expected="look_up runs once for each different word",
            advice="keep every word, not only the last one",
        ),
        check.result("found", ["eert", "fael", "eert", "toor", "fael", "eert"]),
    ),
}
