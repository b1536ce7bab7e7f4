"""``get``, ``wait`` and futures, in the driver and in tasks."""

from __future__ import annotations

from abc import ABC, abstractmethod
from concurrent.futures import Future
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import ray
from ray import exceptions as of_ray

from rayteach.engines.ray import failing
from rayteach.engines.ray.ids import RayID
from rayteach.engines.state import KEYS_LOGGED
from rayteach.errors import GetTimeoutError
from rayteach.object_generator import DynamicObjectIDGenerator

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rayteach.object_id import ObjectID

_DYNAMIC = getattr(ray, "DynamicObjectRefGenerator", None)


class RayWaiting(ABC):
    """Waits for Ray, and tells when and for what."""

    @abstractmethod
    def check(self, ids: Sequence[ObjectID]) -> None:
        """Raise if an ID is of an earlier session, or none is open."""

    def get(self, ids: Sequence[Any], timeout_s: float | None, line: int) -> list[Any]:
        """Wait for values and return them in order."""
        self.check(ids)
        wait = self._begin("get", ids, len(ids), timeout_s, "s", line)
        reason = "interrupted"
        ready: Sequence[int] | None = None
        values: list[Any]
        try:
            values = ray.get([one.ref for one in ids], timeout=timeout_s)
            reason, ready = "enough ready", range(min(len(ids), KEYS_LOGGED))
        except of_ray.GetTimeoutError:
            reason = "timeout"
            raise self._late(ids, timeout_s) from None
        except Exception as error:  # noqa: BLE001 (all of it is translated)
            reason = "failed"
            raise self._failed(ids, error) from None
        finally:
            if ready is None:
                ready = self._ready(ids[:KEYS_LOGGED])
            self._end(wait, ids, ready, reason)
        if _DYNAMIC is not None:
            self._take_in(ids, values)
        return values

    def wait(
        self,
        ids: Sequence[Any],
        num_returns: int,
        timeout_s: float | None,
        line: int,
        unit: str = "s",
    ) -> list[int]:
        """Return the positions that count as ready."""
        self.check(ids)
        wait = self._begin("wait", ids, num_returns, timeout_s, unit, line)
        chosen: list[int] = []
        reason = "interrupted"
        try:
            refs = [one.ref for one in ids]
            found, _ = ray.wait(refs, num_returns=num_returns, timeout=timeout_s)
            there = set(found)
            if len(refs) > num_returns and len(found) == num_returns:
                there |= set(ray.wait(refs, num_returns=len(refs), timeout=0)[0])
            chosen = [at for at, ref in enumerate(refs) if ref in there][:num_returns]
            reason = "enough ready" if len(chosen) >= num_returns else "timeout"
        finally:
            self._end(wait, ids, chosen, reason)
        return chosen

    def _take_in(self, ids: Sequence[Any], values: list[Any]) -> None:
        """Give the items of a dynamic generator their names."""
        for at, value in enumerate(values):
            if type(value) is _DYNAMIC:
                one = ids[at]
                label = one.label_source
                values[at] = DynamicObjectIDGenerator(
                    RayID(one.task, index, label, ref)
                    for index, ref in enumerate(value, 1)
                )

    @abstractmethod
    def _begin(
        self,
        kind: str,
        ids: Sequence[Any],
        num_returns: int,
        timeout_s: float | None,
        unit: str,
        line: int,
    ) -> Any:
        """Tell that a wait begins; return what ``_end`` needs."""

    @abstractmethod
    def _end(
        self, wait: Any, ids: Sequence[Any], ready: Sequence[int], reason: str
    ) -> None:
        """Tell that it is over."""

    def _ready(self, ids: Sequence[Any]) -> list[int]:
        """Return the positions that are ready now."""
        refs = [one.ref for one in ids]
        with suppress(Exception):
            each = list(dict.fromkeys(refs))
            found = ray.wait(each, num_returns=len(each), timeout=0, fetch_local=False)
            there = set(found[0])
            return [at for at, ref in enumerate(refs) if ref in there]
        return []

    def _failed(self, ids: Sequence[Any], error: Exception) -> BaseException:
        """Return what to raise: of the first ID in order that has failed."""
        one = ids[0]
        for one in ids:
            if len(ids) == 1:
                break
            found = failing.error_of(one.ref)
            if found is not None and not isinstance(found, of_ray.GetTimeoutError):
                error = found  # type: ignore[assignment]
                break
        return self.made(one, error)

    def made(self, one: ObjectID, error: BaseException) -> BaseException:
        """Return what ``get`` of an ID raises."""
        return failing.made(error, one.label)

    def _late(self, ids: Sequence[Any], timeout_s: float | None) -> GetTimeoutError:
        ready = set(self._ready(ids))
        missing = list(
            dict.fromkeys(o.label for at, o in enumerate(ids) if at not in ready)
        )
        names = ", ".join(missing[:3])
        more = f" and {len(missing) - 3} more" if len(missing) > 3 else ""  # noqa: PLR2004
        return GetTimeoutError(
            f"get timed out after {(timeout_s or 0) * 1000:g} ms: {len(missing)} of "
            f"{len(ids)} not ready ({names}{more})"
        )

    def future_of(self, object_id: Any) -> Future[Any]:
        """Return a future that gets the value."""
        self.check((object_id,))
        future: Future[Any] = Future()
        future.set_running_or_notify_cancel()

        def fill(done: Future[Any]) -> None:
            error = done.exception()
            if error is not None:
                future.set_exception(self.made(object_id, error))
                return
            values = [done.result()]
            self._take_in([object_id], values)
            future.set_result(values[0])

        object_id.ref.future().add_done_callback(fill)
        return future
