"""A run: what a piece of a program did, as an object that one can ask."""

from __future__ import annotations

from dataclasses import asdict, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from rayteach.trace import chrome, idle, measures, query, storage, strands, why
from rayteach.trace.views import rows as row_types
from rayteach.trace.views import words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from os import PathLike

    from rayteach.advice import Advice
    from rayteach.api.comparing import RunComparison
    from rayteach.api.what_if import WhatIf
    from rayteach.trace.idle import Idle
    from rayteach.trace.measures import Transfer, Wait
    from rayteach.trace.recording import Recording
    from rayteach.trace.views.rows import ActorRow, ObjectRow, Rows, TaskRow, WaitRow


class Source(Protocol):
    """Where a run's facts come from: a session's log, a file, a simulation."""

    is_whole: bool

    @property
    def rows(self) -> Rows:
        """The rows as they are now."""
        ...

    def recording(self) -> Recording:
        """Return the events as they are now."""
        ...


class Run:
    """What a piece of a program did: a block, a cell, a file, a prediction.

    ``rayteach.observe()``, ``rayteach.last_run()`` and ``rayteach.load(path)``
    give one. All times are seconds; moments count from the session's start.
    While tasks still run, every answer is for what is known now.
    """

    def __init__(self, source: Source) -> None:
        """Ask ``source`` whenever the run is asked."""
        self._source = source

    @property
    def is_whole(self) -> bool:
        """False if the run comes from a file that was cut off."""
        return self._source.is_whole

    def recording(self) -> Recording:
        """Return the events of the run as they are now."""
        return self._source.recording()

    # What happened, as rows.

    @property
    def rows(self) -> Rows:
        """All rows: what views and checks read."""
        return self._source.rows

    @property
    def tasks(self) -> list[TaskRow]:
        """Tasks, actor calls and actor creations, in order of submission."""
        return list(self.rows.tasks.values())

    @property
    def objects(self) -> list[ObjectRow]:
        """Results and ``put`` values, those that were only read included."""
        return list(self.rows.objects.values())

    @property
    def actors(self) -> list[ActorRow]:
        """The actors that were made or called."""
        return list(self.rows.actors.values())

    @property
    def waits(self) -> list[Wait]:
        """Every ``get`` and ``wait``: ``ready``, ``held``, ``pending`` are labels.

        Source: Ray's ``wait`` returns at most ``num_returns`` as ready; *held* is
        our word for those that were ready too and stayed in the rest.
        """
        return measures.waits(self.rows)

    @property
    def transfers(self) -> list[Transfer]:
        """Copies of objects from node to node, in order of time."""
        return measures.transfers(self.rows)

    # How long, and why.

    @property
    def makespan(self) -> float:
        """Seconds from the first submission or wait to the last end."""
        return measures.makespan(self.rows)

    @property
    def work(self) -> float:
        """Seconds that all tasks, calls and constructors ran, blocked times left out.

        On one CPU the tasks take at least this long. Source: *work*, T1, in
        Blumofe and Leiserson 1999; Brent 1974.
        """
        return measures.work(self.rows)

    @property
    def span(self) -> float:
        """Seconds that the longest chain of dependencies takes, however many CPUs.

        Inputs, the actor and its turn, and a ``get`` inside a task count; where
        the driver waits does not: that is how the program was written, not what
        its data need. Source: *span*, T∞, in Blumofe and Leiserson 1999.
        """
        return strands.span(self.rows)

    @property
    def critical_path(self) -> list[TaskRow]:
        """The tasks on that longest chain, in order. Source: CPM, Kelley 1961."""
        rows = self.rows
        return [rows.tasks[number] for number in strands.critical_path(rows)]

    @property
    def max_parallelism(self) -> int:
        """How many tasks and calls were seen to run at one moment.

        A task that is blocked does not count. An observation: short tasks and a
        loaded machine lower it; ``width`` says what was possible.
        """
        return query.max_parallelism(self.rows)

    @property
    def mean_parallelism(self) -> float:
        """Work over span: more CPUs than this cannot help. Source: as for span."""
        span_s = self.span
        return self.work / span_s if span_s else 0.0

    def parallelism_at(self, time_s: float) -> int:
        """Return how many tasks and calls ran, not blocked, at a moment."""
        return measures.parallelism_at(self.rows, time_s)

    @property
    def cpu_use(self) -> float:
        """Share of the offered CPU time in which tasks ran; 1.0 is all of it.

        A task counts with its ``num_cpus``, a call or constructor as one CPU, so
        actors beyond the CPUs can lift it above 1. Source: utilization,
        work / (CPUs x makespan).
        """
        return measures.cpu_use(self.rows)

    @property
    def idle_intervals(self) -> list[Idle]:
        """When CPUs were free, how many, and the cause in words, in order of time."""
        return idle.idle_intervals(self.rows)

    @property
    def stragglers(self) -> list[TaskRow]:
        """Tasks that ran over twice the median of their function (3 or more ended).

        Source: Dean and Ghemawat 2004, "MapReduce", section 3.6.
        """
        return measures.stragglers(self.rows)

    # Its shape.

    @property
    def depth(self) -> int:
        """How many tasks the longest chain of inputs has."""
        return query.depth(self.rows)

    @property
    def width(self) -> int:
        """Size of the largest set of tasks none of which needs another.

        Source: the width of a partial order (Dilworth 1950).
        """
        return query.width(self.rows)

    def gets_inside_loop(self) -> list[WaitRow]:
        """Return each ``get`` that made a loop wait for what its own turn started."""
        return query.gets_inside_loop(self.rows)

    @property
    def copies(self) -> dict[str, int]:
        """On how many nodes each object lies, by label."""
        return measures.copies(self.rows)

    def queue_length(self, actor: str | int, time_s: float) -> int:
        """Return how many calls waited for an actor at a moment.

        Args:
            actor: its label, e.g. "Counter-1", its name, or its number.
            time_s: seconds since the session started.

        Raises:
            ValueError: there is no such actor in this run.
        """
        rows = self.rows
        return measures.queue_length(rows, measures.find_actor(rows, actor).id, time_s)

    # In words.

    def why(self, task: str | int) -> str:
        """Return one sentence: why a task started when it did, or why it has not.

        Args:
            task: its label, e.g. "f-7", or its number.

        Raises:
            ValueError: there is no such task in this run.
        """
        rows = self.rows
        return why.why(measures.find_tasks(rows, task)[0], rows)

    def explain(self) -> str:
        """Return the story of the run in five to ten sentences."""
        from rayteach.api import story  # noqa: PLC0415 (only who asks)

        return story.story(self.rows)

    def advice(self) -> list[Advice]:
        """Return the patterns that cost something here, the dearest first.

        Each has the cell and line, what it cost in this run, and the better form.
        Source: the anti-patterns of Ray's documentation.
        """
        from rayteach.advice import advise  # noqa: PLC0415 (only who asks)

        return advise(self.rows, self._source.recording().events())

    def compare(self, other: Run) -> RunComparison:
        """Return what differs in ``other``: in words, as a table, on one time axis.

        Times within ten percent of each other count as alike.
        """
        from rayteach.api.comparing import RunComparison  # noqa: PLC0415 (as above)

        return RunComparison(self.rows, other.rows)

    # What would have been.

    def what_if(
        self,
        num_cpus: float | Iterable[float] | None = None,
        *,
        nodes: int | Iterable[int] | Mapping[str, float] | None = None,
        network_bytes_per_s: float | None = None,
        task_time: Mapping[str, float] | None = None,
        drop_dependency: tuple[str, str] | Iterable[tuple[str, str]] = (),
        policy: str = "fifo",
    ) -> WhatIf:
        """Predict the run on other machines, in another order, with other times.

        What was recorded runs again through the scheduler of real runs, on a
        virtual clock; starting and handing over cost what they cost in the run.
        Where tasks shared a core, the time that they lost does not count.

        Args:
            num_cpus: one number or several, of each node; the run's own by default.
            nodes: one number of nodes or several, or {name: CPUs}.
            network_bytes_per_s: from node to node, in one direction; as the copies
                of the run went by default, and if it had none they take no time.
            task_time: seconds of own work, by label ("f-1") or function ("f").
            drop_dependency: (maker, user), or several such pairs: the user no
                longer needs the maker's result.
            policy: who goes first in line: "fifo" as in rayteach, "lifo",
                "longest" or "shortest". Tasks of one CPU only.

        Returns:
            The predicted runs with the speed-up curve and its bounds.

        Raises:
            ValueError: a name stands for nothing here, or a task needs more CPUs.
            RayteachError: on so few CPUs the program never ends.
        """
        from rayteach.api import what_if  # noqa: PLC0415 (only who asks)

        machines = num_cpus, nodes, network_bytes_per_s
        return what_if.answer(
            self.rows, Run, machines, task_time, drop_dependency, policy
        )

    # To keep and to show.

    def save(self, path: str | PathLike[str], *, values: bool = False) -> None:
        """Write the run to a file that ``rayteach.load(path)`` reads.

        Args:
            path: the file, ``*.rayteach`` by custom; one that is there is replaced.
            values: also write the messages of exceptions, which may hold values;
                their types and lines are always written.

        Raises:
            OSError: the file cannot be written.
        """
        storage.save(self._source.recording(), path, values=values)

    def to_html(self, path: str | PathLike[str], title: str = "") -> None:
        """Write a page that shows the run in any browser, without a server.

        Raises:
            OSError: the file cannot be written.
        """
        from rayteach.widgets import page  # noqa: PLC0415 (only who writes one)

        rows = self.rows
        cell = f" of cell {rows.run.cell}" if rows.run.cell else ""
        title = title or f"A run{cell}"
        Path(path).write_text(page.html(rows, title), encoding="utf-8")

    def to_svg(self, view: str = "run") -> str:
        """Return a view as SVG; ValueError names those that there are."""
        from rayteach.widgets import pictures  # noqa: PLC0415 (only who draws)

        return pictures.svg(self.rows, view)

    def to_text(self, width: int = 80, *, color: bool = False) -> str:
        """Return the run as text: graph, timeline, actors, waits.

        Args:
            width: characters per line, at least 40.
            color: add ANSI colours.
        """
        from rayteach.widgets import text  # noqa: PLC0415 (only who reads it)

        return text.full(self.rows, width, color=color)

    def timeline(
        self, filename: str | PathLike[str] | None = None
    ) -> list[dict[str, Any]] | None:
        """Return the run as Chrome's trace events, or write them to a file."""
        return chrome.written(chrome.trace_events(self.rows), filename)

    def to_pandas(self) -> dict[str, Any]:
        """Return a DataFrame for each table, by the table's name.

        The column ``start_s`` of tasks is that of the last attempt; intervals
        stay lists.

        Raises:
            ImportError: pandas is not installed.
        """
        try:
            import pandas as pd  # noqa: PLC0415 (an option, and slow to import)
        except ImportError as error:
            raise ImportError(
                "run.to_pandas() needs pandas: pip install pandas"
            ) from error
        rows = self.rows
        tables: dict[str, Any] = {
            name: pd.DataFrame(
                [asdict(row) for row in getattr(rows, name).values()],
                columns=[field.name for field in fields(kind)],
            )
            for name, kind in _TABLES.items()
        }
        last = [t.attempts[-1] if t.attempts else None for t in rows.tasks.values()]
        tables["tasks"]["start_s"] = [one and one.start_s for one in last]
        tables["tasks"]["worker"] = [one and one.worker for one in last]
        return tables

    def __repr__(self) -> str:
        """Say how the tasks stand; no address, no time."""
        rows = self.rows
        text = words.counted(list(rows.tasks.values()), rows.now_s)
        if rows.run.left_out:
            text += f"; {rows.run.left_out:,} earlier ones are only counted"
        if not self.is_whole:
            text += "; its file was cut off"
        return f"<run: {text}>"

    def _repr_html_(self) -> str:
        """Show the picture in a notebook."""
        from rayteach.widgets import still  # noqa: PLC0415 (only notebooks ask)

        return still.html_figure(self.rows)


_TABLES = {
    "tasks": row_types.TaskRow,
    "objects": row_types.ObjectRow,
    "actors": row_types.ActorRow,
    "waits": row_types.WaitRow,
    "workers": row_types.WorkerRow,
    "nodes": row_types.NodeRow,
}
