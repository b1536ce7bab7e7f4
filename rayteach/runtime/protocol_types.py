"""Typed messages to the fork server and to a new worker."""

from __future__ import annotations

from typing import TypedDict


class WorkerStart(TypedDict):
    """What a new worker must know."""

    #: 0: it is no worker but the node's copier
    worker: int
    #: the actor it is for, None for the pool
    actor: int | None
    parked: bool
    #: the session's directory in shared memory
    directory: str
    #: where it runs
    node: str
    #: the node's directory for values in shared memory
    store: str
    #: its directory on disk, "" if nothing is spilled
    spill: str
    #: module that serves ``rayteach`` calls inside tasks
    client: str
    session_hex: str
    #: how many calls of its actor may run at once; 0: one by one, by the main thread
    slots: int
    #: the worker's own task numbers begin above this one
    first: int
    #: where the session's actor names count
    namespace: str


class ServerStart(TypedDict):
    """What the fork server must know; sent once."""

    sys_path: list[str]
    cwd: str
    directory: str
    #: as for a worker
    spill: str
    #: modules that workers may want, imported when nobody asks for a worker
    preload: list[str]
