"""What Ray's actors are made of: a host that holds the learner's object."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ray

from rayteach.engines.ray import worker
from rayteach.engines.ray.spec import unpack_call
from rayteach.errors import ActorExit

if TYPE_CHECKING:
    from rayteach.engines.ray.shipping import Shipped
    from rayteach.engines.ray.spec import Spec


class _Hosted:
    """The object, and how it is reached."""

    def __init__(self, spec: Spec, shipped: Shipped, args: Any, kwargs: Any) -> None:
        self._made: Any = None

        def construct(*args: Any, **kwargs: Any) -> None:
            self._made = shipped.load()(*args, **kwargs)

        worker.perform(spec, lambda: construct, args, kwargs)

    def method(self, name: str) -> Any:
        return lambda: getattr(self._made, name)


def _leave() -> None:
    """``exit_actor()``: Ray's own ends the process."""
    ray.actor.exit_actor()


class Host:
    """Runs calls one by one, or in threads."""

    def __init__(
        self, spec: Spec, shipped: Shipped, /, *args: Any, **kwargs: Any
    ) -> None:
        """Make the learner's object."""
        self._hosted = _Hosted(spec, shipped, args, kwargs)

    def call(self, packed: bytes, /, *args: Any, **kwargs: Any) -> Any:
        """Run a call."""
        spec, method, args, kwargs = unpack_call(packed, args, kwargs)
        try:
            return worker.perform(spec, self._hosted.method(method), args, kwargs)
        except ActorExit:
            _leave()

    def stream(self, packed: bytes, /, *args: Any, **kwargs: Any) -> Any:
        """Run a call that yields."""
        spec, method, args, kwargs = unpack_call(packed, args, kwargs)
        try:
            yield from worker.stream(spec, self._hosted.method(method), args, kwargs)
        except ActorExit:
            _leave()


class AsyncHost:
    """Runs calls in an event loop."""

    def __init__(
        self, spec: Spec, shipped: Shipped, /, *args: Any, **kwargs: Any
    ) -> None:
        """Make the learner's object."""
        self._hosted = _Hosted(spec, shipped, args, kwargs)

    async def call(self, packed: bytes, /, *args: Any, **kwargs: Any) -> Any:
        """Run a call."""
        spec, method, args, kwargs = unpack_call(packed, args, kwargs)
        load = self._hosted.method(method)
        try:
            return await worker.perform_async(spec, load, args, kwargs)
        except ActorExit:
            _leave()

    async def stream(self, packed: bytes, /, *args: Any, **kwargs: Any) -> Any:
        """Run a call that yields."""
        spec, method, args, kwargs = unpack_call(packed, args, kwargs)
        load = self._hosted.method(method)
        try:
            async for value in worker.stream_async(spec, load, args, kwargs):
                yield value
        except ActorExit:
            _leave()
