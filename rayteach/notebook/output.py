"""What tasks print stands under the cell that submitted them, nowhere else.

    printed by a task of ... ─┬─ the cell that runs ──► its output, by its own parent
                              └─ a cell that is over ─► the log of that cell's view

A plain ``print`` from a thread would land in whichever cell runs by then. So a
message to the front end carries the request that the cell was started with.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rayteach.api.printing import joined

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from IPython.core.interactiveshell import InteractiveShell

    from rayteach.engines.outputs import Printed
    from rayteach.notebook.contracts import Session

CELL_CHARS = 1_000_000
"""Shown under one cell; a page with more of it stops being one."""


@dataclass(slots=True)
class _Running:
    session: Session
    run: int
    #: the request that started the cell, {} where there is no kernel
    parent: dict[str, Any]
    shown: int = 0


class CellOutput:
    """Sorts what was printed; called by one thread at a time."""

    def __init__(
        self,
        shell: InteractiveShell,
        late: Callable[[Session, int, Printed], None],
    ) -> None:
        """Hand to ``late(session, run, printed)`` what came after its cell."""
        self._shell = shell
        self._late = late
        self._running: _Running | None = None
        #: sentences of the engine that came while no cell ran
        self._held: list[Printed] = []

    def begin(self, session: Session, run: int) -> None:
        """A cell run begins. Called in the main thread, at the cell's start."""
        parent = getattr(self._shell, "parent_header", None) or {}
        self._running = _Running(session, run, parent)
        held, self._held = self._held, []
        self.show(session, held)

    def end(self) -> None:
        """The cell is over: what comes now comes late."""
        self._running = None

    def show(self, session: Session, printed: Sequence[Printed]) -> None:
        """Show what belongs to the cell that runs; keep the rest for its view."""
        running = self._running
        mine: list[Printed] = []
        for one in printed:
            if running is not None and one.run is None:
                mine.append(one)
            elif one.run is None:
                self._held.append(one)
            elif running is None or (session, one.run) != (
                running.session,
                running.run,
            ):
                self._late(session, one.run, one)
            else:
                mine.append(one)
        if running is not None:
            for stream, text in joined(mine):
                _emit(running, stream, _within(running, text))


def _within(running: _Running, text: str) -> str:
    """Return as much of ``text`` as the cell may still show."""
    room = CELL_CHARS - running.shown
    running.shown += len(text)
    if len(text) <= room:
        return text
    if room <= 0:
        return ""
    shown = text[: text.rfind("\n", 0, room) + 1]
    return (
        f"{shown}… this cell has shown {CELL_CHARS:,} characters of its tasks' prints: "
        "more stands in their logs only (%rayteach log)\n"
    )


def _emit(running: _Running, stream: str, text: str) -> None:
    target: Any = getattr(sys, stream)
    if not text or target is None:
        return
    sys.stdout.flush()  # what the cell itself has printed before stands before it
    sys.stderr.flush()
    thread = getattr(target, "pub_thread", None)
    if thread is None or not running.parent:  # no kernel, or %%capture
        target.write(text)
        target.flush()
        return
    content = {"name": stream, "text": text}
    message = target.session.msg("stream", content, parent=running.parent)
    target.session.send(thread, message, ident=target.topic)
