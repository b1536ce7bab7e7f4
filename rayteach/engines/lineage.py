"""Lineage: how a lost value is made again.

A finished task with a large result leaves a :class:`Recipe`. When the last copy
of the result is lost, its IDs are pending again and the task runs once more under
its number, after those of its inputs that are gone as well.
"""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING, Any

from rayteach.core import events, states
from rayteach.core.task import TASK, Task
from rayteach.engines.failures import Failure
from rayteach.engines.state import clock
from rayteach.engines.storage import Segment
from rayteach.errors import ObjectLostError
from rayteach.object_id import FAILED, PENDING, READY, ObjectID
from rayteach.runtime import protocol

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rayteach.engines.state import EngineState
    from rayteach.engines.submission import Submission

LONGEST = 1000
"""Tasks in a row that one lost value may ask for."""


class _Input:
    """One input of a recipe: a small value itself, a large one's ID and recipe."""

    __slots__ = ("data", "key", "label", "one", "recipe")

    def __init__(self, one: ObjectID, recipe: Recipe | None) -> None:
        is_large = isinstance(one.data, Segment)
        self.key = one.task, one.index
        self.label = one.label_source
        self.one = weakref.ref(one)
        self.data = None if is_large else one.data
        self.recipe = recipe if is_large else None


class Recipe:
    """All that is needed to run a finished task once more."""

    __slots__ = (
        "depth", "inputs", "left", "payload", "pins", "results", "task", "unfinished",
    )  # fmt: skip

    def __init__(self, task: Task, inputs: list[_Input]) -> None:
        """Keep what ``task`` was made from, before it forgets."""
        #: never submitted: a pattern for the next attempt
        self.task = task.again()
        self.task.inputs = ()
        self.task.attempt = task.attempt
        self.payload, self.pins = task.payload, task.pins
        self.inputs = inputs
        self.results: list[weakref.ref[ObjectID]] = [
            weakref.ref(one) for one in task.returns
        ]
        #: how often it may still run for a lost value; -1 for ever
        self.left = task.options.max_retries
        self.depth: int = 1 + max(
            (i.recipe.depth for i in inputs if i.recipe), default=0
        )
        #: the attempt that is on its way
        self.unfinished: Task | None = None

    @property
    def is_running(self) -> bool:
        """True while an attempt for a lost value is on its way."""
        task = self.unfinished
        return task is not None and task.state not in states.END_STATES


class _Gone(Exception):  # noqa: N818 (an answer)
    """A value cannot be made again; the text says why."""


