"""A store of one process, or of several, in a folder of its own."""

import os
import tempfile
from contextlib import nullcontext
from pathlib import Path

import pytest

from rayteach.runtime.finalizing import Reaper
from rayteach.runtime.object_store import ObjectStore, Places


class Stores:
    """Stores that share a session's folders, as its processes do."""

    def __init__(self, memory, disk, limit):
        self.memory, self.disk = Path(memory), Path(disk) if disk else None
        self._limit = limit
        self._open = []

    def open(self, owner, *, is_driver=False):
        places = Places(str(self.memory), str(self.disk or ""), owner)
        reaper = Reaper(f"test-{owner}")
        limit = self._limit if not self._open else None
        store = ObjectStore(
            places, reaper, nullcontext(), lambda: False,
            is_driver=is_driver, limit=limit,
        )  # fmt: skip
        store.reaper = reaper
        self._open.append(store)
        return store

    def close(self):
        for store in self._open:
            store.reaper.close()
            store.close()


@pytest.fixture
def folder():
    """Return a folder in shared memory, if there is any."""
    base = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: PTH112, S108
    with tempfile.TemporaryDirectory(prefix="store-test-", dir=base) as path:
        yield Path(path)


@pytest.fixture
def stores(folder, tmp_path):
    """Return stores with room for 10 MB and a disk beside it."""
    made = Stores(folder, tmp_path, 10_000_000)
    yield made
    made.close()
