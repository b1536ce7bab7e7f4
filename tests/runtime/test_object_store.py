"""Values in files: reuse, locks, room, and what interrupts leave behind."""

import os
from contextlib import nullcontext

import numpy as np
import pytest

from rayteach.errors import ObjectLostError
from rayteach.runtime.finalizing import Reaper
from rayteach.runtime.object_store import NoRoomError, ObjectStore, Places
from rayteach.runtime.segments import FREE, reclaim, size_of
from rayteach.runtime.serialization import dumps, loads
from tests.runtime.conftest import Stores

SIZE = 2_000_000


def array(number, size=SIZE):
    return np.full(size, number % 251, np.uint8)


def write(store, number, size=SIZE):
    return store.write(dumps(array(number, size)))


def read(store, path):
    return loads(store.view(path))


def inode(path):
    return os.stat(path).st_ino  # noqa: PTH116 (a plain path)


@pytest.fixture
def driver(stores):
    return stores.open("d", is_driver=True)


@pytest.fixture
def worker(stores, driver):
    return stores.open("w1")


def test_a_dropped_file_is_written_again_under_a_new_name(driver):
    first = write(driver, 1)
    file = inode(first)
    driver.discard(first)
    second = write(driver, 2)
    assert (inode(second), second == first) == (file, False)
    assert (read(driver, second) == array(2)).all()
    with pytest.raises(ObjectLostError):
        driver.view(first)


def test_a_worker_finds_out_by_itself_what_was_dropped(driver, worker):
    first = write(worker, 1)
    file = inode(first)
    os.rename(first, first + FREE)  # noqa: PTH104 (what the driver does)
    assert inode(write(worker, 2)) == file


def test_a_file_is_not_written_again_while_another_process_looks(driver, worker):
    path = write(driver, 1)
    found = read(worker, path)
    driver.discard(path)
    assert inode(write(driver, 2)) != inode(path + FREE)
    assert (found == array(1)).all()


def test_a_file_is_written_again_once_nobody_looks(driver, worker):
    path = write(driver, 1)
    found = read(worker, path)
    file = inode(path)
    driver.discard(path)
    del found
    worker.reaper.settle()
    assert inode(write(driver, 2)) == file


def test_a_slice_of_an_array_is_a_look_too(driver):
    path = write(driver, 1)
    part = read(driver, path)[100:200]
    driver.discard(path)
    for number in range(2, 5):
        driver.discard(write(driver, number))
    assert (part == 1).all()


def test_pages_stay_mapped_from_one_value_to_the_next(driver, worker):
    path = write(driver, 1)
    first = read(worker, path).__array_interface__["data"][0]
    worker.reaper.settle()
    driver.discard(path)
    again = read(worker, write(driver, 2))
    assert again.__array_interface__["data"][0] == first
    assert (again == array(2)).all()


