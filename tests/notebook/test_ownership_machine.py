"""Random work on a notebook of twelve cells, beside a model of what must be alive.

The model knows the notebook's names and which run made what they hold. From them
it says which tasks may be unfinished, which actors alive, and how many views there
are; the engine must say the same once all has settled.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any

import ipywidgets
import pytest

import rayteach
from rayteach.api import session
from rayteach.widgets import static
from rayteach.widgets.library import Library

CELLS = 12
STEPS = 10
KINDS = ("task", "chain", "nested", "actor", "call", "call", "copy")


@dataclass
class Work:
    """A task, call or actor that the model follows."""

    kind: str
    run: int
    #: what must live while this does: inputs, or the actor of a call
    holds: list[Work] = field(default_factory=list)
    cancelled: bool = False

    @property
    def tasks(self) -> int:
        """How many tasks of the engine it is; a nested one has a child."""
        return {"actor": 0, "nested": 2}.get(self.kind, 1)


class Model:
    """What a learner could name, and so what must be alive."""

    def __init__(self) -> None:
        self.names: dict[str, list[Work]] = {}
        self.work: list[Work] = []
        self.runs = [0] * CELLS
        self.superseded: set[int] = set()
        self.latest: dict[int, int] = {}
        #: cells whose latest run has a view
        self.shown: set[int] = set()
        self.count = 0

    def begin(self, cell: int) -> int:
        self.count += 1
        if cell in self.latest:
            self.superseded.add(self.latest[cell])
        self.latest[cell] = self.count
        self.shown.discard(cell)
        return self.count

    def add(self, kind: str, run: int, *holds: Work) -> Work:
        made = Work(kind, run, list(holds))
        self.work.append(made)
        return made

    def interrupt(self, run: int) -> None:
        for one in self.work:
            if one.run == run and one.kind != "actor":
                one.cancelled = True
        for one in self.work:  # what needed a cancelled input cannot run
            if any(held.cancelled for held in one.holds):
                one.cancelled = True

    def alive(self) -> list[Work]:
        """Return what must be alive now; the rest is forgotten."""
        needed: set[int] = set()
        line = [one for held in self.names.values() for one in held]
        line += [w for w in self.work if w.run not in self.superseded]
        line = [one for one in line if not one.cancelled]
        # Without superseding, a task that nobody names goes on; an actor does not.
        named = {id(one) for held in self.names.values() for one in held}
        line = [w for w in line if w.kind != "actor" or id(w) in named]
        while True:
            while line:
                one = line.pop()
                if id(one) not in needed and not one.cancelled:
                    needed.add(id(one))
                    line += one.holds
            # A call to an actor that survives is an effect.
            line = [
                w
                for w in self.work
                if w.kind == "call" and id(w) not in needed and not w.cancelled
                and id(w.holds[0]) in needed
            ]  # fmt: skip
            if not line:
                break
        self.work = [w for w in self.work if id(w) in needed]
        return self.work


class Notebook:
    """Twelve cells in a real shell; no task of theirs ever ends by itself."""

    def __init__(self, live: Any, seed: int) -> None:
        self.live = live
        self.chance = random.Random(seed)  # noqa: S311 (a seed per sequence)
        self.model = Model()
        self.cells = [self.chance.choice(KINDS) for _ in range(CELLS)]
        self.sources = [""] * CELLS
        self.models_before = set(ipywidgets.widgets.widget._instances)

    def step(self) -> None:
        what = self.chance.choice(["run", "run", "again", "edit", "interrupt", "drop"])
        cell = self.chance.randrange(CELLS)
        if what == "drop" and self.model.names:
            name = self.chance.choice(sorted(self.model.names))
            self.live.do(f"{name} = None", f"drop-{name}")
            self.model.names.pop(name)
            return
        if what == "again" and self.model.latest:
            cell = self.chance.choice(sorted(self.model.latest))
        if what == "edit":
            self.cells[cell] = self.chance.choice(KINDS)
        self.run(cell, stop=what == "interrupt")

    def run(self, cell: int, *, stop: bool) -> None:
        name, model = f"n{cell}", self.model
        run = model.begin(cell)
        source, made = self.source(cell, run)
        if stop:
            source += "\nraise KeyboardInterrupt"
        self.live.run(source, f"cell-{cell}")
        if made is not None:
            model.names[name] = [made]
        if any(one.run == run for one in model.work):
            model.shown.add(cell)
        if stop:
            model.interrupt(run)

    def source(self, cell: int, run: int) -> tuple[str, Work | None]:
        model, name, kind = self.model, f"n{cell}", self.cells[cell]
        others = {n: held[0] for n, held in sorted(model.names.items()) if n != name}
        tasks = [n for n, w in others.items() if w.kind == "task" and not w.cancelled]
        actors = [n for n, one in others.items() if one.kind == "actor"]
        if kind == "actor":
            return f"{name} = Idle.remote()", model.add("actor", run)
        if kind == "call" and actors:
            other = self.chance.choice(actors)
            made = model.add("call", run, others[other])
            return f"{name} = {other}.stay.remote(gate)", made
        if kind == "chain" and tasks:
            other = self.chance.choice(tasks)
            made = model.add("task", run, others[other])
            return f"{name} = after.remote({other})", made
        if kind == "copy" and others:
            other = self.chance.choice(sorted(others))
            return f"{name} = {other}", others[other]
        if kind == "nested":
            return f"{name} = nested.remote(gate)", model.add("nested", run)
        return f"{name} = stay.remote(gate)", model.add("task", run)

    def check(self) -> None:
        """Compare once the engine has nothing more to settle."""
        self.live.do("pass", "look")
        alive = self.model.alive()
        tasks = sum(one.tasks for one in alive)
        actors = sum(one.kind == "actor" for one in alive)
        ready = rayteach.put(0)
        while found() != (tasks, actors, 0):
            rayteach.wait([ready], timeout=0)
        models = ipywidgets.widgets.widget._instances.items()
        ours = [
            name
            for name, one in models
            if name not in self.models_before and not isinstance(one, Library)
        ]
        assert len(ours) == 2 * len(self.model.shown)


def found() -> tuple[int, int, int]:
    """Count unfinished tasks and calls, living actors, and processes of dead ones.

    A call that an actor runs cannot be stopped; once it is cancelled it counts as
    over, though its actor goes on with it.
    """
    state = session.current().engine._state
    with state.lock:
        tasks = [
            task
            for task in state.scheduler.tasks.values()
            if task.kind != "creation" and task.cancellation is None
        ]
        live = {n for n, one in state.actors.items() if one.failure is None}
        workers = state.pool.workers.values()
        stray = [w for w in workers if w.actor is not None and w.actor not in live]
        return len(tasks), len(live), len(stray)


DEFINITIONS = """
@ray.remote
def stay(gate): gate.pass_()
@ray.remote(num_cpus=0)
def nested(gate): return ray.get(stay.remote(gate))
@ray.remote
def after(value): return value
@ray.remote
class Idle:
    def stay(self, gate): gate.pass_()
