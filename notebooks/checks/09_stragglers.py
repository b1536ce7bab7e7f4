"""The checks of lesson 9. A check reports the first problem it finds."""

from rayteach import checks as check
from rayteach.checks import Check, Evidence, Problem, looking

ALL = 5
ENOUGH = 4


def _only_four() -> Check:
    expected = f"a wait that returns with {ENOUGH} of {ALL}"

    def judge(evidence: Evidence) -> Problem | None:
        for wait in evidence.rows.waits.values():
            if len(wait.objects) == ALL and wait.kind == "get":
                found = "a get waits for all five, the slow server too"
                return Problem(expected, found, "", wait.line, wait.source)
            if len(wait.objects) == wait.num_returns == ALL:
                found = "the wait asks for all five, so it waits for the slow server"
                return Problem(expected, found, "", wait.line, wait.source)
        if evidence.error is None and not looking.waits(evidence):
            found = "it gets four of the list, whether or not they are done first"
            return Problem(expected, found, "which call says what is ready?")
        return None

    return Check(expected, judge)


def _slow_one_stopped() -> Check:
    expected = "the slow task is cancelled"

    def judge(evidence: Evidence) -> Problem | None:
        if evidence.error is not None or evidence.names.get("stopped"):
            return None
        found = "the slow task was left running, and held a CPU for nothing"
        return Problem(expected, found, "ray.cancel(...) takes an ID: which is left?")

    return Check(expected, judge)


CHECKS = {
    "as-they-come": check.all_of(
        check.started("mark", at_least=6),
        check.as_they_come(),
        check.result("marks", [0, 10, 20, 30, 40, 50]),
    ),
    "in-flight": check.all_of(
        check.started("print_page", at_least=12),
        check.in_flight(at_most=3),
        check.result("printed", list(range(12))),
    ),
    "give-up": check.all_of(
        check.started("fetch", at_least=ALL),
        _only_four(),
        check.result("answers", ["file"] * ENOUGH),
        _slow_one_stopped(),
    ),
}
