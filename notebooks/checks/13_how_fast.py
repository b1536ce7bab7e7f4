"""The checks of lesson 13. A check reports the first problem it finds."""

from rayteach import checks as check
from rayteach.checks import Check, Evidence, Problem
from rayteach.trace import query

PATH, SPAN, WORK = ["dig-1", "test-1", "fill-1"], 85, 155
OTHER_PATH, OTHER_SPAN = ["pump-1", "lay-1", "fill-1"], 80
MINUTES = {"typeset": 120, "press": 110, "bind": 100, "ship": 125}
ALL_MINUTES = 130


def _right_path() -> Check:
    expected = "the labels of the longest chain, measured in minutes"

    def judge(evidence: Evidence) -> Problem | None:
        path, span = evidence.names.get("path"), evidence.names.get("span")
        if evidence.error is not None or path == PATH:
            return None
        if path == OTHER_PATH:
            found = "this chain begins with the longest task, and takes 80 minutes"
        elif isinstance(path, list) and len(path) > len(PATH):
            found = f"{len(path)} tasks: these do not all need one another"
        else:
            found = f"path is {path!r}: another chain takes longer"
        if span == WORK:
            found += "; and 155 minutes are the work of all"
        advice = "write down every chain that ends at fill-1, and add up each"
        return Problem(expected, found, advice)

    return Check(expected, judge)


def _right_span() -> Check:
    expected = "the minutes of the critical path, one after another"

    def judge(evidence: Evidence) -> Problem | None:
        span = evidence.names.get("span")
        if evidence.error is not None or span == SPAN:
            return None
        found = f"span is {span!r}"
        if span == WORK:
            found = "155 minutes are the work of all five tasks"
        return Problem(expected, found, "add up only what is on the path")

    return Check(expected, judge)


def _shape() -> Check:
    expected = "no chain of more than three tasks, and one get at the end"

    def judge(evidence: Evidence) -> Problem | None:
        if evidence.error is not None:
            return None
        gets = [one for one in evidence.rows.waits.values() if one.kind == "get"]
        if len(gets) > 1:
            found = f"{len(gets)} gets: each waits before the next tasks are started"
            advice = "give the IDs of one level to the next"
            return Problem(expected, found, advice, gets[0].line, gets[0].source)
        deep = query.depth(evidence.rows)
        if deep > 3:  # noqa: PLR2004 (log2 of 8)
            found = f"the longest chain has {deep} tasks"
            return Problem(expected, found, "add in pairs, then pairs of pairs")
        return None

    return Check(expected, judge)


def _asked_well() -> Check:
    expected = "for each stage the minutes on sixteen CPUs, that stage halved"

    def judge(evidence: Evidence) -> Problem | None:
        minutes = evidence.names.get("minutes")
        if evidence.error is not None or minutes == MINUTES:
            return None
        values = list(minutes.values()) if isinstance(minutes, dict) else []
        advice = "shop.what_if(16, task_time=changed)[16].makespan is in seconds"
        if len(values) < len(MINUTES):
            found = f"minutes is {minutes!r}"
        elif set(values) == {ALL_MINUTES}:
            found = "130 for each: nothing was halved"
        elif all(value > ALL_MINUTES * 10 for value in values):
            found = "these are seconds"
        elif all(value > ALL_MINUTES for value in values):
            found = "these are the minutes on one CPU, where the work counts"
        elif max(values) < min(MINUTES.values()):
            found = "the other stages kept the short times of the recording"
            advice = "changed holds all four times, one of them halved"
        else:
            found = f"minutes is {minutes!r}"
        return Problem(expected, found, advice)

    return Check(expected, judge)


CHECKS = {
    "critical-path": check.all_of(
        check.started("fill"),
        _right_path(),
        _right_span(),
    ),
    "shorter-span": check.all_of(
        check.started("add", at_least=7),
        _shape(),
        check.result("total", 31),
    ),
    "what-if": check.all_of(check.started("ship"), _asked_well()),
}
