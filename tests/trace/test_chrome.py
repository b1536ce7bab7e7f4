"""The trace follows the rules of Chromium's "Trace Event Format"."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from typing import Any

from rayteach.trace import chrome
from rayteach.trace.tape import Tape


def tape_of_all() -> Tape:
    tape = Tape()
    load, put = tape.submit("load"), tape.put(size_bytes=100)
    outer = tape.submit("outer", load, put)
    tape.run_task(load, 0.1, 0.2)
    tape.at(0.2).start(outer, worker=1)
    child = tape.submit("f", parent=outer)
    wait = tape.wait(child, task=outer)
    tape.block(outer)
    tape.run_task(child, 0.3, 0.4, worker=2)
    tape.returned(wait, 0)
    tape.resume(outer)
    tape.at(0.5).finish(outer)
    pool = tape.actor("Pool")
    tape.run_task(pool, 0.5, 0.6, worker=3)
    calls = [tape.call(pool, "go") for _ in range(3)]
    for call in calls:
        tape.at(0.6).start(call, worker=3)
    for call in calls:
        tape.at(0.7).finish(call)
    lost = tape.submit("f")
    tape.at(0.7).start(lost)
    tape.at(0.75).lose(lost)
    tape.at(0.75).start(lost, attempt=1)
    wait = tape.wait(outer, lost, kind="wait", num_returns=1)
    tape.at(0.8).returned(wait, 0)
    return tape


def check_rules(events: list[dict[str, Any]]) -> None:
    """What the format asks of the phases that we use."""
    assert json.loads(json.dumps(events, allow_nan=False)) == events
    for event in events:
        assert event["ph"] in "XsfCM"
        assert isinstance(event["pid"], int)
        assert event["ts"] >= 0
        if event["ph"] == "X":
            assert event["dur"] >= 0
            assert isinstance(event["tid"], int)
        if event["ph"] == "C":
            assert all(value >= 0 for value in event["args"].values())
        if event["ph"] == "M":
            assert event["name"] in ("process_name", "thread_name")
            assert event["args"]["name"]
    check_nesting([event for event in events if event["ph"] == "X"])
    check_flows(events)


def check_nesting(slices: list[dict[str, Any]]) -> None:
    """Slices of one thread lie inside one another or apart."""
    threads = defaultdict(list)
    for one in slices:
        threads[one["pid"], one["tid"]].append(one)
    for own in threads.values():
        stack: list[float] = []
        for one in sorted(own, key=lambda one: (one["ts"], -one["dur"])):
            while stack and stack[-1] <= one["ts"]:
                stack.pop()
            assert not stack or one["ts"] + one["dur"] <= stack[-1]
            stack.append(one["ts"] + one["dur"])


def check_flows(events: list[dict[str, Any]]) -> None:
    """Each arrow has one start, one end not before it, each inside a slice."""
    ends = {event["id"]: event for event in events if event["ph"] == "f"}
    starts = {event["id"]: event for event in events if event["ph"] == "s"}
    assert starts.keys() == ends.keys()
    assert len(starts) == sum(event["ph"] == "s" for event in events)
    for number, start in starts.items():
        end = ends[number]
        assert end["bp"] == "e"
        assert (start["name"], start["cat"]) == (end["name"], end["cat"])
        for one in (start, end):
            assert any(
                (one["pid"], one["tid"]) == (around["pid"], around["tid"])
                and around["ts"] <= one["ts"] <= around["ts"] + around["dur"]
                for around in events
                if around["ph"] == "X"
            )


def test_a_trace_follows_the_format() -> None:
    check_rules(chrome.trace_events(tape_of_all().rows()))
    check_rules(chrome.trace_events(Tape().rows()))


def test_it_has_a_slice_for_each_attempt_wait_and_put() -> None:
    rows = tape_of_all().rows()
    found = Counter(e["cat"] for e in chrome.trace_events(rows) if e["ph"] == "X")
    assert found == {"task": 5, "call": 3, "actor": 1, "get": 1, "wait": 1, "put": 1}
    assert sum(found.values()) == len(rows.waits) + 1 + sum(
        len(task.attempts) for task in rows.tasks.values()
    )


def test_it_has_an_arrow_for_each_dependency_and_each_result() -> None:
    events = chrome.trace_events(tape_of_all().rows())
    found = Counter(e["cat"] for e in events if e["ph"] == "s")
    assert found == {"dependency": 1, "result": 2}  # a put has no maker


def test_counters_end_where_the_run_ends() -> None:
    events = chrome.trace_events(tape_of_all().rows())
    last = {e["name"]: e["args"] for e in events if e["ph"] == "C"}
    assert last["running tasks"] == {"running tasks": 1}  # the second attempt
    assert last["waiting tasks"] == {"waiting tasks": 0}
    assert last["object bytes"]["object bytes"] > 100


def test_threads_bear_the_names_of_workers_and_the_lanes_of_an_actor() -> None:
    events = chrome.trace_events(tape_of_all().rows())
    names = [e["args"]["name"] for e in events if e["ph"] == "M"]
    assert names[:3] == ["driver", "main program", "node A"]
    assert {"worker 1", "worker 2", "worker 3", "worker 3 (2)"} <= set(names)
