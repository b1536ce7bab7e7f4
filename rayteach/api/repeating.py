"""``repeat``: a recorded run's choices once more, on the real pool."""

from __future__ import annotations

import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rayteach.api import session as sessions
from rayteach.api.observe import Block
from rayteach.api.run import Run
from rayteach.errors import RayteachError
from rayteach.trace import scores

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rayteach.core.exploring import Explorer
    from rayteach.core.score import Score


class Repetition:
    """A run that was made to do what another one did.

    Attributes:
        run: the new run; it answers all questions.
        differences: what could not be kept, one sentence each; empty while the
            block runs, and if everything went as recorded.
    """

    def __init__(self, run: Run) -> None:
        """Begin with nothing known."""
        self.run = run
        self.differences: list[str] = []

    def __repr__(self) -> str:
        """Say how far it went as recorded."""
        if not self.differences:
            return "<repetition: as recorded>"
        return "\n".join(["<repetition: differs>", *self.differences])


@contextmanager
def repeat(run: Run) -> Iterator[Repetition]:
    """Run the code of the block with the choices that were made in ``run``.

    Which task starts after which and on which worker, in which order every actor
    gets its calls, what each ``wait`` returns and which ones time out: as
    recorded. Values are made anew. Tasks are told apart by function, caller and
    number, so the block must hold the program that was observed. Its end waits for
    all that the block submitted.

    Args:
        run: an observed run, also one from a file.

    Yields:
        The repetition, with the new run and, at the end, all differences; a
        warning says that there are some.

    Raises:
        RayteachError: a schedule is being followed already, the session is paused,
            or this is a task.

    Source: ours; the idea is record and replay (LeBlanc and Mellor-Crummey 1987,
    "Debugging parallel programs with Instant Replay").
    """
    recorded = scores.choices_of(run.recording())
    score = recorded.score()
    block = Block()
    repetition = Repetition(Run(block))
    with directed(score):
        yield repetition
    block.close()
    again = scores.choices_of(repetition.run.recording())
    found = [*score.finish(), *scores.differences(recorded, again)]
    repetition.differences = list(dict.fromkeys(found))
    if found:
        warnings.warn(
            f"the run differs from the recorded one: {found[0]}"
            + (f" (and {len(found) - 1} more)" if len(found) > 1 else ""),
            stacklevel=3,
        )


@contextmanager
def directed(chooser: Score | Explorer) -> Iterator[None]:
    """Follow a schedule inside a block, to the end of all that it submits."""
    if sessions.is_in_task():
        raise RayteachError("a schedule is followed in the driver, not in a task")
    directing = sessions.engine().directing
    directing.begin(chooser)
    try:
        yield
        directing.finish()
    finally:
        directing.end()
