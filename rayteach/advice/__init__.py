"""Patterns that cost time or memory, found in what a run did.

    run ──► Case ──► each detector ──► Advice: where, what it cost, the better form

Source: the anti-patterns of Ray's documentation ("Design patterns and
anti-patterns"). What a run without the pattern would have taken is predicted, so
what costs nothing here is not reported.
"""

from rayteach.advice.detectors import advise
from rayteach.advice.model import Advice, Case

__all__ = ["Advice", "Case", "advise"]
