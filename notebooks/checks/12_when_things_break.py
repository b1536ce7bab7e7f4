"""The checks of lesson 12. A check reports the first problem it finds."""

from pathlib import Path

from rayteach import ActorDiedError, ObjectLostError, WorkerCrashedError
from rayteach import checks as check
from rayteach.checks import Check, Evidence, Problem, looking

HERE = "home is here"


def _attempts_that_help() -> Check:
    expected = "three attempts for a line that drops twice, one for a lost page"

    def judge(evidence: Evidence) -> Problem | None:
        tasks = [t for t in evidence.rows.tasks.values() if t.function == "download"]
        if evidence.error is not None or len(tasks) < len(("home", "news", "lost")):
            return None
        home, _news, lost = (len(task.attempts) for task in tasks)
        if lost > 1:
            found = f"the page that does not exist was asked for {lost} times"
            return Problem(expected, found, "retry_exceptions takes a list of errors")
        if home == 1:
            found = "each page got one attempt: an error is not retried by itself"
            return Problem(expected, found, "which option names errors to try again?")
        if evidence.names["pages"][0] != HERE:
            found = f"{home} attempts, and the line dropped each time: one too few"
            return Problem(expected, found, "a retry is another attempt: count them")
        return None

    return Check(expected, judge)


def _paid_once() -> Check:
    expected = "10 for each of three, however often pay runs"

    def judge(evidence: Evidence) -> Problem | None:
        if isinstance(evidence.error, WorkerCrashedError):
            found = "without a retry the death is yours: was Ann paid, or not?"
            return Problem(expected, found, "allow retries, and make them harmless")
        paid = evidence.names.get("paid")
        if evidence.error is not None or paid != 60:  # noqa: PLR2004 (3 x 10, twice)
            return None
        pages = list(Path(evidence.names["desk"]).glob("*.pay"))
        if len(pages) > 3:  # noqa: PLR2004 (three people)
            found = f"{len(pages)} pages for three people: each attempt wrote its own"
            return Problem(expected, found, "the name must be the same next time")
        found = "everybody was paid twice: the second attempt added to the first"
        return Problem(expected, found, "write what is so, in place of adding to it")

    return Check(expected, judge)


def _remembers() -> Check:
    expected = "the tally comes back with what it knew"

    def judge(evidence: Evidence) -> Problem | None:
        if isinstance(evidence.error, ActorDiedError):
            found = "the actor stayed dead"
            return Problem(expected, found, "max_restarts says how often it comes back")
        if evidence.error is not None or evidence.names.get("after") != 1:
            return None
        if Path(evidence.names["saved"]).exists():
            found = "it wrote its count down, and its constructor did not read it"
            return Problem(expected, found, "the constructor runs again: let it look")
        found = "it came back, and began at one: its state was lost with its process"
        return Problem(expected, found, "write the count to the file in each add")

    return Check(expected, judge)


def _outlives_its_machine() -> Check:
    expected = "a table that is made again when its machine is gone"

    def judge(evidence: Evidence) -> Problem | None:
        text = str(evidence.error) if evidence.error is not None else ""
        tables = looking.tasks(evidence, "read_table")
        if "was stored with put" in text:
            found = "the table was put, and put leaves no task that could make it again"
            return Problem(expected, found, "let the task return it")
        if isinstance(evidence.error, ObjectLostError):
            found = "the table has a task behind it, but that may not run again"
            return Problem(expected, found, "which option says how often?")
        if evidence.error is not None or not tables:
            return None
        fetched = {key for wait in looking.gets(evidence) for key in wait.objects}
        if any(f"{task.id}.0" in fetched for task in tables):
            found = "a get brought the whole table to your notebook"
            return Problem(expected, found, "keep its ID; the runtime has a second way")
        if len(tables[0].attempts) == 1:
            found = (
                f"read_table ran once, on {tables[0].node or 'A'}, which is still there"
            )
            return Problem(expected, found, "leave .options(node=node) as it is")
        return None

    return Check(expected, judge)


CHECKS = {
    "flaky": check.all_of(
        check.started("download", at_least=3),
        _attempts_that_help(),
        check.result("pages", [HERE, "news is here", "no such page"]),
    ),
    "paid-once": check.all_of(
        check.started("pay", at_least=3),
        _paid_once(),
        check.result("paid", 30),
    ),
    "comes-back": check.all_of(
        check.started("Tally.add", at_least=3),
        _remembers(),
        check.result("before", [1, 2, 3]),
        check.result("after", 4),
    ),
    "survives": check.all_of(
        check.started("read_table"),
        _outlives_its_machine(),
        check.result("total", 4_999_950_000),
    ),
}
