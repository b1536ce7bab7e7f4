"""Several processes' stores over one folder, in any order of what they may do.

No array that somebody holds ever changes, every value that was not dropped can be
read, and the ledger says what the files take.
"""

import tempfile
from contextlib import nullcontext
from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from rayteach.runtime.finalizing import Reaper
from rayteach.runtime.object_store import ObjectStore, Places
from rayteach.runtime.segments import FREE, reclaim, size_of
from rayteach.runtime.serialization import dumps, loads

KB = 1_000
LIMIT = 12_000 * KB
OWNERS = ("d", "w1", "w2")
picks = st.integers(0, 1 << 16)


class Processes(RuleBasedStateMachine):
    def __init__(self):
        super().__init__()
        self.memory = tempfile.TemporaryDirectory(prefix="machine-")
        self.disk = tempfile.TemporaryDirectory(prefix="machine-")
        self.stores, self.reapers = {}, {}
        for owner in OWNERS:
            self.reapers[owner] = reaper = Reaper(f"machine-{owner}")
            self.stores[owner] = ObjectStore(
                Places(self.memory.name, self.disk.name, owner), reaper,
                nullcontext(), lambda: False,
                is_driver=owner == "d", limit=LIMIT if owner == "d" else None,
            )  # fmt: skip
        self.count = 0
        #: path -> what was written
        self.values = {}
        #: (array, what it must hold)
        self.held = []

    def some(self, picked):
        paths = list(self.values)
        return paths[picked % len(paths)] if paths else None

    @rule(owner=st.sampled_from(OWNERS), size=st.sampled_from([200, 1_500, 2_500]))
    def put(self, owner, size):
        self.count += 1
        data = np.full(size * KB, self.count % 251, np.uint8)
        path = self.stores[owner].write(dumps(data))
        assert path not in self.values
        self.values[path] = self.count % 251

    @rule(owner=st.sampled_from(OWNERS), picked=picks)
    def get(self, owner, picked):
        path = self.some(picked)
        if path is not None:
            found = loads(self.stores[owner].view(path))
            assert (found[:: 4 * KB] == self.values[path]).all()
            self.held.append((found, self.values[path]))

    @rule(picked=picks)
    def let_go_of_an_array(self, picked):
        if self.held:
            del self.held[picked % len(self.held)]

    @rule()
    def settle(self):
        for reaper in self.reapers.values():
            reaper.settle()

    @rule(picked=picks)
    def drop(self, picked):
        path = self.some(picked)
        if path is not None:
            del self.values[path]
            self.stores["d"].discard(path)

    @rule()
    def give_back(self):
        for path in Path(self.memory.name).glob(f"*{FREE}"):
            reclaim(str(path), self.stores["d"].ledger)

    @invariant()
    def what_is_held_never_changes(self):
        for found, value in self.held:
            assert (found[:: 4 * KB] == value).all()

    @invariant()
    def every_value_lies_somewhere(self):
        for path in self.values:
            disk = Path(self.disk.name, Path(path).name)
            assert Path(path).exists() != disk.exists()

    @invariant()
    def the_ledger_is_right(self):
        files = [p for p in Path(self.memory.name).iterdir() if p.name.count("-") == 2]
        limit, used = self.stores["d"].ledger.read()
        assert used == sum(path.stat().st_size for path in files) <= limit
        assert all(size_of(str(p).removesuffix(FREE)) >= 0 for p in files)

    def teardown(self):
        self.held.clear()
        for owner in OWNERS:
            self.reapers[owner].close()
            self.stores[owner].close()
        self.memory.cleanup()
        self.disk.cleanup()


@pytest.mark.soak
@pytest.mark.timeout(3600)
class TestProcessesForLong(Processes.TestCase):
    settings = settings(max_examples=2_000, stateful_step_count=80, deadline=None)


TestProcesses = Processes.TestCase
TestProcesses.settings = settings(
    max_examples=40, stateful_step_count=40, deadline=None, derandomize=True
)
