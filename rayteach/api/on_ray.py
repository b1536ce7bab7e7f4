"""A session on real Ray: the same as any other, with another engine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rayteach.api.open_session import Session
from rayteach.engines.ray.opening import RayProcesses, import_ray

if TYPE_CHECKING:
    from collections.abc import Callable

    from rayteach.core.controls import Controls
    from rayteach.trace.log import EventLog


class RaySession(Session):
    """What ``init(engine="ray")`` opens."""

    def _make_log(self) -> EventLog:
        from rayteach.engines.ray.log import RayLog  # noqa: PLC0415 (with Ray only)

        return RayLog()

    def _make_engine(
        self, namespace: str, server: Any, object_store_memory: int | None
    ) -> Any:
        from rayteach.engines.ray.driver import RayEngine  # noqa: PLC0415 (as above)

        del object_store_memory  # Ray has it already
        engine = RayEngine(self.log, server, namespace)  # type: ignore[arg-type]
        self.num_cpus = engine.num_cpus
        return engine

    def _make_controls(self) -> Controls:
        from rayteach.engines.ray.absent import RayControls  # noqa: PLC0415 (as above)

        return RayControls(self.engine)

    def __repr__(self) -> str:
        """Show what does not change from run to run."""
        state = "closed session" if self.closed else "session"
        return f"<rayteach {state} on Ray: {self.num_cpus:g} CPUs>"

    def end_cell_run(self, outcome: str) -> None:
        """The cell has come to its end; what has ended by then is in the log."""
        self.engine.settle()
        super().end_cell_run(outcome)


def start(
    num_cpus: float | None,
    resources: dict[str, float],
    namespace: str,
    object_store_memory: int | None,
    on_first: Callable[[Session, int], None],
    address: str | None,
) -> RaySession:
    """Start or join Ray and open a session on it.

    Raises:
        ImportError: Ray is not installed.
        ConnectionError: there is no cluster at ``address``.
    """
    ray = import_ray(is_local=address in (None, "local"))
    processes = RayProcesses(
        ray, address, num_cpus, resources, namespace, object_store_memory
    )
    try:
        return RaySession(
            num_cpus or 0.0, resources, namespace, processes,  # type: ignore[arg-type]
            on_first,
        )  # fmt: skip
    except BaseException:
        processes.close()
        raise
