"""The checks of lesson 14. A check reports the first problem it finds."""

from collections import Counter

from rayteach import checks as check
from rayteach.checks import Check, Evidence, Problem
from rayteach.trace import query

MOST_TASKS = 20
TOGETHER = 4


def _one_get() -> Check:
    expected = "the IDs of one stage go to the next, and one get stands at the end"

    def judge(evidence: Evidence) -> Problem | None:
        gets = [one for one in evidence.rows.waits.values() if one.kind == "get"]
        if evidence.error is not None or len(gets) <= 1:
            return None
        found = f"line {gets[0].line} gets the first stage before the second is started"
        advice = "a task sees the value of an ID that it is given"
        return Problem(expected, found, advice, gets[0].line, gets[0].source)

    return Check(expected, judge)


def _few_tasks() -> Check:
    expected = f"at most {MOST_TASKS} tasks, and more than one"

    def judge(evidence: Evidence) -> Problem | None:
        count = len(evidence.rows.tasks)
        if evidence.error is not None or 1 < count <= MOST_TASKS:
            return None
        if count == 1:
            found = "one task does everything: three CPUs have nothing to do"
            return Problem(expected, found, "a few parts of equal size")
        found = f"{count} tasks: each is handed out by itself"
        return Problem(expected, found, "give each task many grains")

    return Check(expected, judge)


def _names_come_back() -> Check:
    expected = "each task returns its name"

    def judge(evidence: Evidence) -> Problem | None:
        guests = evidence.names.get("guests")
        if evidence.error is not None or guests:
            return (
                None
                if guests != [None] * 4
                else Problem(expected, "the tasks return None", "greet needs a return")
            )
        if any(task.inputs for task in evidence.rows.tasks.values()):
            found = "the tasks add to an object of the store, which never changes"
        else:
            found = "each task adds to a copy of its own, which is thrown away"
        return Problem(expected, found, "let greet return the name, and get them all")

    return Check(expected, judge)


def _four_cashiers() -> Check:
    expected = f"{TOGETHER} customers that could be served at the same time"

    def judge(evidence: Evidence) -> Problem | None:
        calls = [t for t in evidence.rows.tasks.values() if t.kind == "call"]
        if evidence.error is not None or not calls:
            return None
        busy = Counter(task.actor for task in calls)
        idle = len(evidence.rows.actors) - len(busy)
        if len(busy) < TOGETHER and idle > 0:
            found = f"{idle} of {len(evidence.rows.actors)} cashiers get no customer"
            return Problem(expected, found, "customer % 4 deals them out in turn")
        if len(busy) < TOGETHER and all(task.parent for task in calls):
            found = "tasks stand in line at one cashier: the line is the same"
            return Problem(expected, found, "what does an actor do one at a time?")
        if len(busy) < TOGETHER:
            found = f"{len(busy)} cashier serves all, one customer after another"
            return Problem(expected, found, "several actors run at the same time")
        if query.could_overlap(evidence.rows) < TOGETHER:
            return check.no_get_in_loop().judge(evidence)
        return None

    return Check(expected, judge)


def _frames_stay() -> Check:
    expected = "each brightness gets the ID of its frame, which stays in the store"

    def judge(evidence: Evidence) -> Problem | None:
        if evidence.error is not None:
            return None
        rows = evidence.rows
        makers = {task.id for task in rows.tasks.values() if task.function == "render"}
        users = [t for t in rows.tasks.values() if t.function == "brightness"]
        if any(one.task is None for one in rows.objects.values()):
            found = "the frames were put: they had come to the notebook all the same"
            return Problem(expected, found, "render.remote returned their IDs already")
        if any(not query.makers_of(task, rows) & makers for task in users):
            found = "the frames came to the notebook, and were packed again"
            return Problem(expected, found, "do not get what only tasks need")
        for wait in rows.waits.values():
            if any(int(key.partition(".")[0]) in makers for key in wait.objects):
                found = f"line {wait.line} still gets the frames, and nobody needs them"
                return Problem(expected, found, "", wait.line, wait.source)
        return None

    return Check(expected, judge)


CHECKS = {
    "patient-gallery": check.all_of(
        check.started("label", at_least=4),
        check.no_get_in_loop(),
        _one_get(),
        check.result("labels", ["CAT", "DOG", "OWL", "BEE"]),
    ),
    "patient-grains": check.all_of(
        check.started("weigh"),
        _few_tasks(),
        check.parallel(at_least=2),
        check.result("weights", [grain % 7 for grain in range(400)]),
    ),
    "patient-guests": check.all_of(
        check.started(at_least=4),
        _names_come_back(),
        check.no_get_in_loop(),
        check.result("guests", ["Ada", "Bob", "Cy", "Dee"]),
    ),
    "patient-counter": check.all_of(
        check.started("Cashier.serve", at_least=8),
        _four_cashiers(),
        check.result("served", [f"customer {n} served" for n in range(8)]),
    ),
    "patient-film": check.all_of(
        check.started("brightness", at_least=4),
        _frames_stay(),
        check.result("light", [0, 1, 2, 3]),
    ),
    "patient-post": check.all_of(
        check.started("answer", at_least=5),
        check.as_they_come(),
        check.that(
            lambda evidence: (
                sorted(evidence.names["sent"]) == [f"answer {n}" for n in range(5)]
            ),
            expected="five answers in sent",
            advice="go on until nothing is pending",
        ),
    ),
}
