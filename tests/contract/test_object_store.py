"""Large values: stored once, seen without a copy, never more than there is room."""

import os
import pickle

import numpy as np
import pytest

from rayteach.runtime.session_dir import base_directory

MB = 1_000_000
LIMIT = 20 * MB
COUNT = 10  # values of 5 MB each: far more than the limit


@pytest.fixture
def spill(tmp_path, monkeypatch):
    """Return the folder that values go to when shared memory is full."""
    folder = tmp_path / "spill"
    folder.mkdir()
    monkeypatch.setenv("RAYTEACH_SPILL_DIR", str(folder))
    return folder


@pytest.fixture
def tight(closed, spill):
    """Return the namespace with a session whose store takes 20 MB."""
    assert spill.exists()
    closed.init(num_cpus=2, object_store_memory=LIMIT)
    return closed


@pytest.fixture
def without_disk(closed, monkeypatch):
    """Return the same with spilling turned off."""
    monkeypatch.setenv("RAYTEACH_SPILL_DIR", "")
    closed.init(num_cpus=2, object_store_memory=LIMIT)
    return closed


def array(number, size=5 * MB):
    return np.full(size, number % 251, np.uint8)


def is_right(found, number, size=5 * MB):
    return len(found) == size and bool((found == number % 251).all())


def on_disk(folder):
    """Return the values in the session's folder on disk."""
    return [path for path in folder.glob("*/*-*-*") if "." not in path.name]


def events_named(name):
    from rayteach.api import session  # noqa: PLC0415 (once it is open)

    found = session.current()
    found.engine.storage.settle()
    return [e for e in found.log.events() if type(e).__name__ == name]


def test_an_array_for_ten_tasks_is_stored_once(ray):
    @ray.remote
    def total(values):
        return int(values.sum())

    one = ray.put(np.ones(MB, np.uint8))
    before = len(events_named("ObjectCreated"))
    assert ray.get([total.remote(one) for _ in range(10)]) == [MB] * 10
    assert len(events_named("ObjectCreated")) == before


def test_any_buffer_of_pickle_5_is_seen_without_a_copy(ray):
    first, second = (ray.get(one) for one in [ray.put(Blob(bytearray(MB)))] * 2)
    views = [np.frombuffer(blob.data, np.uint8) for blob in (first, second)]
    assert np.shares_memory(*views)
    assert memoryview(first.data).readonly


class Blob:
    """Holds a buffer and sends it out of band."""

    def __init__(self, data):
        self.data = data

    def __reduce_ex__(self, protocol):
        return Blob, (pickle.PickleBuffer(self.data),)


def test_a_data_frame_is_seen_without_a_copy(ray):
    pandas = pytest.importorskip("pandas")
    one = ray.put(pandas.DataFrame({"x": np.arange(MB), "y": np.ones(MB)}))
    first, second = ray.get(one), ray.get(one)
    assert first.equals(second)
    for name in "xy":
        assert np.shares_memory(first[name].to_numpy(), second[name].to_numpy())


def test_an_arrow_table_is_seen_without_a_copy(ray):
    arrow = pytest.importorskip("pyarrow")
    one = ray.put(arrow.table({"x": np.arange(MB)}))
    first, second = ray.get(one), ray.get(one)
    assert first.equals(second)
    assert np.shares_memory(first["x"].to_numpy(), second["x"].to_numpy())


def test_an_array_stays_as_it_is_while_its_memory_is_wanted(ray):
    kept = [ray.get(ray.put(array(number))) for number in range(3)]
    for number in range(20):
        ray.put(array(100 + number))
    assert all(is_right(found, number) for number, found in enumerate(kept))


def test_an_array_in_an_actors_state_stays_as_it_is(ray):
    @ray.remote
    class Keeper:
        def keep(self, values):
            self.part = values[10:]

        def total(self):
            return int(self.part.sum())

    keeper = Keeper.remote()
    ray.get(keeper.keep.remote(ray.put(array(1))))
    for number in range(20):
        ray.get(keeper.total.remote())
        ray.put(array(100 + number))
    assert ray.get(keeper.total.remote()) == 5 * MB - 10


def test_the_log_says_when_a_value_is_gone(ray):
    one = ray.put(array(1))
    key = one.task, one.index
    assert key not in [event.object for event in events_named("ObjectReleased")]
    del one
    assert key in [event.object for event in events_named("ObjectReleased")]


def test_values_beyond_the_limit_go_to_disk_and_come_back(tight, spill):
    ids = [tight.put(array(number)) for number in range(COUNT)]
    assert on_disk(spill)
    assert all(is_right(tight.get(one), number) for number, one in enumerate(ids))


def test_results_of_tasks_obey_the_limit_too(tight, spill):
    make = tight.remote(array)
    ids = [make.remote(number) for number in range(COUNT)]
    found = tight.get(ids)
    assert all(is_right(one, number) for number, one in enumerate(found))
    assert on_disk(spill)


