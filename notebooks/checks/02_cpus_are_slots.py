"""The checks of lesson 2. A check reports the first problem it finds."""

from math import ceil

from rayteach import checks as check
from rayteach.checks import Evidence, looking

TRAYS, WAVES = 12, 2
CPUS, AT_ONCE = 4, 2


def cpus(evidence: Evidence) -> float:
    """Return how many CPUs the session has that ran the cell."""
    return sum(node.num_cpus for node in evidence.rows.nodes.values())


def kept_the_session(evidence: Evidence) -> bool:
    """The number was given to init, and the open session kept its own."""
    cell = evidence.rows.run.source
    return "shutdown()" not in cell and cpus(evidence) != TRAYS / WAVES


def wider_than_two(evidence: Evidence) -> bool:
    """More than two of the tasks fit on the CPUs."""
    return any(
        task.num_cpus * (AT_ONCE + 1) <= CPUS
        for task in looking.tasks(evidence, "render")
    )


def wider_than_all(evidence: Evidence) -> bool:
    """Not even two of the tasks fit on the CPUs."""
    return any(
        task.num_cpus * AT_ONCE > CPUS for task in looking.tasks(evidence, "render")
    )


CHECKS = {
    "two-waves": check.all_of(
        check.started("bake", at_least=TRAYS),
        check.mistake(
            kept_the_session,
            "the session that was open already stayed open, with its own CPUs",
            expected="a session with as many CPUs as two waves need",
            advice="close the open session first, with ray.shutdown()",
        ),
        check.mistake(
            lambda evidence: cpus(evidence) == WAVES,
            "2 CPUs make 6 waves of 2 tasks each: the number of waves is not the "
            "number of CPUs",
            expected="12 tasks in 2 waves",
            advice="how many of the 12 trays must each of the 2 waves take?",
        ),
        check.mistake(
            lambda evidence: cpus(evidence) >= TRAYS,
            "all 12 trays fit at once: one wave, and the most CPUs that can be of use",
            expected="12 tasks in 2 waves",
            advice="how many of the 12 trays must each of the 2 waves take?",
        ),
        check.mistake(
            lambda evidence: ceil(TRAYS / cpus(evidence)) != WAVES,
            "12 trays on that many CPUs do not take 2 waves",
            expected="12 tasks in 2 waves",
            advice="divide the 12 trays by the CPUs, and round up",
        ),
        check.mistake(
            lambda evidence: cpus(evidence) > TRAYS / WAVES,
            "two waves, but fewer CPUs would do: in the last wave some stay empty",
            expected="the smallest number of CPUs",
            advice="try one less",
        ),
        check.result("trays", list(range(TRAYS))),
    ),
    "two-at-a-time": check.all_of(
        check.started("render", at_least=8),
        check.mistake(
            lambda evidence: cpus(evidence) != CPUS,
            "the session has another number of CPUs now, for all tasks",
            expected="a session with 4 CPUs",
            advice="leave init as it was; say above the function what one task takes",
        ),
        check.mistake(
            looking.get_between,
            "a get between the tasks holds the next ones back",
            expected="all eight tasks are started before the first get",
            advice="leave the loop as it was; say above the function what one task "
            "takes, and the rest follows",
        ),
        check.mistake(
            wider_than_two,
            "more than two of these tasks fit on four CPUs",
            expected="never more than two of render at once",
            advice="how many CPUs must each take, so that two of them fill four?",
        ),
        check.mistake(
            wider_than_all,
            "one of these tasks leaves no room for a second one",
            expected="two of render at once",
            advice="how many CPUs must each take, so that two of them fill four?",
        ),
        check.result("films", [f"film {scene}" for scene in range(8)]),
    ),
}
