"""The checks of capstone B. A check reports the first problem it finds."""

from rayteach import checks as check
from rayteach.checks import Check, Evidence, Problem, looking

FINISHED = {3.0: 0.083, 10.0: 0.068, 30.0: 0.094}
ENOUGH, ALL = 22, 40
BEST = 10.0


def _as_many_as_needed() -> Check:
    expected = f"{ENOUGH} tasks: hopeless rates get no further round"

    def judge(evidence: Evidence) -> Problem | None:
        count = len(looking.tasks(evidence, "train"))
        if evidence.error is not None or count == ENOUGH:
            return None
        found = f"{count} tasks"
        if count >= ALL:
            found = f"{count} tasks: nobody was stopped"
        elif count > ENOUGH:
            found = f"{count} tasks: some went on although they were hopeless"
        else:
            found = f"{count} tasks: some were stopped although they were good"
        return Problem(expected, found, "compare loss with bar(done) after each round")

    return Check(expected, judge)


def _from_the_beginning() -> Check:
    """Recognise weights that were thrown away between two rounds."""
    expected = "each round goes on with the weights of the one before"

    def judge(evidence: Evidence) -> Problem | None:
        finished = evidence.names.get("finished")
        if evidence.error is not None or not finished:
            return None
        if finished.get(BEST) == 0.069:  # noqa: PLR2004 (its loss after one round)
            found = "each round began with START again: nothing was learnt"
            return Problem(expected, found, "pass the weights that came back")
        return None

    return Check(expected, judge)


def _stops_when_good() -> Check:
    expected = "no further task once a loss is below 0.07"

    def judge(evidence: Evidence) -> Problem | None:
        count = len(looking.tasks(evidence, "train"))
        if evidence.error is not None or count < ENOUGH - 2:
            return None
        found = f"{count} tasks: the search went on after it had found a good rate"
        return Problem(expected, found, "end the loop when winner is known")

    return Check(expected, judge)


CHECKS = {
    "hp-all": check.all_of(
        check.started("train", at_least=8),
        check.no_get_in_loop(),
        check.parallel(at_least=8),
        check.mistake(
            lambda evidence: evidence.names.get("best") == 0.001,  # noqa: PLR2004
            "best has the largest loss of all",
            expected="the rate with the smallest loss",
            advice="the loss says how wrong it is: less is better",
        ),
        check.result("best", BEST),
        check.result(
            "losses",
            {
                0.001: 0.68,
                0.01: 0.605,
                0.1: 0.491,
                0.3: 0.38,
                1.0: 0.222,
                3.0: 0.125,
                10.0: 0.069,
                30.0: 0.087,
            },
        ),
    ),
    "hp-early": check.all_of(
        check.started("train", at_least=8),
        check.as_they_come(),
        check.parallel(at_least=8),
        _from_the_beginning(),
        _as_many_as_needed(),
        check.result("finished", FINISHED),
    ),
    "hp-enough": check.all_of(
        check.started("train", at_least=3),
        check.in_flight(at_most=3),
        _stops_when_good(),
        check.result("winner", BEST),
    ),
}
