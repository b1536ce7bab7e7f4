"""The rare questions of workers, each answered at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rayteach.engines import naming
from rayteach.errors import RayteachError

if TYPE_CHECKING:
    from collections.abc import Callable

    from rayteach.engines.cancelling import Cancelling
    from rayteach.engines.local import LocalEngine
    from rayteach.engines.state import EngineState
    from rayteach.engines.submission import Submission


class Questions:
    """Answers requests. Works under the engine's lock."""

    def __init__(
        self,
        engine: LocalEngine,
        state: EngineState,
        submission: Submission,
        cancelling: Cancelling,
    ) -> None:
        """Ask the engine what the driver would ask it."""
        self._engine = engine
        self._state = state
        self._submission = submission
        self._cancelling = cancelling
        self._answers: dict[str, Callable[[int, Any], Any]] = {
            "get_actor": self._get_actor,
            "create_actor": self._create_actor,
            "kill": self._kill,
            "named_actors": lambda _, namespace: engine.named_actors(namespace),
            "cancel": self._cancel,
            "item": self._item,
            "names": lambda _, task: submission.names(task),
            "nodes": lambda *_: engine.nodes(),
            "no_room": lambda worker, a: state.storage_on(state.node_of(worker)).full(
                a[0], is_disk=a[1]
            ),
            "available": lambda *_: engine.available(),
        }

    def answer(self, worker: int, name: str, arguments: Any) -> Any:
        """Answer a worker's question.

        Raises:
            RayteachError: nobody knows such a question.
        """
        found = self._answers.get(name)
        if found is None:
            msg = f"unknown request {name!r}"
            raise RayteachError(msg)
        return found(worker, arguments)

    def _kill(self, worker: int, arguments: tuple[Any, bool]) -> None:
        key, no_restart = arguments
        one = self._state.resolve(key, worker)
        self._engine.kill(one, no_restart=no_restart)

    def _item(self, worker: int, arguments: tuple[Any, bool, bool]) -> Any:
        key, is_new, takes = arguments
        return self._submission.streams.answer(worker, key, is_new=is_new, takes=takes)

    def _get_actor(self, worker: int, asked: tuple[str, str]) -> tuple[int, str, Any]:
        return self._lend(worker, *asked)

    def _create_actor(self, worker: int, call: dict[str, Any]) -> Any:
        options = call["options"]
        self._engine.drain_notes()
        if naming.is_wanted(self._state, options):
            return self._lend(worker, options.name, options.namespace)
        naming.check_free(self._state, options)
        function = self._submission.functions.adopt(call["function"])
        return self._submission.from_worker(worker, call, function)

    def _lend(self, worker: int, name: str, namespace: str) -> tuple[int, str, Any]:
        ref, meta = self._engine.get_actor(name, namespace)
        self._state.borrow(worker, ref)
        return ref.task, str(ref.label), meta

    def _cancel(self, worker: int, arguments: tuple[Any, bool, bool]) -> None:
        key, force, recursive = arguments
        one = self._state.resolve(key, worker)
        self._cancelling.cancel_id(one, force=force, recursive=recursive)
