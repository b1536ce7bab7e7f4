"""The checks of capstone C. A check reports the first problem it finds."""

from collections import Counter
from collections.abc import Callable
from typing import Any

from rayteach import checks as check
from rayteach.checks import Check, Evidence, looking

MOVED = [-1.0, -1.5]
OTHER_WAY = [1.0, 1.5]
LAST_ONLY = [-0.5, -0.5]
WORKERS = 4
ROUNDS = 30
NINE_OF_TEN = 0.9


def _weights(evidence: Evidence) -> Any:
    found = evidence.names.get("weights")
    return found.tolist() if hasattr(found, "tolist") else found


def _weights_are(value: Any, found: str, advice: str) -> Check:
    return check.mistake(
        lambda evidence: evidence.error is None and _weights(evidence) == value,
        found,
        expected="each push moves the weights that are there by -0.5 x gradient",
        advice=advice,
    )


def _without_error(shows: Callable[[Evidence], Any]) -> Callable[[Evidence], Any]:
    return lambda evidence: None if evidence.error is not None else shows(evidence)


def _helpers(evidence: Evidence) -> Counter[int | None]:
    """Return how many gradients each worker made."""
    return Counter(one.actor for one in looking.tasks(evidence, "Worker.gradient"))


def _by_value(evidence: Evidence) -> Any:
    calls = looking.tasks(evidence, "Worker.gradient")
    return next((one for one in calls if not one.inputs), None)


def _few_pushed(evidence: Evidence) -> Any:
    pushes = looking.tasks(evidence, "Server.push")
    return next((one for one in pushes if len(one.inputs) != WORKERS), None)


def _right(evidence: Evidence) -> bool:
    return float(evidence.names.get("right", 0.0)) > NINE_OF_TEN


CHECKS = {
    "ps-server": check.all_of(
        check.started("Server.push", at_least=3),
        _weights_are(
            LAST_ONLY,
            "only the last push counts: it threw away what was there",
            "start from self.weights",
        ),
        _weights_are(
            OTHER_WAY,
            "the weights move the wrong way",
            "a gradient points uphill, and we want to go down",
        ),
        _weights_are(None, "pull returned nothing", "return self.weights"),
        check.that(
            lambda evidence: evidence.error is not None or _weights(evidence) == MOVED,
            expected=f"weights == {MOVED}",
            advice="three pushes, each by -0.5 times its gradient",
        ),
    ),
    "ps-workers": check.all_of(
        check.started("Worker.gradient"),
        check.mistake(
            _without_error(lambda evidence: len(_helpers(evidence)) < WORKERS),
            "too few workers: one actor works on one call at a time",
            expected="four workers, each with its shard",
            advice="a list of four actors; number k gets images[k::4]",
        ),
        check.no_get_in_loop(),
        check.mistake(
            _without_error(_by_value),
            "the weights came to the notebook, and were packed for each worker",
            expected="gradient gets the ID that pull returned",
            advice="weights_id = server.pull.remote(), without a get",
        ),
        check.parallel(at_least=WORKERS),
        check.that(
            lambda evidence: (
                evidence.error is not None
                or [one.shape for one in evidence.names["gradients"]]
                == [(64, 3)] * WORKERS
            ),
            expected="gradients is a list of four arrays",
        ),
    ),
    "ps-train": check.all_of(
        check.started("Server.push"),
        check.mistake(
            looking.get_between,
            "a get inside the training: each round comes to the notebook",
            expected="one get, after the last round",
            advice="give the IDs of the gradients to push",
        ),
        check.mistake(
            _without_error(
                lambda evidence: len(looking.tasks(evidence, "Server.pull")) < ROUNDS
            ),
            "the rounds use old weights: pull was not called in each of them",
            expected="each round begins with a pull",
            advice="weights_id = server.pull.remote() inside the loop",
        ),
        check.mistake(
            _without_error(_few_pushed),
            "a push without the gradients of all four workers",
            expected="each push gets four gradients",
            advice="server.push.remote(*ids) hands the IDs over one by one",
        ),
        check.that(
            lambda evidence: evidence.error is not None or _right(evidence),
            expected="more than nine of ten pictures told right",
            advice="30 rounds are enough",
        ),
    ),
}
