"""What the notebook asks of the engine about a cell run as a whole."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from rayteach.core import events, states
from rayteach.core.task import CALL, CREATION
from rayteach.engines.state import clock
from rayteach.engines.superseding import Superseding, without

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rayteach.core.task import Task
    from rayteach.engines.base import ActorOptions
    from rayteach.engines.cancelling import Cancelling
    from rayteach.engines.pump import Pump
    from rayteach.engines.reading import Reading
    from rayteach.engines.state import EngineState

INTERRUPTED = "interrupted: its cell was stopped"


class CellWork:
    """Ends the work of cell runs. May be called by any thread."""

    def __init__(
        self,
        state: EngineState,
        reading: Reading,
        cancelling: Cancelling,
        pump: Pump,
        end_actor: Callable[[int, str, str], None],
    ) -> None:
        """Hear of dropped results from ``reading``."""
        self._state = state
        self._reading = reading
        self._cancelling = cancelling
        self._pump = pump
        self._superseding = Superseding(state, cancelling, end_actor)
        reading.superseding = self._superseding

    def mark(self) -> int:
        """Return a number below those of all tasks to come, above all before."""
        return next(self._state.numbers)

    def supersede(self, run: int) -> bool:
        """The cell of ``run`` runs again.

        Returns:
            True if work of superseded runs is alive, so that :meth:`review` has
            something to look at.
        """
        with self._quiet():
            if self._state.closed:
                return False
            self._state.add(events.CellRunSuperseded(clock(), run))
            return self._superseding.supersede(run)

    def review(self) -> None:
        """End the superseded work that nobody needs any more."""
        if not self._superseding.runs:
            return
        self._reading.sample()
        with self._quiet():
            if not self._state.closed:
                self._superseding.review()

    def free_name(self, options: ActorOptions) -> None:
        """Let a new actor have the name of one whose cell ran again."""
        if not options.get_if_exists:
            self._superseding.free_name(options)

    def interrupt(self, run: int) -> tuple[int, list[str]]:
        """Cancel everything that a cell run started and that is not over.

        Returns:
            How many tasks and calls were cancelled, and the labels of actors that
            still run a call of it: only ``kill`` would end that.
        """
        with self._quiet():
            if self._state.closed:
                return 0, []
            tasks = [
                task
                for task in self._state.scheduler.tasks.values()
                if task.run == run and task.kind != CREATION
            ]
            self._cancelling.reason = INTERRUPTED
            try:
                for task in reversed(tasks):  # dependents first: cancelled, not lost
                    if task.state not in states.END_STATES:
                        self._cancelling.cancel(task, force=False, recursive=True)
                    if task.kind == CALL:  # it keeps its actor no longer
                        task.pins = without(task.pins, task.actor or 0)
            finally:
                self._cancelling.reason = ""
            return len(tasks), sorted({self._busy(task) for task in tasks} - {""})

    @contextmanager
    def _quiet(self) -> Iterator[None]:
        """Hold interrupts and the lock; afterwards who leads looks for the rest."""
        with self._pump.shield:
            self._pump.once()  # what has finished is known to have
            with self._state.lock:
                yield
            self._reading.settle()
            self._pump.kick()

    def _busy(self, task: Task) -> str:
        """Return the label of the actor that goes on with a call, "" if none."""
        number = task.actor
        if task.kind != CALL or number is None or task.state in states.END_STATES:
            return ""
        mailbox = self._state.scheduler.actors[number]
        if mailbox.slots or task not in mailbox.at_work():
            return ""
        return str(self._state.actors[number].label)