def test_values_on_disk_serve_as_arguments(tight, spill):
    check = tight.remote(is_right)
    ids = [tight.put(array(number)) for number in range(COUNT)]
    assert on_disk(spill)
    checks = [check.remote(one, number) for number, one in enumerate(ids)]
    assert all(tight.get(checks))


def test_large_arguments_beyond_the_limit_arrive(tight):
    check = tight.remote(is_right)
    checks = [check.remote(array(number), number) for number in range(COUNT)]
    assert all(tight.get(checks))


def test_a_value_larger_than_the_store_is_kept_on_disk(tight, spill):
    one = tight.put(array(7, 2 * LIMIT))
    assert len(on_disk(spill)) == 1
    assert is_right(tight.get(one), 7, 2 * LIMIT)


def test_arrays_in_use_fill_the_store_and_still_there_is_room(tight):
    kept = [tight.get(tight.put(array(number))) for number in range(COUNT)]
    assert all(is_right(found, number) for number, found in enumerate(kept))


def test_what_is_dropped_makes_room_before_anything_goes_to_disk(tight, spill):
    for number in range(3 * COUNT):
        one = tight.put(array(number))
        assert is_right(tight.get(one), number)
    assert on_disk(spill) == []
    assert events_named("ObjectSpilled") == []


def test_a_value_on_disk_goes_with_its_last_id(tight, spill):
    ids = [tight.put(array(number)) for number in range(COUNT)]
    assert len(events_named("ObjectSpilled")) == len(on_disk(spill)) > 0
    ids.clear()
    assert len(events_named("ObjectReleased")) == COUNT
    assert on_disk(spill) == []


def test_spilling_is_shown_as_a_line(tight, capsys):
    ids = [tight.put(array(number)) for number in range(COUNT)]
    tight.shutdown()
    assert len(ids) == COUNT
    assert "the object store (20 MB) is full" in capsys.readouterr().err


def test_nothing_stays_on_disk_after_shutdown(tight, spill):
    ids = [tight.put(array(number)) for number in range(COUNT)]
    assert os.listdir(spill) != []
    tight.shutdown()
    assert len(ids) == COUNT
    assert list(spill.iterdir()) == []


def test_a_full_store_names_the_largest_holders(without_disk):
    @without_disk.remote
    class Keeper:
        def keep(self, ids):
            self.ids = ids

    keeper = Keeper.remote()
    without_disk.get(keeper.keep.remote([without_disk.put(array(1, 9 * MB))]))
    kept = without_disk.put(array(2, 8 * MB))
    with pytest.raises(without_disk.ObjectStoreFullError) as caught:
        without_disk.put(array(3))
    text = str(caught.value)
    assert "put-1 9 MB (held by Keeper-1), put-2 8 MB (held in the notebook)" in text
    assert "no room for 5 MB: the object store holds 17 MB of 20 MB" in text
    assert "init(object_store_memory=...)" in text
    del kept
    assert is_right(without_disk.get(without_disk.put(array(3))), 3)


def test_a_task_whose_result_fits_nowhere_fails_with_that_error(without_disk):
    make = without_disk.remote(array)
    kept = without_disk.put(array(1, 18 * MB))
    with pytest.raises(without_disk.ObjectStoreFullError, match="put-1 18 MB"):
        without_disk.get(make.remote(2))
    assert is_right(without_disk.get(kept), 1, 18 * MB)
    del kept
    assert is_right(without_disk.get(make.remote(2)), 2)


def test_of_two_results_none_stays_when_one_fits_nowhere(without_disk):
    @without_disk.remote(num_returns=2)
    def two():
        return array(1, 15 * MB), array(2, 15 * MB)

    for _ in range(3):
        with pytest.raises(without_disk.ObjectStoreFullError):
            without_disk.get(two.remote())
    assert is_right(without_disk.get(without_disk.put(array(3, 19 * MB))), 3, 19 * MB)


def test_a_full_disk_is_an_error_of_its_own(tight, monkeypatch):
    from rayteach.runtime import spill  # noqa: PLC0415 (one module, under test)

    kept = [tight.put(array(number)) for number in range(3)]
    monkeypatch.setattr(spill, "LEAST_FREE", 2.0)  # more than any disk has
    with pytest.raises(tight.OutOfDiskError, match="RAYTEACH_SPILL_DIR"):
        tight.put(array(4, 10 * MB))
    assert len(kept) == 3
    assert is_right(tight.get(kept[0]), 0)


@pytest.mark.parametrize("value", [0, -1, 1.5, True, "1 GB"])
def test_a_limit_that_is_no_number_of_bytes_is_refused(closed, value):
    with pytest.raises(ValueError, match="a number of bytes"):
        closed.init(object_store_memory=value)
    assert not closed.is_initialized()


def test_a_spill_folder_that_is_not_there_is_refused(closed, monkeypatch):
    monkeypatch.setenv("RAYTEACH_SPILL_DIR", "/no/such/folder")
    with pytest.raises(OSError, match="RAYTEACH_SPILL_DIR=/no/such/folder"):
        closed.init(num_cpus=1)
    assert not closed.is_initialized()
    assert list(base_directory().glob(f"rayteach-{os.getuid()}-{os.getpid()}-*")) == []
