"""Questions whose answer is some of the given names, their order, or a number."""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Protocol

_PLURAL = re.compile(r"(?<!s)(ies|s)$")


class Question(Protocol):
    """What may be asked: what an answer looks like, and how two differ."""

    def checked(self, answer: Any) -> Any:
        """Return an answer in its one form.

        Raises:
            ValueError: it is no answer to this question.
            TypeError: it is nothing of the kind.
        """
        ...

    def read(self, text: str) -> Any:
        """Return the answer that somebody typed; raises as :meth:`checked`."""
        ...

    def shown(self, answer: Any) -> str:
        """Return an answer as text."""
        ...

    def compared(self, answer: Any, truth: Any) -> str:
        """Return what differs between an answer and what was so, "" if nothing."""
        ...

    @property
    def hint(self) -> str:
        """How to answer."""
        ...

    def spec(self) -> dict[str, Any]:
        """Return the question for the widget, as JSON."""
        ...


def checked_names(names: Iterable[str], what: str) -> tuple[str, ...]:
    """Return the names that a question is about.

    Args:
        names: at least two, all different.
        what: the argument that they came in.

    Raises:
        TypeError: they are no texts, or one text.
        ValueError: too few, or some alike.
    """
    found = () if isinstance(names, str) else tuple(names)
    if not all(isinstance(name, str) for name in found) or isinstance(names, str):
        msg = f'predict({what}=...) takes a list of names, e.g. ["f-1", "f-2"]'
        raise TypeError(msg)
    if len(found) < 2 or len(set(found)) < len(found):  # noqa: PLR2004 (a choice)
        msg = f"predict({what}=...) takes two or more names, each once"
        raise ValueError(msg)
    return found


def known(name: object, names: Sequence[str]) -> str:
    """Return ``name`` if it is one of ``names``; names the nearest if it is not."""
    if isinstance(name, str) and name in names:
        return name
    near = difflib.get_close_matches(str(name), names, n=1)
    other = f"did you mean {near[0]}?" if near else f"choose from {', '.join(names)}"
    msg = f"there is no {name!s} here: {other}"
    raise ValueError(msg)


def _members(answer: Any, names: Sequence[str]) -> list[str]:
    if isinstance(answer, str) or not isinstance(answer, Iterable):
        msg = f"the answer is a list of names, e.g. [{names[0]!r}], not {answer!r}"
        raise TypeError(msg)
    found = [known(one, names) for one in answer]
    if len(set(found)) < len(found):
        msg = "each name stands in the answer once"
        raise ValueError(msg)
    return found


def _words(text: str) -> list[str]:
    return text.replace(",", " ").split()


@dataclass(frozen=True, slots=True)
class Pick:
    """Which of these?"""

    names: tuple[str, ...]
    #: how many, None for any number
    count: int | None = None

    def checked(self, answer: Any) -> list[str]:
        """Return the names that were picked, in the order of the question."""
        found = _members(answer, self.names)
        if self.count is not None and len(found) != self.count:
            msg = f"pick {self.count}, not {len(found)}, of {', '.join(self.names)}"
            raise ValueError(msg)
        return [name for name in self.names if name in found]

    def read(self, text: str) -> list[str]:
        """Return the names in a typed line."""
        return self.checked(_words(text))

    def shown(self, answer: list[str]) -> str:
        """Return the names, with commas."""
        return ", ".join(answer) or "none"

    def compared(self, answer: list[str], truth: list[str]) -> str:
        """Say which ones were missed, and which were no hit."""
        missed = [name for name in truth if name not in answer]
        wrong = [name for name in answer if name not in truth]
        parts = [
            f"{_listed(names)} {_was(names)} {what}"
            for names, what in ((missed, "missing"), (wrong, "not among them"))
            if names
        ]
        return "; ".join(parts)

    @property
    def hint(self) -> str:
        """Say how many, and of what."""
        number = "any number" if self.count is None else str(self.count)
        return f"Pick {number} of {', '.join(self.names)}"

    def spec(self) -> dict[str, Any]:
        """Return kind, names and count."""
        return {"kind": "pick", "names": list(self.names), "count": self.count}


@dataclass(frozen=True, slots=True)
class Order:
    """In which order?"""

    names: tuple[str, ...]

    def checked(self, answer: Any) -> list[str]:
        """Return all names in the order of the answer."""
        found = _members(answer, self.names)
        missing = [name for name in self.names if name not in found]
        if missing:
            msg = f"every name has a place: {_listed(missing)} {_was(missing)} left out"
            raise ValueError(msg)
        return found

    def read(self, text: str) -> list[str]:
        """Return the names in a typed line."""
        return self.checked(_words(text))

    def shown(self, answer: list[str]) -> str:
        """Return the names, first to last."""
        return ", ".join(answer)

    def compared(self, answer: list[str], truth: list[str]) -> str:
        """Say which neighbours stood the wrong way round."""
        place = {name: at for at, name in enumerate(answer)}
        pairs = pairwise(truth)
        turned = [f"{a} came before {b}" for a, b in pairs if place[a] > place[b]]
        return "; ".join(turned)

    @property
    def hint(self) -> str:
        """Name what is to be put in order."""
        return f"Put in order, the first one first: {', '.join(self.names)}"

    def spec(self) -> dict[str, Any]:
        """Return kind and names."""
        return {"kind": "order", "names": list(self.names)}


@dataclass(frozen=True, slots=True)
class Number:
    """How many, how long, how large?"""

    unit: str = ""
    #: an answer this near counts as right
    within: float = 0.0

    def checked(self, answer: Any) -> float:
        """Return the number; a whole one as an ``int``."""
        if isinstance(answer, bool) or not isinstance(answer, int | float):
            msg = f"the answer is a number, not {answer!r}"
            raise TypeError(msg)
        if not math.isfinite(answer):
            msg = f"the answer is a finite number, not {answer!r}"
            raise ValueError(msg)
        return int(answer) if answer == int(answer) else float(answer)

    def read(self, text: str) -> float:
        """Return the number in a typed line; its unit may stand behind it."""
        word = text.strip().removesuffix(self.unit).removesuffix(_singular(self.unit))
        word = word.strip().replace(",", ".")
        try:
            return self.checked(float(word))
        except ValueError:
            msg = f"type a number, e.g. 3, not {text.strip()!r}"
            raise ValueError(msg) from None

    def shown(self, answer: float) -> str:
        """Return the number with its unit: "1 task", "2 tasks", "1 s"."""
        unit = _singular(self.unit) if answer == 1 else self.unit
        return f"{answer:g} {unit}".strip()

    def compared(self, answer: float, truth: float) -> str:
        """Say by how much it was more or less."""
        more = truth - answer
        if abs(more) <= self.within:
            return ""
        return f"{self.shown(abs(more))} {'more' if more > 0 else 'less'}"

    @property
    def hint(self) -> str:
        """Ask for a number."""
        return f"A number ({self.unit})" if self.unit else "A number"

    def spec(self) -> dict[str, Any]:
        """Return kind and unit."""
        return {"kind": "number", "unit": self.unit}


def _listed(names: Sequence[str]) -> str:
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


def _was(names: Sequence[str]) -> str:
    return "was" if len(names) == 1 else "were"


def _singular(unit: str) -> str:
    """Return "task" for "tasks"; short units such as "s" and "ms" have one form."""
    if not unit.isalpha() or len(unit) <= len("ms"):
        return unit
    return _PLURAL.sub(lambda end: "y" if end[0] == "ies" else "", unit)
