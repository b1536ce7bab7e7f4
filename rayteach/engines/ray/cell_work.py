"""Cells own what they start on Ray too."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import ray

from rayteach.core.task import CALL, CREATION
from rayteach.engines.cell_work import INTERRUPTED
from rayteach.engines.ray.spec import clock
from rayteach.engines.superseding import REASON

if TYPE_CHECKING:
    import threading

    from rayteach.engines.base import ActorOptions
    from rayteach.engines.ray.driver import RayEngine
    from rayteach.engines.ray.work import ActorFacts, Work


class RayCellWork:
    """Ends the work of cell runs; see ``engines.cell_work``."""

    def __init__(self, engine: RayEngine, lock: threading.RLock) -> None:
        """Look into the engine's book."""
        self._engine = engine
        self._book = engine.book
        self._lock = lock
        self._superseded: set[int] = set()

    def mark(self) -> int:
        """Return a number below those of all tasks to come, above all before."""
        return next(self._engine.numbers)

    def supersede(self, run: int) -> bool:
        """The cell of ``run`` runs again; True if work of such runs is alive."""
        with self._engine.guard():
            self._superseded.add(run)
            return bool(self._works() or self._actors())

    def review(self) -> None:
        """End the superseded work that nobody needs any more."""
        if not self._superseded or self._engine.closed:
            return
        with self._engine.guard():
            self._engine.drain_notes()
            needed = self._needed()
            self._engine.let_submissions_pass()
            for work in self._works():
                if work.entry.number not in needed and work.entry.kind != CREATION:
                    self._cancel(work, REASON)
            for facts in self._actors():
                if facts.ref is not None and facts.ref() is None:
                    self._end(facts)

    def _works(self) -> list[Work]:
        runs = self._superseded
        return [w for w in self._book.works.values() if w.entry.run in runs]

    def _actors(self) -> list[ActorFacts]:
        runs = self._superseded
        found = self._book.actors.values()
        return [one for one in found if one.run in runs and not one.is_dead]

    def _needed(self) -> set[int]:
        """Return the tasks that somebody can name, or whose effect is wanted."""
        works = self._book.works
        open_ = [w for w in works.values() if w.entry.run not in self._superseded]
        open_ += [w for w in self._works() if w.is_held or self._has_effect(w)]
        found: set[int] = set()
        while open_:
            work = open_.pop()
            if work.entry.number in found:
                continue
            found.add(work.entry.number)
            open_ += [works[n] for n, _ in work.entry.inputs if n in works]
            open_ += [
                one
                for one in self._works()
                if one.entry.parent == work.entry.number
                and one.entry.number not in found
            ]
        return found

    def _has_effect(self, work: Work) -> bool:
        """A call reaches an actor that somebody can name."""
        facts = self._book.actors.get(work.entry.actor or 0)
        if work.entry.kind != CALL or facts is None:
            return False
        return facts.ref is None or facts.ref() is not None

    def free_name(self, options: ActorOptions) -> None:
        """Let a new actor have the name of one whose cell ran again."""
        if options.get_if_exists:
            return
        key = (options.namespace or self._engine.namespace, options.name)
        for facts in self._actors():
            if facts.key == key and not facts.is_left:
                self._end(facts)  # Ray's names cannot be taken off a living actor

    def interrupt(self, run: int) -> tuple[int, list[str]]:
        """Cancel everything that a cell run started and that is not over."""
        with self._engine.guard():
            works = [
                work
                for work in self._book.works.values()
                if work.entry.run == run and work.entry.kind != CREATION
            ]
            self._engine.let_submissions_pass()
            for work in reversed(works):
                self._cancel(work, INTERRUPTED)
            busy = {self._busy(work) for work in works}
            return len(works), sorted(busy - {""})

    def _busy(self, work: Work) -> str:
        if work.entry.kind != CALL or not work.worker:
            return ""
        return self._book.label_of(work.entry.actor or 0)

    def _cancel(self, work: Work, reason: str) -> None:
        self._book.was_cancelled(clock(), work.entry.number, reason)
        for ref in work.refs[:1]:
            with suppress(Exception):  # it has just ended
                ray.cancel(ref)

    def _end(self, facts: ActorFacts) -> None:
        ref = facts.ref() if facts.ref is not None else None
        handle = facts.handle or (ref.handle if ref is not None else None)
        facts.is_left, facts.reason = True, REASON
        facts.text = f"{facts.label} was superseded: its cell ran again"
        self._book.dying.add(facts.number)
        if handle is not None:
            with suppress(Exception):  # it has just ended
                ray.kill(handle)
