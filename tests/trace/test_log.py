"""The event log: what goes in comes out, from any place, by any thread."""

from concurrent.futures import ThreadPoolExecutor

from hypothesis import given
from hypothesis import strategies as st

from rayteach.core import events
from rayteach.trace.log import EventLog

TIMES = st.floats(0, 1e9)
U32, U64 = st.integers(0, 2**32 - 1), st.integers(0, 2**64 - 1)
KEYS = st.lists(st.tuples(U64, U32), max_size=5).map(tuple)

submitted = st.builds(
    events.TaskSubmitted, TIMES, U64, U64, U32, U32, U32, st.none(), KEYS
)
called = st.builds(
    events.TaskSubmitted, TIMES, U64, U64, U32, U32, U32, st.none(), KEYS, U64,
    st.just("call"), st.just(1), st.just(0.0),
)  # fmt: skip
finished = st.builds(
    events.TaskFinished, TIMES, U64, st.integers(0, 2**16 - 1), U32, TIMES, TIMES, U32
)
other = st.builds(events.WorkerExited, TIMES, U32, st.text()) | st.builds(
    events.WaitReturned, TIMES, U32, st.lists(U32).map(tuple), st.text()
)


def store(log, event):
    """Store an event the way the engine does: the frequent ones packed."""
    if isinstance(event, events.TaskSubmitted) and event.kind == "call":
        log.called(
            event.time_s, event.task, event.function, event.number, event.run,
            event.line, event.actor, event.inputs,
        )  # fmt: skip
    elif isinstance(event, events.TaskSubmitted):
        log.submitted(
            event.time_s, event.task, event.function, event.number, event.run,
            event.line, event.inputs,
        )  # fmt: skip
    elif isinstance(event, events.TaskFinished):
        log.finished(
            event.time_s, event.task, event.attempt, event.worker, event.start_s,
            event.end_s, event.size_bytes,
        )  # fmt: skip
    else:
        log.append(event)


@given(st.lists(submitted | called | finished | other, max_size=20), st.integers(0, 25))
def test_what_goes_in_comes_out_from_any_place_on(given_events, start):
    log = EventLog()
    for event in given_events:
        store(log, event)
    assert len(log) == len(given_events)
    assert log.events(start) == given_events[start:]


@given(submitted | called | finished)
def test_a_packed_event_equals_the_same_one_appended(event):
    packed, plain = EventLog(), EventLog()
    store(packed, event)
    plain.append(event)
    assert packed.events() == plain.events() == [event]


def test_every_place_of_a_long_log_is_found():
    log = EventLog()
    for number in range(2_000):
        log.append(events.TaskReady(float(number), number))
    for start in (0, 1, 255, 256, 257, 511, 512, 1_999, 2_000, 3_000):
        found = [event.task for event in log.events(start)]
        assert found == list(range(start, 2_000))


def test_a_plain_task_takes_about_a_hundred_bytes():
    log = EventLog()
    for task in range(1_000):
        log.submitted(0.0, task, 1, task, 0, 1)
        log.finished(1.0, task, 0, 1, 0.0, 1.0, 8)
    assert log.size_bytes < 110 * 1_000


def test_a_size_beyond_the_packed_range_is_cut_not_refused():
    log = EventLog()
    log.finished(0.0, 1, 0, 1, 0.0, 0.0, 2**40)
    assert log.events()[0].size_bytes == 2**32 - 1


def test_events_of_many_threads_are_all_there():
    log = EventLog()

    def write(start):
        for number in range(start, start + 500):
            log.append(events.TaskReady(0.0, number))
            log.events(max(0, len(log) - 3))

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(write, range(0, 2_000, 500)))
    assert sorted(event.task for event in log.events()) == list(range(2_000))
