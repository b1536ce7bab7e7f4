"""The checks of lesson 11. A check reports the first problem it finds."""

from rayteach import checks as check
from rayteach.checks import Check, Evidence, Problem, looking
from rayteach.trace.measures import Transfer, transfers
from rayteach.trace.views.rows import TaskRow

BOTH = {"A", "B"}


def _of(evidence: Evidence, function: str) -> list[TaskRow]:
    """Return the tasks of a function that were given a node."""
    return [task for task in looking.tasks(evidence, function) if task.node]


def _size(copies: list[Transfer]) -> str:
    return f"{sum(one.size_bytes for one in copies) / 1e6:.0f} MB"


def _photos(evidence: Evidence) -> list[Transfer]:
    """Return the photos that travelled to A."""
    return [
        one
        for one in transfers(evidence.rows)
        if one.target == "A" and one.object.startswith("take-")
    ]


def _telescope_on_b() -> Check:
    return check.mistake(
        lambda e: next((t for t in _of(e, "take") if t.node != "B"), None),
        "take ran on node A, and the telescope stands on B",
        expected="photos are taken on B",
        advice="leave take as it is",
    )


def _not_fetched() -> Check:
    """Ask that the notebook gets no photo."""
    return check.mistake(
        lambda e: next(
            (w for w in looking.gets(e) if any(_taken(e, key) for key in w.objects)),
            None,
        ),
        "a get brought photos to your notebook, which sits on A",
        expected="the photos stay where they were taken",
        advice="keep the IDs, and pass them on",
    )


def _taken(evidence: Evidence, key: str) -> bool:
    task = evidence.rows.tasks.get(int(key.partition(".")[0]))
    return task is not None and task.function == "take"


def _one_place(function: str, why: str) -> Check:
    """Ask that all tasks of a function run on B; name how they came to A."""
    expected = f"every {function} runs on node B"

    def judge(evidence: Evidence) -> Problem | None:
        tasks = _of(evidence, function)
        away = [task for task in tasks if task.node == "A"]
        photos = _photos(evidence)
        if not away:
            return None
        moved = f"{len(photos)} of the photos travelled ({_size(photos)})"
        there = away[0].why_there
        if "spread" in there:
            found = f"{function} was spread over both nodes, and {moved}"
            advice = "to spread is for tasks with little to carry"
        elif "lie on A" in there:
            found = f"locality sent {function} to A, because {there}; {moved}"
            advice = why
        elif "no room" in there:
            found = f"B had no room for {away[0].label}, so it went to A; {moved}"
            advice = "locality is a wish; which option is an order?"
        else:
            found = f"{function} ran on node A, and {moved} to it"
            advice = "send the task to the photo"
        return Problem(expected, found, advice, away[0].line, away[0].source)

    return Check(expected, judge)


def _catalogue_by_id() -> Check:
    expected = "compare gets the ID of the catalogue"

    def judge(evidence: Evidence) -> Problem | None:
        sent = [one for one in transfers(evidence.rows) if "arguments" in one.object]
        if not sent:
            return None
        found = f"the catalogue itself was given: sent {len(sent)} times, {_size(sent)}"
        return Problem(expected, found, "pass catalogue_id")

    return Check(expected, judge)


def _crossings(at_most: int) -> Check:
    expected = f"copies between the nodes: {at_most}"

    def judge(evidence: Evidence) -> Problem | None:
        copies = transfers(evidence.rows)
        if evidence.error is not None or len(copies) <= at_most:
            return None
        names = ", ".join(f"{c.object} to {c.target}" for c in copies)
        return Problem(expected, f"{len(copies)}: {names}", "what could stay?")

    return Check(expected, judge)


def _albums() -> Check:
    """Ask for an album on each node, by intent and not by luck."""
    expected = "an album on A, and an album on B"

    def judge(evidence: Evidence) -> Problem | None:
        made = [t for t in evidence.rows.tasks.values() if t.kind == "creation"]
        if evidence.error is not None or not made:
            return None
        if len(made) == 1:
            found = f"one album, on {made[0].node}, for the photos of both nodes"
            return Problem(expected, found, "make two", made[0].line, made[0].source)
        if any("spread" in one.why_there for one in made):
            found = "SPREAD takes the nodes in turn: which album is where is luck"
            return Problem(expected, found, "say which node", made[0].line)
        if {one.node for one in made} != BOTH:
            found = (
                f"the scheduler of {made[-1].node} started all albums: "
                f"{made[-1].why_there}"
            )
            return Problem(expected, found, "which option names a node?", made[-1].line)
        return None

    return Check(expected, judge)


CHECKS = {
    "one-number": check.all_of(
        check.started("take", at_least=2),
        _not_fetched(),
        check.started("brightness", at_least=2),
        _telescope_on_b(),
        _one_place("brightness", "send the task to the photo"),
        _crossings(0),
        check.result("numbers", [7, 8]),
    ),
    "one-crossing": check.all_of(
        check.started("compare", at_least=4),
        _catalogue_by_id(),
        _not_fetched(),
        _telescope_on_b(),
        _one_place("compare", "it weighs one photo; you know that there are four"),
        _crossings(1),
        check.result("new_stars", [0, 1, 2, 3]),
    ),
    "album-each": check.all_of(
        check.started("Album.keep", at_least=4),
        _not_fetched(),
        _albums(),
        _crossings(0),
        check.result("counts", [1, 2, 1, 2]),
    ),
}
