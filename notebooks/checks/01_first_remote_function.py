"""The checks of lesson 1. A check reports the first problem it finds."""

from rayteach import checks as check

CHECKS = {
    "slow-loop": check.all_of(
        check.started("slow_square", at_least=4),
        check.no_get_in_loop(),
        check.parallel(at_least=4),
        check.result("squares", [0, 1, 4, 9]),
    ),
    "in-order": check.all_of(
        check.started("shout", at_least=4),
        check.no_get_in_loop(),
        check.parallel(at_least=4),
        check.result("shouted", ["A", "TASK", "IS", "REMOTE"]),
    ),
}
