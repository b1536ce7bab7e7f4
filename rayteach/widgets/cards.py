"""What an ID, an actor handle or a remote function is right now, in a few words.

A card holds numbers and names, never a reference to the thing itself: what is
shown keeps no value and no actor.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Protocol

from rayteach.trace.views import words
from rayteach.trace.views.objects import DISK
from rayteach.widgets.text_between import size_words

if TYPE_CHECKING:
    from rayteach.trace.fold import RowFold
    from rayteach.trace.views.rows import ActorRow, ObjectRow, TaskRow

Line = tuple[str, str]

_CLOSED = "of a session that is closed"


@dataclass(frozen=True, slots=True)
class Card:
    """A title, its state in a word or two, and what else is known."""

    title: str
    state: str
    lines: tuple[Line, ...] = ()
    #: nothing more can happen without somebody's doing
    is_settled: bool = False

    def as_json(self) -> dict[str, object]:
        """Return it as the front end reads it."""
        return {
            "title": self.title,
            "state": self.state,
            "facts": [list(line) for line in self.lines],
        }

    def as_html(self) -> str:
        """Return it as a table, for places without widgets."""
        rows = "".join(
            f"<tr><th scope='row'>{escape(name)}</th><td>{escape(text)}</td></tr>"
            for name, text in (("state", self.state), *self.lines)
        )
        return f"<table><caption>{escape(self.title)}</caption>{rows}</table>"


class Subject(Protocol):
    """What a card is about; looked at again and again."""

    def card(self, fold: RowFold) -> Card:
        """Return how things stand; the caller holds the fold's lock."""


@dataclass(frozen=True, slots=True)
class OfObject:
    """An object ID."""

    title: str
    task: int
    index: int

    def card(self, fold: RowFold) -> Card:
        """Say whether the value is there, who makes it, its size and place."""
        row = fold.object(f"{self.task}.{self.index}")
        maker = fold.task(self.task)
        if row is None and maker is None:
            return Card(self.title, _CLOSED, is_settled=True)
        lines = [("made by", _origin(row, maker))]
        if maker is not None and not maker.end and maker.story:
            lines.append(("now", maker.story))
        if row is not None and row.created_s is not None:
            size = "" if row.size_bytes is None else size_words(row.size_bytes)
            lines += [("size", size), ("where", _place(row))]
        elif maker is not None and maker.error:
            lines.append(("error", maker.error.splitlines()[0]))
        state, is_settled = _object_state(row, maker, fold.now_s)
        return Card(self.title, state, tuple(lines), is_settled)


@dataclass(frozen=True, slots=True)
class OfActor:
    """An actor's handle."""

    title: str
    actor: int
    class_name: str
    methods: tuple[str, ...]

    def card(self, fold: RowFold) -> Card:
        """Say whether it lives, what it runs and who waits for it."""
        row = fold.actor(self.actor)
        if row is None:
            return Card(self.title, _CLOSED, is_settled=True)
        calls = [
            task
            for task in fold.all_tasks()
            if task.kind == "call" and task.actor == self.actor
        ]
        state = _actor_state(row)
        lines = [
            ("class", self.class_name + (f", named {row.name!r}" if row.name else "")),
            ("made by", f"{_where(row.cell, row.line)}"),
            ("calls", words.counted(calls, fold.now_s) if calls else "none yet"),
            ("methods", ", ".join(self.methods) or "none"),
        ]
        running = [one for one in calls if not one.end and one.attempts]
        if running:
            lines.insert(2, ("runs", words.listing([one.label for one in running])))
        is_settled = row.ended_s is not None or (
            row.started_s is not None and all(one.end for one in calls)
        )
        return Card(self.title, state, tuple(lines), is_settled)


@dataclass(frozen=True, slots=True)
class OfFunction:
    """A remote function or an actor class."""

    title: str
    name: str
    call: str
    options: str
    kind: str = "task"

    def card(self, fold: RowFold) -> Card:
        """Say how it is called, and how its tasks stand."""
        tasks = [
            task
            for task in fold.all_tasks()
            if task.kind == self.kind and task.function == self.name
        ]
        lines = [("call it", self.call)]
        if self.options:
            lines.append(("options", self.options))
        state = words.counted(tasks, fold.now_s) if tasks else "not called yet"
        if tasks and state == "no tasks":  # creations are counted if they went wrong
            state = f"{len(tasks)} made"
        return Card(self.title, state, tuple(lines), all(one.end for one in tasks))


def _object_state(
    row: ObjectRow | None, maker: TaskRow | None, now_s: float
) -> tuple[str, bool]:
    if row is not None and row.released_s is not None:
        return "released: nothing names the value any more", True
    if row is not None and row.created_s is not None:
        return "ready", True
    if maker is None:
        return "not there yet", False
    if not maker.end:
        return f"not there yet: {words.state(maker, now_s)}", False
    if maker.end == words.DONE:
        return "ready", True
    return f"no value: {maker.label} {_ended(maker.end)}", True


def _ended(end: str) -> str:
    return {"cancelled": "was cancelled", "cannot run": "cannot run"}.get(end, end)


def _origin(row: ObjectRow | None, maker: TaskRow | None) -> str:
    if maker is not None:
        where = _where(maker.cell, maker.line)
        return f"{maker.label}, {where}" + (f": {maker.source}" * bool(maker.source))
    return f"put, {_where(row.cell, row.line)}" if row is not None else ""


def _where(cell: str, line: int) -> str:
    parts = [f"cell {cell}" if cell else "", f"line {line}" if line else ""]
    return ", ".join(filter(None, parts)) or "outside cells"


def _place(row: ObjectRow) -> str:
    if not row.shared:
        return "kept inline, in the driver"
    nodes = [str(node) for node, _ in row.copies]
    if DISK in nodes:
        return "on disk: shared memory had no room"
    return f"shared memory of node {words.listing(nodes)}"


def _actor_state(row: ActorRow) -> str:
    if row.ended_s is not None:
        return f"dead: {row.reason}" if row.reason else "dead"
    if row.restarts and row.restarts[-1][1] is None:
        return "restarts"
    return "waits for its process" if row.started_s is None else "alive"
