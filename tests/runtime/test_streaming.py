"""What a generator task sends, frame by frame."""

import contextlib
import pickle

import pytest

from rayteach.runtime import protocol, serialization
from rayteach.runtime.streaming import NotAGenerator, Streaming

TASK = 7


class Line:
    """Keeps what is sent."""

    def __init__(self):
        self.shield = contextlib.nullcontext()
        self.sent = []

    def flush(self, data):
        self.sent.append((data[4], pickle.loads(data[protocol.KIND.size :])))


class Worker:
    """All that a streaming task asks of one."""

    def __init__(self):
        self.line = Line()
        self.is_forked = False
        self.reports = 0

    def store(self, payload):
        return protocol.INLINE, payload.to_bytes(), payload.size, ()

    def report_references(self):
        self.reports += 1


@pytest.fixture
def worker():
    return Worker()


def run(worker, function, flags=protocol.STREAM, *args):
    return Streaming(worker, TASK, function, flags)(*args)


def items(worker):
    return [
        (task, index, serialization.loads(stored[1]))
        for kind, (task, index, stored) in worker.line.sent
        if kind == protocol.YIELD
    ]


def count_to(number):
    yield from range(1, number + 1)


def test_items_are_numbered_from_one(worker):
    assert run(worker, count_to, protocol.STREAM, 3) is None
    assert items(worker) == [(TASK, 1, 1), (TASK, 2, 2), (TASK, 3, 3)]


def test_what_an_item_holds_is_reported_before_it_is_sent(worker):
    seen = []
    worker.line.flush = lambda _: seen.append(worker.reports)
    run(worker, count_to, protocol.STREAM, 2)
    assert seen == [1, 2]


def test_a_dynamic_one_ends_with_the_ids_of_its_items(worker):
    found = run(worker, count_to, protocol.STREAM | protocol.DYNAMIC, 2)
    assert [(one.task, one.index) for one in found] == [(TASK, 1), (TASK, 2)]


def test_any_iterator_will_do(worker):
    run(worker, lambda: iter("ab"))
    assert [item for _, _, item in items(worker)] == ["a", "b"]


@pytest.mark.parametrize("wrong", [[1], None, "text", 3])
def test_what_is_no_iterator_is_refused_by_its_type(worker, wrong):
    with pytest.raises(NotAGenerator, match=type(wrong).__name__):
        run(worker, lambda: wrong)


def test_a_generator_is_closed_where_sending_ends(worker):
    ends = []

    def endless():
        try:
            while True:
                yield 1
        finally:
            ends.append("closed")

    def interrupt(_):
        raise KeyboardInterrupt

    worker.line.flush = interrupt
    with pytest.raises(KeyboardInterrupt):
        run(worker, endless)
    assert ends == ["closed"]


def test_a_forked_child_sends_nothing(worker):
    worker.is_forked = True
    run(worker, count_to, protocol.STREAM, 2)
    assert worker.line.sent == []


def test_a_counted_generator_becomes_its_results(worker):
    assert run(worker, count_to, 0, 2) == (1, 2)
    assert run(worker, lambda: [1, 2], 0) == [1, 2]
    assert worker.line.sent == []
