"""Start real Ray, or join it; and leave nothing of it behind."""

from __future__ import annotations

import logging
import os
import shutil
import sys
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil

from rayteach.runtime import session_dir

if TYPE_CHECKING:
    from collections.abc import Iterator

_LOOPBACK = "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER"
"""Off, Ray takes 127.0.0.1 for its node, and listens nowhere else."""
_SETTINGS = {
    _LOOPBACK: "0",
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",
}
_ATTEMPTS = 3
_NO_USE = ("start_monitor", "start_log_monitor", "start_api_server")
_GIVEN_UP = "timed out during startup"
_PATIENCE_S = 5.0
_MISSING = (
    "init(engine='ray') needs Ray, which is not installed: pip install "
    "'rayteach[ray]', or leave engine= out for the local engine"
)


def import_ray(*, is_local: bool) -> Any:
    """Import Ray, for this machine alone if ``is_local``.

    Raises:
        ImportError: it is not installed; the text says what to do.
    """
    if is_local and "ray" not in sys.modules:
        for name, value in _SETTINGS.items():
            os.environ.setdefault(name, value)
    try:
        import ray  # noqa: PLC0415 (it may be missing, and its settings come first)
    except ImportError as error:
        raise ImportError(_MISSING) from error
    return ray


class RayProcesses:
    """Ray as this session uses it: its own, or a cluster that was there before."""

    def __init__(
        self,
        ray: Any,
        address: str | None,
        num_cpus: float | None,
        resources: dict[str, float],
        namespace: str,
        object_store_memory: int | None,
    ) -> None:
        """Start or join."""
        self._ray = ray
        self.is_own = address in (None, "local")
        #: prints and Ray's files lie in it
        self.directory = _make_directory()
        #: we have connected: we disconnect
        self._has_joined = not ray.is_initialized()
        given: dict[str, Any] = {
            "namespace": namespace,
            "log_to_driver": False,
            "logging_level": logging.ERROR,
            "configure_logging": False,
        }
        try:
            if self.is_own:
                given |= _own(num_cpus, resources, object_store_memory)
                self._start(given)
            elif self._has_joined:
                paths = os.pathsep.join(_paths())
                env = {"env_vars": {"PYTHONPATH": paths}} if paths else None
                ray.init(address=address, runtime_env=env, **given)
        except BaseException:
            self.close()
            raise

    def _start(self, given: dict[str, Any]) -> None:
        """Start Ray; on a busy machine it may give up, and is tried again."""
        for attempt in range(_ATTEMPTS):
            try:
                with _paths_for_workers(), _fewer_servers(self._ray):
                    self._ray.init(**given, _temp_dir=str(self.directory))
            except Exception as error:
                if attempt + 1 == _ATTEMPTS or _GIVEN_UP not in str(error):
                    raise
                self.close()
                self.directory = _make_directory()
            else:
                return

    def close(self) -> None:
        """End what was started, leave what was there."""
        if self._has_joined:
            self._ray.shutdown()
        if self.is_own:
            _end_all(str(self.directory))
        shutil.rmtree(self.directory, ignore_errors=True)
        session_dir.release(self.directory)


def _end_all(directory: str) -> None:
    """End what a start that failed has left: it names the session's folder."""
    for process in psutil.Process().children():
        with suppress(psutil.Error):
            if any(directory in word for word in process.cmdline()):
                for one in (process, *process.children(recursive=True)):
                    one.kill()
                process.wait(_PATIENCE_S)


def _own(
    num_cpus: float | None,
    resources: dict[str, float],
    object_store_memory: int | None,
) -> dict[str, Any]:
    given: dict[str, Any] = {
        "address": "local",
        "include_dashboard": False,
        "num_cpus": _whole(num_cpus),
        "resources": resources,
    }
    if object_store_memory is not None:
        given["object_store_memory"] = object_store_memory
    return given


def _whole(num_cpus: float | None) -> int | None:
    if num_cpus is None:
        return None
    if num_cpus != int(num_cpus):
        msg = f"num_cpus={num_cpus:g}: on the engine 'ray' a node has a whole number"
        raise ValueError(msg)
    return int(num_cpus)


def _make_directory() -> Path:
    """Return a new folder with a short path: sockets lie in it."""
    path = Path(tempfile.gettempdir()) / session_dir.choose().name
    session_dir.make(path)
    return path


@contextmanager
def _fewer_servers(ray: Any) -> Iterator[None]:
    """Start Ray without what one machine has no use for: three Pythons fewer.

    The autoscaler's monitor adds no machine here, and the monitor of log files has
    nobody to read to: prints come as reports; nobody asks the server of the
    dashboard. There are no options for these.
    """
    node: Any = ray._private.node.Node  # noqa: SLF001 (there is no public way)
    names = [one for one in _NO_USE if hasattr(node, one)]
    before = {name: getattr(node, name) for name in names}
    for name in names:
        setattr(node, name, lambda *_, **__: None)
    try:
        yield
    finally:
        for name, method in before.items():
            setattr(node, name, method)


def _paths() -> list[str]:
    """Return where this process finds modules that are not installed."""
    installed = {sys.prefix, sys.base_prefix, sys.exec_prefix}
    found = [os.path.abspath(one) for one in sys.path]  # noqa: PTH100 (as Python does)
    return [
        one
        for one in dict.fromkeys(found)
        if not any(one.startswith(prefix + os.sep) for prefix in installed)
    ]


@contextmanager
def _paths_for_workers() -> Iterator[None]:
    """Let processes that start now find our modules."""
    before = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = os.pathsep.join(_paths())
    try:
        yield
    finally:
        if before is None:
            del os.environ["PYTHONPATH"]
        else:
            os.environ["PYTHONPATH"] = before
