"""Checks on the structure of a run: what could overlap, where a ``get`` stands.

Never on seconds. A check is a value: combine several with ``&`` or
:func:`all_of`, make one with :func:`that`, name a typical mistake with
:func:`mistake` or :func:`raised`, and apply them with :func:`verify`::

    from rayteach import checks as check

    check.verify(run, check.parallel(at_least=4), check.no_get_in_loop())

In a notebook ``%%check`` applies those of an exercise.
"""

from rayteach.checks import looking
from rayteach.checks.flow import as_they_come, in_flight, most_in_flight
from rayteach.checks.mistakes import mistake, raised
from rayteach.checks.model import (
    Check,
    CheckFailedError,
    Evidence,
    Problem,
    all_of,
    verify,
)
from rayteach.checks.predictions import predicted
from rayteach.checks.sharing import one_copy_of, order
from rayteach.checks.vocabulary import (
    actors,
    depth,
    gets,
    no_get_in_loop,
    parallel,
    result,
    started,
    takes_ids,
    that,
    waits,
)

__all__ = [
    "Check",
    "CheckFailedError",
    "Evidence",
    "Problem",
    "actors",
    "all_of",
    "as_they_come",
    "depth",
    "gets",
    "in_flight",
    "looking",
    "mistake",
    "most_in_flight",
    "no_get_in_loop",
    "one_copy_of",
    "order",
    "parallel",
    "predicted",
    "raised",
    "result",
    "started",
    "takes_ids",
    "that",
    "verify",
    "waits",
]