class Lineage:
    """Keeps recipes, and uses them. Works under the engine's lock."""

    def __init__(self, state: EngineState, submission: Submission) -> None:
        """Know nothing yet."""
        self._state = state
        self._submission = submission
        #: by the ID of a large result
        self._recipes: weakref.WeakKeyDictionary[ObjectID, Recipe] = (
            weakref.WeakKeyDictionary()
        )

    def remember(self, task: Task, stored: Sequence[Any]) -> None:
        """A task ended with these results; ``task`` still knows its arguments."""
        large = [
            one
            for one, found in zip(task.returns, stored, strict=False)
            if found[0] == protocol.SEGMENT
        ]
        if task.kind != TASK or not large or task.options.stream:
            return
        if self._state.cluster is None and not _is_light(task):
            return
        known = next((self._recipes[o] for o in large if o in self._recipes), None)
        if known is not None and known.unfinished is task:  # made again
            known.unfinished = None
            known.task.attempt = task.attempt
            return
        inputs = [_Input(one, self._recipes.get(one)) for one in task.inputs]
        recipe = Recipe(task, inputs)
        if recipe.depth > LONGEST:
            for one_input in recipe.inputs:
                one_input.recipe = None
            recipe.depth = 1
        for one in large:
            self._recipes[one] = recipe

    def lost(self, ids: Sequence[ObjectID], how: str) -> None:
        """The last copies of these values are gone: "with node B"."""
        for one in ids:
            one.status, one.data = PENDING, None
        for one in ids:
            if one.work is None:
                self._make_again(one, how)

    def _make_again(self, one: ObjectID, how: str) -> None:
        recipe = self._recipes.get(one)
        try:
            chain = list(self._chain(recipe, one))
        except _Gone as gone:
            text = f"{one.label} was lost {how}: {gone}"
            self._state.fail(one, Failure.of_system(ObjectLostError, text))
            return
        made: dict[int, list[ObjectID]] = {}
        for part in chain:
            made[id(part)] = self._run(part, made, how)

    def _chain(self, recipe: Recipe | None, one: ObjectID) -> Iterator[Recipe]:
        """Yield the recipes that are to run, each after those of its inputs.

        Raises:
            _Gone: one of them cannot.
        """
        if recipe is None:
            raise _Gone(_no_recipe(one))
        seen: set[int] = set()
        line: list[tuple[Recipe, bool]] = [(recipe, False)]
        while line:
            part, inputs_are_done = line.pop()
            if inputs_are_done:
                yield part
                continue
            if id(part) in seen or part.is_running:
                continue
            seen.add(id(part))
            if not part.left:
                text = f"{part.task.label} has no retry left (option max_retries)"
                raise _Gone(text)
            line.append((part, True))
            line.extend((r, False) for r in self._missing(part))

    def _missing(self, recipe: Recipe) -> Iterator[Recipe]:
        """Yield the recipes of inputs that exist no more."""
        payload = recipe.payload
        if isinstance(payload, Segment) and not self._exists(payload):
            text = f"the arguments of {recipe.task.label} were lost too"
            raise _Gone(text)
        for one in recipe.inputs:
            known = one.one()
            if one.data is not None or (known is not None and known.status == READY):
                continue
            if known is not None and (known.work is not None or known.status == FAILED):
                continue  # on its way, or known to be lost: the task says so
            if one.recipe is None:
                text = (
                    f"{one.label} is needed to make it again, and is gone: the result "
                    "of a task comes back, what put() or an actor made does not"
                )
                raise _Gone(text)
            yield one.recipe

    def _exists(self, segment: Segment) -> bool:
        return any(map(self._state.has_node, (segment.node, *segment.copies)))

    def _run(
        self, recipe: Recipe, made: dict[int, list[ObjectID]], how: str
    ) -> list[ObjectID]:
        """Submit the recipe's task once more; return the IDs of all its results."""
        pattern, state = recipe.task, self._state
        again = pattern.again()
        again.attempt = pattern.attempt + 1
        again.payload, again.pins = recipe.payload, recipe.pins
        count = len(recipe.results)
        again.returns = tuple(self._result(recipe, at) for at in range(count))
        again.inputs = tuple(self._input(one, made) for one in recipe.inputs)
        for one in again.returns:
            one.status, one.data, one.work = PENDING, None, again
        for one in again.returns:
            self._recipes[one] = recipe
        recipe.results = [weakref.ref(one) for one in again.returns]
        recipe.left -= recipe.left > 0
        recipe.unfinished = again
        reason = f"its result was lost {how}"
        state.add(events.TaskRedone(clock(), again.number, again.attempt, reason))
        self._submission.schedule(again)
        return list(again.returns)

    def _result(self, recipe: Recipe, index: int) -> ObjectID:
        """Return the ID that gets a result: the known one, if that is lost."""
        known = recipe.results[index]()
        if known is not None and known.status == PENDING and known.work is None:
            return known
        return ObjectID(recipe.task.number, index, recipe.task.label)

    def _input(self, one: _Input, made: dict[int, list[ObjectID]]) -> ObjectID:
        known: ObjectID | None = one.one()
        if known is not None:
            return known
        if one.data is None and one.recipe is not None:
            remade = made.get(id(one.recipe))
            unfinished = one.recipe.unfinished
            found: Sequence[ObjectID] = remade or (
                unfinished.returns if unfinished else ()
            )
            if found:
                again = found[one.key[1]]
                one.one = weakref.ref(again)
                return again
        fresh = ObjectID(*one.key, one.label)
        fresh.data, fresh.status = one.data, READY
        return fresh


def _is_light(task: Task) -> bool:
    """Tell whether a recipe of the task would keep nothing else alive.

    One node is not lost by itself: there a recipe is for faults that a learner asks
    for, and neither IDs nor large arguments are to live longer for that.
    """
    captured = getattr(task.function, "captured", ())
    return not (task.pins or captured or isinstance(task.payload, Segment))


def _no_recipe(one: ObjectID) -> str:
    source = str(one.label_source)
    if source.rpartition("/")[2].startswith("put-"):
        return "it was stored with put(), and nothing knows how to make it again"
    return (
        "it was made by an actor or a generator, or, while there was one node, from "
        "large arguments or IDs in containers, which are not kept there"
    )
