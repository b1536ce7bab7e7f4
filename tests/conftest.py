"""What every test may lean on, and what it may not leave behind.

A process or a session directory that outlives its module fails that module.
"""

from __future__ import annotations

import gc
import os
import select
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

#: set in our environment, so inherited by all we start, orphans included
MARK = "RAYTEACH_TEST_RUN"
os.environ[MARK] = str(os.getpid())
# Tests run beside whatever the machine does; lessons about its size are not theirs.
os.environ.setdefault("RAYTEACH_NUM_CPUS", "2")
# Nor do they solve exercises for whoever works in this checkout.
os.environ["RAYTEACH_PROGRESS"] = "off"

# A shell that starts us in the background has SIGINT ignored, for our children too.
signal.signal(signal.SIGINT, signal.default_int_handler)
# Workers import what a test module defines; last in line, so that an installed
# rayteach stays the one that is tested.
sys.path.append(str(Path(__file__).parents[1]))
# Workers import ``gates`` by name, as the tests do.
sys.path.insert(0, str(Path(__file__).parent / "contract"))

from gates import Bell, Gate, Tally  # noqa: E402 (found just above)

#: an end takes a moment to be seen; no test passes or fails by this number
PATIENCE_S = 60.0


@pytest.fixture(scope="module", autouse=True)
def out_of_the_collectors_sight() -> None:
    """Hide what earlier modules left for good from the garbage collector.

    Reports and parsed grammars are hundreds of thousands of objects; tests that
    collect after every step would look at all of them each time.
    """
    gc.collect()
    gc.freeze()


def descendants() -> list[psutil.Process]:
    """Return the living processes that this test run started, orphans included."""
    children = psutil.Process().children(recursive=True)
    ours = {process.pid: process for process in children}
    for process in psutil.process_iter():
        try:
            if process.environ().get(MARK) == os.environ[MARK]:
                ours[process.pid] = process
        except psutil.Error:
            continue  # gone meanwhile, or not ours to look into
    own_line = {os.getpid(), *(parent.pid for parent in psutil.Process().parents())}
    return [p for pid, p in ours.items() if pid not in own_line]


def still_alive(
    processes: list[psutil.Process], timeout_s: float = PATIENCE_S
) -> list[psutil.Process]:
    """Wait for processes to end and return those that did not.

    A process file descriptor tells the end at once; an orphan's entry may stay in
    the process table for seconds, until whoever inherited it looks.
    """
    deadline = time.monotonic() + timeout_s
    return [process for process in processes if not has_ended(process, deadline)]


def has_ended(process: psutil.Process, deadline: float) -> bool:
    """Return whether ``process`` ended before ``deadline``."""
    if not hasattr(os, "pidfd_open"):  # not Linux
        remaining_s = max(0.0, deadline - time.monotonic())
        return not psutil.wait_procs([process], timeout=remaining_s)[1]
    try:
        descriptor = os.pidfd_open(process.pid)
    except ProcessLookupError:
        return True
    try:
        remaining_s = max(0.0, deadline - time.monotonic())
        return bool(select.select([descriptor], [], [], remaining_s)[0])
    finally:
        os.close(descriptor)


@pytest.fixture(name="still_alive", scope="session")
def _still_alive() -> Callable[..., list[psutil.Process]]:
    return still_alive


def leftovers(before: set[psutil.Process]) -> list[psutil.Process]:
    """Return what is alive, was not alive before and does not end by itself."""
    return still_alive([p for p in descendants() if p not in before])


def describe(processes: list[psutil.Process]) -> str:
    """Name processes for a failure message."""
    lines = []
    for process in processes:
        try:
            command = " ".join(process.cmdline())
        except psutil.Error:
            command = "(gone meanwhile)"
        lines.append(f"{process.pid} {command}")
    return "\n  ".join(lines)


def session_directories(pid: int) -> list[Path]:
    """Return the session directories of process ``pid`` that exist now."""
    default = "/dev/shm" if os.path.isdir("/dev/shm") else tempfile.gettempdir()  # noqa: PTH112, S108 (the documented place)
    memory = Path(os.environ.get("RAYTEACH_SHM_DIR", default))
    disk = Path(os.environ.get("RAYTEACH_SPILL_DIR") or tempfile.gettempdir())
    name = f"rayteach-{os.getuid()}-{pid}-*"
    return sorted({*memory.glob(name), *disk.glob(name)})


@pytest.fixture(scope="module", autouse=True)
def nothing_outlives_its_module() -> Iterator[None]:
    """Fail a module that leaves a process or a session directory behind."""
    if os.environ.get("RAYTEACH_CONTRACT_ENGINE") == "ray":
        yield  # one session for all modules, whose processes come and go
        return
    before = set(descendants())
    yield
    import rayteach  # noqa: PLC0415 (tests of the floors need no runtime)

    rayteach.shutdown()
    alive = leftovers(before)
    for process in alive:
        process.kill()
    assert not alive, f"processes outlived their session:\n  {describe(alive)}"
    assert session_directories(os.getpid()) == []


@pytest.fixture
def session() -> Iterator[None]:
    """Open a session with two CPUs for one test, and close it."""
    import rayteach  # noqa: PLC0415 (as above)

    rayteach.init(num_cpus=2)
    yield
    rayteach.shutdown()


class Storm:
    """Sends Ctrl-C again and again; only one that is ``armed`` for is raised."""

    def __init__(self) -> None:
        """Rest until ``start``."""
        self.armed = False
        self._over = threading.Event()
        self._before = signal.signal(signal.SIGINT, self._on_signal)
        self._thread: threading.Thread | None = None

    def start(self, interval_s: float) -> None:
        """Send one every ``interval_s`` seconds."""
        self._thread = threading.Thread(target=self._send, args=(interval_s,))
        self._thread.start()

    def end(self) -> None:
        """Send no more."""
        self.armed = False
        self._over.set()
        if self._thread is not None:
            self._thread.join()
        signal.signal(signal.SIGINT, self._before)

    def _send(self, interval_s: float) -> None:
        while not self._over.wait(interval_s):
            os.kill(os.getpid(), signal.SIGINT)

    def _on_signal(self, *_: object) -> None:
        if self.armed:
            self.armed = False
            raise KeyboardInterrupt


@pytest.fixture
def storm() -> Iterator[Storm]:
    """Return a sender of interrupts that ends with the test."""
    made = Storm()
    yield made
    made.end()


@pytest.fixture
def gate(tmp_path: Path) -> Iterator[Gate]:
    """Return a gate that tasks pass when the test lets them."""
    made = Gate(tmp_path / "gate")
    yield made
    made.let(64)  # a failed test leaves no task behind it
    made.close()


@pytest.fixture
def bell(tmp_path: Path) -> Iterator[Bell]:
    """Return a bell that tasks ring and the test hears."""
    made = Bell(tmp_path / "bell")
    yield made
    made.close()


@pytest.fixture
def tally(tmp_path: Path) -> Tally:
    """Return a count that tasks add to."""
    return Tally(tmp_path / "tally")
