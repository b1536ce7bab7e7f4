"""``init`` with Ray's options."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rayteach.api import session

if TYPE_CHECKING:
    from rayteach.api.open_session import Session

_QUIET = (
    "configure_logging", "dashboard_host", "dashboard_port", "include_dashboard",
    "log_to_driver", "logging_config", "logging_format", "logging_level",
)  # fmt: skip
"""Options about servers, logs and reserves that do not exist here."""

_ADVICE = {
    "enable_resource_isolation": "all processes run under your own limits",
    "job_config": "there is one job, this program",
    "labels": "there is one machine; use resources={...}",
    "local_mode": "call f.__wrapped__(...) to run a function in place",
    "num_gpus": "there are no GPUs to share out; use resources={'gpu': ...}",
    "runtime_env": "install packages in this environment; workers share it",
}


def init(
    address: str | None = None,
    *,
    num_cpus: float | None = None,
    resources: dict[str, float] | None = None,
    object_store_memory: int | None = None,
    ignore_reinit_error: bool = False,
    namespace: str | None = None,
    **others: Any,
) -> Session | None:
    """Open a session on this machine.

    Args:
        address: None or "local" for this machine; of a Ray cluster ("auto",
            "host:port", "ray://host:port"): it is joined by the engine ``ray``.
        num_cpus: how many tasks may run at once.
        resources: custom resources of the machine.
        object_store_memory: bytes of shared memory that large values may take.
        ignore_reinit_error: make a second ``init`` do nothing.
        namespace: where the names of its actors count; default ``"default"``.
        **others: Ray's further options. Those about the dashboard and
            the logs change nothing.

    Raises:
        NotImplementedError: an option asks for what rayteach does not have.
        TypeError: Ray has no such option.
        ImportError: an address is given, and Ray is not installed.
        RuntimeError: a session is open already.
    """
    for name, value in others.items():
        _check(name, value)
    return session.init(
        num_cpus,
        resources=resources,
        object_store_memory=object_store_memory,
        ignore_reinit_error=ignore_reinit_error,
        namespace=namespace,
        address=None if address == "local" else address,
    )


def _check(name: str, value: Any) -> None:
    if name in _ADVICE:
        if value:
            msg = f"init({name}={value!r}): {_ADVICE[name]}"
            raise NotImplementedError(msg)
    elif name not in _QUIET and not name.startswith("_"):
        msg = f"init() has no option {name!r}"
        raise TypeError(msg)
