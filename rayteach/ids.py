"""Labels: how people tell tasks apart. Identities live in ``object_id``."""

from __future__ import annotations


class Label:
    """``f-3``, ``outer-1/f-2`` or ``Counter-1.add-2``; made into text on demand."""

    __slots__ = ("name", "number", "prefix")

    def __init__(self, prefix: object, name: str, number: int) -> None:
        """Put ``prefix`` (a parent's label with "/", an actor's with ".") in front."""
        self.prefix = prefix
        self.name = name
        self.number = number

    def __str__(self) -> str:
        """Return the label."""
        return f"{self.prefix or ''}{self.name}-{self.number}"


class Prefix:
    """A label followed by the sign that joins it to what comes below it."""

    __slots__ = ("label", "sign")

    def __init__(self, label: object, sign: str) -> None:
        """Join with ``sign``."""
        self.label = label
        self.sign = sign

    def __str__(self) -> str:
        """Return label and sign."""
        return f"{self.label}{self.sign}"
