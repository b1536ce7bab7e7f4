"""The checks of lesson 15. A check reports the first problem it finds."""

from rayteach import checks as check
from rayteach.checks import Check, Evidence, Problem
from rayteach.compat.ray import exceptions

TOO_LONG_S = 100
NAMES = {
    "raised": (exceptions.RayTaskError, "RayTaskError"),
    "too_late": (exceptions.GetTimeoutError, "GetTimeoutError"),
    "gone": (exceptions.RayActorError, "RayActorError"),
}


def _by_name() -> Check:
    expected = "wait(ids, num_returns=4, ...)"

    def judge(evidence: Evidence) -> Problem | None:
        if not (
            isinstance(evidence.error, TypeError)
            and "positional argument" in str(evidence.error)
        ):
            return None
        found = "wait got its second argument without a name"
        return Problem(
            expected, found, "write num_returns=4", evidence.error_line,
            evidence.error_source,
        )  # fmt: skip

    return Check(expected, judge)


def _in_seconds() -> Check:
    expected = "today's names, and timeouts of five seconds"

    def judge(evidence: Evidence) -> Problem | None:
        if evidence.error is not None:
            return None
        limits = [w for w in evidence.rows.waits.values() if w.timeout_s is not None]
        if len(limits) < 2:  # noqa: PLR2004 (one of wait, one of get)
            found = f"{len(limits)} of two timeouts left: a hang would last for ever"
            return Problem(expected, found, "keep them, in the new unit")
        for wait in limits:
            if wait.unit == "ms":
                found = f"line {wait.line} still counts in milliseconds"
                advice = "which import line gives you today's names?"
                return Problem(expected, found, advice, wait.line, wait.source)
            if wait.timeout_s and wait.timeout_s > TOO_LONG_S:
                hours = wait.timeout_s / 3600
                found = f"line {wait.line} would wait {hours:.1f} hours"
                advice = "Ray counts in seconds"
                return Problem(expected, found, advice, wait.line, wait.source)
            if wait.timeout_s and wait.timeout_s < 1:
                found = f"line {wait.line} would wait {wait.timeout_s * 1000:g} ms only"
                return Problem(expected, found, "5000 ms are 5 s")
        return None

    return Check(expected, judge)


def _named() -> Check:
    expected = "each error caught by its own name"

    def judge(evidence: Evidence) -> Problem | None:
        if isinstance(evidence.error, AttributeError):
            found = f"there is no such name: {evidence.error}"
            advice = "today's Ray keeps them in ray.exceptions"
            return Problem(
                expected, found, advice, evidence.error_line, evidence.error_source
            )
        for name, (right, _) in NAMES.items():
            caught = evidence.names.get(name)
            if caught is right:
                continue
            if caught in (Exception, BaseException):
                found = f"{name} catches everything, your own typing errors too"
                return Problem(expected, found, "look into the table of names")
            if isinstance(caught, type) and issubclass(right, caught):
                found = f"{name} catches more than it should: {caught.__name__}"
                return Problem(expected, found, "name the one error that you expect")
            found = f"{name} is {getattr(caught, '__name__', caught)}, and misses it"
            return Problem(expected, found, "look into the table of names")
        return None

    return Check(expected, judge)


CHECKS = {
    "port-it": check.all_of(
        _by_name(),
        check.started("probe", at_least=4),
        _in_seconds(),
        check.result("lengths", [4, 5, 5, 6]),
    ),
    "name-them": check.all_of(
        _named(),
        check.result("caught", ["raised", "too late", "gone"]),
    ),
}
