"""Events of the gate: pause, step, speed, and what comes next."""

from __future__ import annotations

from rayteach.core.event import Event


class Paused(Event):
    """Nothing starts from here on; what runs goes on."""


class Stepped(Event):
    """The next starts of the paused session go through."""

    count: int


class Slowed(Event):
    """Starts are spaced out."""

    #: at most so many per second
    per_second: float


class Resumed(Event):
    """Everything starts as usual again."""

    #: "" if somebody asked for it, "no view answered" …
    reason: str = ""


class NextDecided(Event):
    """While paused or slowed: what starts next, told before it happens."""

    #: None if nothing can start now
    task: int | None
    #: the worker that gets it, 0 if none is free or it has a process of its own
    worker: int
    #: "worker 2", "a new worker" …; "" without a task
    where: str
    reason: str
    #: some of the tasks that are ready, and why they are not next
    losers: tuple[tuple[int, str], ...] = ()
