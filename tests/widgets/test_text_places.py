from __future__ import annotations

from rayteach.core import events
from rayteach.trace.tape import Tape
from rayteach.widgets import text, text_places


def test_an_actor_says_what_it_runs_and_who_waits_in_line() -> None:
    tape = Tape(cell="[7]")
    counter, outer = tape.actor("Counter"), tape.submit("outer")
    tape.run_task(counter, 0.1, 0.2, worker=2)
    tape.append(events.ActorStarted(tape.origin_s + 0.2, counter, 2))
    first, second = tape.call(counter, "add"), tape.call(counter, "add")
    tape.call(counter, "add")
    tape.call(counter, "read", parent=outer)
    tape.run_task(first, 0.3, 0.4, worker=2)
    tape.at(0.5).start(second, 2)
    assert text_places.actors(tape.rows()) == [
        "Counter-1: alive, 1 done",
        "  runs add-2",
        "  from cell [7]: add-3",
        "  from outer-1: read-1",
    ]


def test_an_actor_that_never_came_up_or_died_says_so() -> None:
    tape = Tape()
    tape.actor("Slow")
    dead = tape.actor("Counter")
    tape.append(events.ActorExited(tape.origin_s + 0.2, dead, "killed"))
    assert text_places.actors(tape.rows()) == [
        "Slow-1: waits for its process",
        "Counter-1: dead (killed)",
    ]


def test_an_object_says_how_large_where_and_who_needs_it() -> None:
    tape = Tape()
    data = tape.put(size_bytes=24_000_000)
    tape.submit("f", data)
    tape.append(events.ObjectCreated(tape.origin_s, (data, 0), 24_000_000, True, "A"))
    done = tape.submit("g", data)
    tape.run_task(done, 0.1, 0.2)
    assert text_places.objects(tape.rows()) == [
        "put-1    24 MB  shared memory  held by f-1",
        "g-1    8 bytes  inline",
    ]
    tape.append(events.ObjectSpilled(tape.origin_s + 0.2, (data, 0), 24_000_000))
    assert text_places.objects(tape.rows())[0] == (
        "put-1    24 MB  disk    held by f-1"
    )
    tape.append(events.ObjectReleased(tape.origin_s + 0.3, (data, 0)))
    assert "freed" in text_places.objects(tape.rows())[0]


def test_a_copy_names_its_nodes_when_there_are_several() -> None:
    tape = Tape()
    tape.append(events.NodeAdded(tape.origin_s, "B", 2))
    data = tape.put()
    for node in ("A", "B"):
        event = events.ObjectCreated(tape.origin_s, (data, 0), 5_000, True, node)
        tape.append(event)
    (line,) = text_places.objects(tape.rows())
    assert line == "put-1  5.0 kB  shared memory of A and B"


def test_many_small_values_take_one_line() -> None:
    tape = Tape()
    for turn in range(20):
        tape.run_task(tape.submit("f"), turn, turn + 0.5)
    (line,) = text_places.objects(tape.rows())
    assert line == "20 small values  160 bytes  inline"


def test_the_full_text_has_a_section_for_each_view() -> None:
    tape = Tape()
    counter = tape.actor("Counter")
    tape.run_task(counter, 0.1, 0.2, worker=2)
    call = tape.call(counter, "add")
    tape.run_task(call, 0.3, 0.4, worker=2)
    wait = tape.wait(call, kind="wait", num_returns=1)
    tape.returned(wait, 0)
    tape.end_cell()
    found = text.full(tape.rows())
    for title in ("Graph", "Timeline", "Actors", "Objects", "Get and wait"):
        assert f"\n{title}\n" in found
    assert "\nWhy not faster?\n  The chain Counter-1 and Counter-1.add-1" in found


def test_sizes_have_two_digits_and_a_unit() -> None:
    sizes = (0, 812, 1_000, 8_100_000, 96_000_000, 3_200_000_000)
    assert [text_places.size_words(n) for n in sizes] == [
        "0 bytes",
        "812 bytes",
        "1.0 kB",
        "8.1 MB",
        "96 MB",
        "3.2 GB",
    ]
