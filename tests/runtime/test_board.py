"""The board: notes of workers, and messages that are void."""

import pytest

from rayteach.runtime.board import Board


@pytest.fixture
def boards(tmp_path):
    """Return the driver's board and a worker's."""
    path = str(tmp_path / "board")
    pair = Board(path, create=True), Board(path)
    yield pair
    for one in pair:
        one.close()


def test_a_message_is_void_once_the_driver_says_so(boards):
    driver, worker = boards
    assert not worker.is_void(7)
    driver.void(7)
    assert worker.is_void(7)
    assert not worker.is_void(8)


def test_the_latest_sixteen_are_remembered(boards):
    driver, worker = boards
    for message in range(1, 20):
        driver.void(message)
    assert [m for m in range(1, 20) if worker.is_void(m)] == list(range(4, 20))


def test_voids_leave_the_last_slot_alone(boards):
    driver, worker = boards
    worker.begin(4095, 3)
    driver.void(9)
    assert driver.read(4095).message == 3
