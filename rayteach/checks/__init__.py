"""Checks on the structure of a run: what could overlap, where a ``get`` stands.

Never on seconds. A check is a value: combine several with ``&`` or
:func:`all_of`, make one with :func:`that`, and apply them with :func:`verify`::

    from rayteach import checks as check

    check.verify(run, check.parallel(at_least=4), check.no_get_in_loop())

In a notebook ``%%check`` applies those of an exercise.
"""

from rayteach.checks import looking
from rayteach.checks.mistakes import mistake
from rayteach.checks.model import (
    Check,
    CheckFailedError,
    Evidence,
    Problem,
    all_of,
    verify,
)
from rayteach.checks.predictions import predicted
from rayteach.checks.vocabulary import (
    no_get_in_loop,
    parallel,
    result,
    started,
    that,
)

__all__ = [
    "Check",
    "CheckFailedError",
    "Evidence",
    "Problem",
    "all_of",
    "looking",
    "mistake",
    "no_get_in_loop",
    "parallel",
    "predicted",
    "result",
    "started",
    "that",
    "verify",
]
