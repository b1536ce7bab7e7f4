"""``kill -9`` of the driver, at any moment, leaves nothing behind.

The moment: a step that the victim reported, then up to 30 ms more. Seeds make
the choice repeatable; the machine does the rest.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty
from typing import Any, TypeAlias

import psutil
import pytest
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import KernelManager

VICTIM = Path(__file__).with_name("victim.py")
#: what the victim reports: "imported", "open", "actor", then "tick" for ever
STEPS = 8
JITTER_S = 0.03
PATIENCE_S = 60.0
TAG = "RAYTEACH_VICTIM"
AllGone: TypeAlias = Callable[[str], None]


class ThisPython(KernelSpecManager):  # type: ignore[misc] # traitlets has no types
    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        return KernelSpec(argv=argv, display_name=kernel_name, language="python")


@pytest.fixture
def store() -> Iterator[Path]:
    """Where the victim's sessions keep their files: shared memory if there is any."""
    base = Path("/dev/shm")  # noqa: S108 (where sessions live by default)
    parent = base if base.is_dir() else None
    with tempfile.TemporaryDirectory(prefix="kill-test-", dir=parent) as directory:
        yield Path(directory)


def tagged(tag: str) -> list[psutil.Process]:
    """Return the living processes that carry our tag in their environment."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get(TAG) == tag and process.is_running():
                found.append(process)
        except psutil.Error:
            continue  # gone meanwhile, or another user's
    return found


@pytest.fixture
def assert_all_gone(still_alive: Callable[..., Any], store: Path) -> AllGone:
    """Return the assertion that no tagged process and no file is left."""

    def check(tag: str) -> None:
        alive = []
        while not alive and (found := tagged(tag)):
            alive = still_alive(found, PATIENCE_S)
        for process in alive:
            process.kill()
        assert alive == []
        assert list(store.iterdir()) == []

    return check


def a_little_later(process: psutil.Process, chance: random.Random) -> None:
    """Let up to JITTER_S pass; the victim must still be alive after it."""
    with pytest.raises(psutil.TimeoutExpired):
        process.wait(timeout=chance.uniform(0.0, JITTER_S))


def environment(tag: str, store: Path) -> dict[str, str]:
    folders = {"RAYTEACH_SHM_DIR": str(store), "RAYTEACH_SPILL_DIR": str(store)}
    return {**os.environ, TAG: tag, **folders}


@contextmanager
def kernel(env: dict[str, str]) -> Iterator[tuple[int, Callable[[], str]]]:
    """Run the victim in a kernel; yield its pid and a reader of its next words."""
    manager = KernelManager(kernel_spec_manager=ThisPython())
    manager.start_kernel(env=env)
    client = manager.client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=PATIENCE_S)
        client.execute(VICTIM.read_text(encoding="utf-8"))

        def read() -> str:
            message = client.get_iopub_msg(timeout=PATIENCE_S)
            content = message["content"]
            assert message["msg_type"] != "error", content
            return str(content["text"]) if message["msg_type"] == "stream" else ""

        yield manager.provisioner.process.pid, read
    except Empty:
        pytest.fail("the kernel fell silent")
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def kill_bare_driver(seed: int, store: Path, assert_all_gone: AllGone) -> None:
    chance, tag = random.Random(seed), uuid.uuid4().hex  # noqa: S311 (no secret)
    env = environment(tag, store)
    command = [sys.executable, str(VICTIM)]
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE) as victim:
        assert victim.stdout is not None
        for _ in range(chance.randrange(STEPS)):
            assert victim.stdout.readline(), "the victim ended by itself"
        a_little_later(psutil.Process(victim.pid), chance)
        victim.kill()
    assert_all_gone(tag)


@pytest.mark.parametrize("seed", range(20))
def test_a_killed_kernel_leaves_nothing(
    seed: int, store: Path, assert_all_gone: AllGone
) -> None:
    chance, tag = random.Random(seed), uuid.uuid4().hex  # noqa: S311 (no secret)
    with kernel(environment(tag, store)) as (pid, read):
        words, enough = 0, chance.randrange(STEPS)
        while words < enough:
            words += read().count("\n")
        a_little_later(psutil.Process(pid), chance)
        psutil.Process(pid).kill()
        assert_all_gone(tag)


@pytest.mark.parametrize("seed", range(5))
def test_a_killed_driver_leaves_nothing(
    seed: int, store: Path, assert_all_gone: AllGone
) -> None:
    kill_bare_driver(seed, store, assert_all_gone)


@pytest.mark.soak
@pytest.mark.timeout(7200)
def test_a_thousand_killed_drivers_leave_nothing(
    store: Path, assert_all_gone: AllGone
) -> None:
    for seed in range(1_000):
        kill_bare_driver(seed, store, assert_all_gone)