def test_a_smaller_value_in_a_used_file_has_its_own_length(driver, worker):
    driver.discard(write(driver, 1, SIZE))
    path = write(driver, 2, SIZE * 3 // 4)
    assert len(worker.view(path)) == size_of(path)
    assert (read(worker, path) == array(2, SIZE * 3 // 4)).all()


def test_a_much_smaller_value_leaves_a_large_file_alone(driver):
    first = write(driver, 1, SIZE)
    driver.discard(first)
    write(driver, 2, SIZE // 4)
    assert os.path.exists(first + FREE)  # noqa: PTH110


def test_the_memory_of_a_dropped_file_is_given_back_at_once(driver, worker):
    path = write(driver, 1)
    read(worker, path)
    worker.reaper.settle()  # mapped, but nobody looks
    driver.discard(path)
    assert reclaim(path + FREE, driver.ledger) >= SIZE
    assert driver.ledger.read()[1] == 0


def test_a_value_in_use_is_not_given_back(driver, worker):
    path = write(driver, 1)
    found = read(worker, path)
    driver.discard(path)
    assert reclaim(path + FREE, driver.ledger) == 0
    assert (found == array(1)).all()


def test_the_ledger_counts_what_a_dead_process_left(driver, worker, stores):
    path = write(worker, 1)
    assert driver.ledger.read()[1] == size_of(path)
    os.unlink(path)  # noqa: PTH108 (as after a kill, behind the ledger's back)
    driver.ledger.recount()
    assert driver.ledger.read()[1] == 0


def test_the_oldest_value_that_nobody_looks_at_goes_to_disk(driver, worker, stores):
    paths = [write(driver, number) for number in range(4)]
    held = read(worker, paths[0])
    new = write(driver, 9, 3_000_000)
    where = [os.path.exists(path) for path in [*paths, new]]  # noqa: PTH110
    assert where == [True, False, True, True, True]
    assert (read(worker, paths[1]) == array(1)).all()
    assert (held == array(0)).all()


def test_a_value_that_is_dropped_while_on_disk_is_gone(driver, stores):
    paths = [write(driver, number) for number in range(8)]
    assert list(stores.disk.iterdir())
    for path in paths:
        driver.discard(path)
    assert list(stores.disk.iterdir()) == []


def test_without_a_disk_a_full_store_is_an_error_and_leaves_nothing(folder):
    reaper = Reaper("test")
    store = ObjectStore(
        Places(str(folder), "", "d"), reaper, nullcontext(), lambda: False, limit=SIZE
    )
    with pytest.raises(NoRoomError):
        write(store, 1, SIZE + 1)
    assert [path.name for path in folder.iterdir()] == ["store"]
    reaper.close()
    store.close()


def test_a_worker_waits_for_room_that_a_drop_under_way_is_to_make(folder):
    stores = Stores(folder, None, SIZE + 1_000)
    driver, worker = stores.open("d", is_driver=True), stores.open("w1")
    held = [write(driver, 1)]

    def drop_while_it_waits():
        if held:
            driver.discard(held.pop())
        return False

    worker._stops = drop_while_it_waits
    assert (read(driver, write(worker, 2)) == array(2)).all()
    stores.close()


def test_a_worker_that_waits_for_room_can_be_interrupted(folder):
    stores = Stores(folder, None, SIZE + 1_000)
    driver, worker = stores.open("d", is_driver=True), stores.open("w1")
    held = write(driver, 1)
    worker._stops = lambda: True
    with pytest.raises(KeyboardInterrupt):
        write(worker, 2)
    assert (read(driver, held) == array(1)).all()
    stores.close()


@pytest.mark.parametrize("is_used_again", [False, True])
@pytest.mark.parametrize("is_driver", [False, True])
def test_an_interrupted_write_leaves_nothing(stores, is_driver, is_used_again):
    store = stores.open("d", is_driver=is_driver)
    size = 9_000_000  # a second thread copies half of it
    if is_used_again:
        store.discard(write(store, 1, size))
    store._stops = lambda: True
    with pytest.raises(KeyboardInterrupt):
        write(store, 2, size)
    names = {path.name for path in stores.memory.iterdir()}
    assert {name for name in names if name.startswith("d-")} == set()
    assert store.ledger.read()[1] == 0


def test_an_interrupted_spill_leaves_the_value_where_it_was(driver, stores):
    paths = [write(driver, number) for number in range(4)]
    driver._stops = lambda: True
    with pytest.raises(KeyboardInterrupt):
        write(driver, 9, 4_000_000)
    driver._stops = lambda: False
    assert list(stores.disk.iterdir()) == []
    assert all((read(driver, path) == array(n)).all() for n, path in enumerate(paths))


def test_a_forked_child_keeps_what_it_sees(driver):
    path = write(driver, 1)
    found = read(driver, path)
    read_end, write_end = os.pipe()
    child = os.fork()
    if not child:
        os.read(read_end, 1)  # until the parent has dropped it and written anew
        os._exit(int(not (found == array(1)).all()))
    del found
    driver.reaper.settle()
    driver.discard(path)
    write(driver, 2)
    os.write(write_end, b".")
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    os.close(read_end)
    os.close(write_end)


def test_values_without_arrays_are_read_too(driver, worker):
    path = driver.write(dumps("x" * 300_000))
    assert read(worker, path) == "x" * 300_000
