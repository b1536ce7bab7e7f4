"""The checks of lesson 3. A check reports the first problem it finds."""

from rayteach import checks as check
from rayteach.checks import Evidence, looking

PHOTOS = ["beach", "forest", "city"]


def got_in_a_turn(evidence: Evidence) -> bool:
    """A photo goes through all its steps before the next one is loaded."""
    loads = looking.tasks(evidence, "load")
    firsts = [one for one in looking.gets(evidence) if len(one.objects) == 1]
    return len(firsts) > 1 and firsts[0].start_s < loads[-1].submitted_s


def got_one_by_one(evidence: Evidence) -> bool:
    """Everything was started, and then got with a get for each photo."""
    return len(looking.gets(evidence)) > 1


def unconnected(evidence: Evidence) -> bool:
    """A later step takes no result of a task."""
    later = looking.tasks(evidence, "crop") + looking.tasks(evidence, "label")
    return any(not looking.makers(evidence, task) for task in later)


def hidden(evidence: Evidence) -> bool:
    """An ID came to a later step inside a list: it worked on the ID's name."""
    labels = evidence.names.get("labels")
    return "ObjectID(" in str(evidence.error) or (
        isinstance(labels, list | str) and "[ObjectID(" in str(labels)
    )


def apart(evidence: Evidence) -> bool:
    """``tell`` takes no results of tasks."""
    return any(
        len(looking.makers(evidence, task)) < 2  # noqa: PLR2004 (a diamond has two)
        for task in looking.tasks(evidence, "tell")
    )


def together(evidence: Evidence) -> bool:
    """Both IDs were handed over in one list: an argument is missing."""
    return isinstance(evidence.error, TypeError) and "missing" in str(evidence.error)


CHECKS = {
    "one-get": check.all_of(
        check.started("load", at_least=3),
        check.mistake(
            hidden,
            "a step was handed an ID inside a list, and an ID there stays an ID",
            expected="each step takes the result of the step before",
            advice="hand over the ID itself: crop.remote(image), "
            "not crop.remote([image])",
        ),
        check.mistake(
            got_in_a_turn,
            "each photo waits in the loop until the photo before it has been through "
            "all steps",
            expected="three photos that go through their steps side by side",
            advice="keep the last step's ID in a list, and get the list after the loop",
        ),
        check.mistake(
            looking.get_between,
            "a get between two steps makes every photo wait for the slowest",
            expected="one get, after the last step was started for each photo",
            advice="pass the ID that load.remote(...) returns to crop.remote(...)",
        ),
        check.mistake(
            got_one_by_one,
            "every photo has a get of its own",
            expected="one get in all",
            advice="ray.get takes the whole list of IDs and keeps its order",
        ),
        check.started("crop", at_least=3),
        check.started("label", at_least=3),
        check.mistake(
            unconnected,
            "a step takes no result of the step before it",
            expected="load, then crop, then label, for each photo",
            advice="label.remote(...) takes the ID of crop.remote(...)",
        ),
        check.result("labels", [f"cropped {one}.jpg (2026)" for one in PHOTOS]),
    ),
    "diamond": check.all_of(
        check.started("read"),
        check.mistake(
            together,
            "tell got one list in place of two results",
            expected="tell takes the results of count and of longest",
            advice="hand over the two IDs one after the other: tell.remote(one, other)",
        ),
        check.mistake(
            lambda evidence: len(looking.tasks(evidence, "read")) > 1,
            "the text is read more than once",
            expected="read runs once, and both questions share its result",
            advice="text = read.remote() once, then pass text to both",
        ),
        check.mistake(
            looking.get_between,
            "a get in the middle: the notebook waits there, and only then starts the "
            "next task",
            expected="one get, of what tell returns",
            advice="pass the ID that read.remote() returns to both tasks",
        ),
        check.started("count"),
        check.started("longest"),
        check.started("tell"),
        check.mistake(
            apart,
            "tell does not take the results of two tasks",
            expected="tell takes the results of count and of longest",
            advice="tell.remote(count.remote(text), longest.remote(text))",
        ),
        check.result("line", "14 words, the longest is scheduler"),
    ),
}