"""


def play(live: Any, tmp_path: Any, monkeypatch: Any, seeds: range) -> None:
    from gates import Gate  # noqa: PLC0415 (found by the conftest)

    gate = Gate(tmp_path / "gate")
    live.ip.user_ns["gate"] = gate
    monkeypatch.setenv("RAYTEACH_VIEW", "live")
    monkeypatch.setattr(
        static, "load", lambda name: "[]" if name == "parts.json" else "export default"
    )
    live.do(DEFINITIONS, "definitions")
    try:
        for seed in seeds:
            notebook = Notebook(live, seed)
            for _ in range(STEPS):
                notebook.step()
                notebook.check()
            clear(live)
    finally:
        gate.close()


def clear(live: Any) -> None:
    """Drop all names and run every cell once more, empty: nothing may be left."""
    for cell in range(CELLS):
        live.do(f"n{cell} = None", f"cell-{cell}")
    live.do("pass", "look")
    ready = rayteach.put(0)
    while found() != (0, 0, 0):
        rayteach.wait([ready], timeout=0)


@pytest.mark.timeout(120)
@pytest.mark.parametrize("part", range(10))
def test_what_can_be_named_is_alive_and_nothing_else(
    live, tmp_path, monkeypatch, part
) -> None:
    play(live, tmp_path, monkeypatch, range(part * 4, part * 4 + 4))


@pytest.mark.soak
@pytest.mark.timeout(1200)  # seconds each, minutes on a busy machine
@pytest.mark.parametrize("part", range(50))
def test_the_same_for_five_hundred(live, tmp_path, monkeypatch, part) -> None:
    play(live, tmp_path, monkeypatch, range(1000 + part * 10, 1010 + part * 10))
