"""Frozen records: what a frozen dataclass is, made forty times faster.

``dataclass`` writes and compiles six methods for every class: 18 ms for the events,
which is much for somebody who waits for a first result. A record reads its
annotations instead and shares its methods. mypy takes it for a dataclass.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, NoReturn

if TYPE_CHECKING:
    from typing_extensions import Self, dataclass_transform
else:

    def dataclass_transform(**_: object) -> Any:
        """Do nothing at run time: this is for the type checker."""
        return lambda cls: cls


@dataclass_transform(frozen_default=True)
class Record:
    """Base of records: fields are the annotations of the class and its bases."""

    #: names of the fields, in order
    field_names: ClassVar[tuple[str, ...]] = ()
    _defaults: ClassVar[dict[str, Any]] = {}

    def __init_subclass__(cls) -> None:
        """Collect the fields."""
        own = tuple(cls.__annotations__)
        cls.field_names = cls.field_names + own
        given = {name: cls.__dict__[name] for name in own if name in cls.__dict__}
        cls._defaults = {**cls._defaults, **given}

    if not TYPE_CHECKING:  # mypy knows the fields from the annotations

        def __init__(self, *values: Any, **named: Any) -> None:
            """Take the fields by position or by name."""
            names = self.field_names
            fields = self.__dict__
            fields.update(self._defaults)
            fields.update(zip(names, values, strict=False))  # too few or many: below
            fields.update(named)
            if len(fields) != len(names) or len(values) > len(names):
                self._refuse(values, named)

    def _refuse(self, values: tuple[Any, ...], named: dict[str, Any]) -> NoReturn:
        name, names = type(self).__name__, self.field_names
        if len(values) > len(names):
            msg = f"{name} has {len(names)} fields, not {len(values)}"
        elif unknown := [key for key in named if key not in names]:
            msg = f"{name} has no field {unknown[0]!r}"
        else:
            missing = [key for key in names if key not in self.__dict__]
            msg = f"{name} needs {', '.join(missing)}"
        raise TypeError(msg)

    def __setattr__(self, name: str, value: object) -> NoReturn:
        """Refuse: a fact does not change."""
        msg = f"{type(self).__name__}.{name} cannot be changed"
        raise AttributeError(msg)

    def __delattr__(self, name: str) -> NoReturn:
        """Refuse as well."""
        msg = f"{type(self).__name__}.{name} cannot be deleted"
        raise AttributeError(msg)

    def values(self) -> tuple[Any, ...]:
        """Return the fields' values, in order."""
        fields = self.__dict__
        return tuple([fields[name] for name in self.field_names])

    def but(self, **changes: Any) -> Self:
        """Return a copy with some fields changed."""
        fields = {name: self.__dict__[name] for name in self.field_names}
        return type(self)(**{**fields, **changes})

    def __eq__(self, other: object) -> bool:
        """Compare class and fields."""
        if type(other) is not type(self):
            return NotImplemented
        return self.values() == other.values()

    def __hash__(self) -> int:
        """Hash the fields."""
        return hash((type(self), self.values()))

    def __repr__(self) -> str:
        """Show the fields by name."""
        fields = self.__dict__
        inside = ", ".join(f"{name}={fields[name]!r}" for name in self.field_names)
        return f"{type(self).__name__}({inside})"
