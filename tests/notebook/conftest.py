"""A real shell that keeps what it shows, and a session made of nothing."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from IPython.core.displaypub import CapturingDisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from IPython.display import display

import rayteach
from rayteach.api import session
from rayteach.notebook import extension, runviews

# Tests import ``kernels`` by name.
sys.path.insert(0, str(Path(__file__).parent))


class FakeLog:
    def __len__(self) -> int:
        return 0

    def events(self, _start: int = 0) -> list[Any]:
        return []


class FakeRuns:
    """Nothing of an earlier run is ever alive."""

    def __init__(self) -> None:
        self.calls: list[tuple[Any, ...]] = []

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def note(*args: Any) -> Any:
            self.calls.append((name, *args))
            return (0, []) if name == "interrupt" else None

        return note


class FakeSession:
    def __init__(self) -> None:
        self.cell_runs = FakeRuns()
        self.log = FakeLog()
        self.start_s = 0.0
        self.num_cpus = 4.0
        self.controls = None
        self.closed = False
        self.calls: list[tuple[Any, ...]] = []
        self.run = 0

    def begin_cell_run(self, key: str, label: str, source: str) -> int:
        self.run += 1
        self.calls.append(("begin", key, label, source))
        return self.run

    def end_cell_run(self, outcome: str) -> None:
        self.calls.append(("end", outcome))

    def flush_output(self) -> None:
        self.calls.append(("flush",))

    def show_output(self, show: Callable[[Any], None] | None) -> None:
        self.show = show

    def sample(self) -> None:
        self.calls.append(("sample",))

    def status(self) -> dict[str, Any]:
        return {
            "type": "status",
            "cpus_in_use": 2.0,
            "num_cpus": 4,
            "tasks_waiting": 5,
            "tasks_running": 2,
        }


class FakeSessions:
    """The module ``rayteach.api.session``, with the hooks held open."""

    def __init__(self) -> None:
        self.session: FakeSession | None = None
        self.callbacks: dict[str, set[Callable[..., None]]] = {
            "open": set(),
            "close": set(),
            "task": set(),
        }

    def current(self) -> FakeSession | None:
        return self.session

    def on_open(self, callback: Callable[[Any], None]) -> None:
        self.callbacks["open"].add(callback)

    def on_close(self, callback: Callable[[Any], None]) -> None:
        self.callbacks["close"].add(callback)

    def on_first_task(self, callback: Callable[[Any, int], None]) -> None:
        self.callbacks["task"].add(callback)

    def remove_hooks(self, *callbacks: Callable[..., None]) -> None:
        for known in self.callbacks.values():
            known -= set(callbacks)

    def open(self) -> FakeSession:
        self.session = FakeSession()
        for callback in self.callbacks["open"]:
            callback(self.session)
        return self.session

    def close(self) -> None:
        session, self.session = self.session, None
        assert session is not None
        session.closed = True
        for callback in self.callbacks["close"]:
            callback(session)

    def submit(self) -> None:
        """Stand for the first ``.remote()`` of a run."""
        session = self.session or self.open()
        for callback in self.callbacks["task"]:
            callback(session, session.run)


class FakePublisher:
    def __init__(self, _session: FakeSession, _controls: Any = None) -> None:
        self.closed = False
        self.woken = 0

    def wake(self) -> None:
        self.woken += 1

    def close(self) -> None:
        self.closed = True


class FakeView:
    made: list[FakeView] = []  # noqa: RUF012 (emptied by the fixture)

    def __init__(
        self, publisher: FakePublisher, session: FakeSession, run: int
    ) -> None:
        self.publisher, self.session, self.run = publisher, session, run
        self.widget = f"the view of run {run}"
        self.answered = self.closed = False
        self.kept: list[bool] = []
        FakeView.made.append(self)

    def show(self) -> None:
        display(self.widget)

    def keep(self, *, is_own: bool) -> None:
        self.kept.append(is_own)

    def close(self) -> None:
        self.closed = True


class Shell:
    """A real ``InteractiveShell``; ``run`` gives a cell an id as JupyterLab does."""

    def __init__(self, folder: Path) -> None:
        InteractiveShell.clear_instance()
        self.ip = InteractiveShell.instance(
            display_pub_class=CapturingDisplayPublisher, ipython_dir=str(folder)
        )
        self.sessions = FakeSessions()
        self.ip.user_ns["submit"] = self.sessions.submit

    def load(self) -> extension.Extension:
        extension.load_ipython_extension(self.ip, self.sessions)
        active = extension.active()
        assert active is not None
        return active

    def unload(self) -> None:
        extension.unload_ipython_extension(self.ip)

    @property
    def views(self) -> list[FakeView]:
        return FakeView.made

    def run(self, source: str, cell_id: str | None = None) -> Any:
        return self.ip.run_cell(source, store_history=True, cell_id=cell_id)

    def shown(self) -> list[str]:
        return [out["data"]["text/plain"] for out in self.ip.display_pub.outputs]


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shell]:
    monkeypatch.delenv("RAYTEACH_VIEW", raising=False)
    monkeypatch.setattr(runviews, "LiveView", FakeView)
    monkeypatch.setattr(runviews, "Publisher", FakePublisher)
    FakeView.made = []
    made = Shell(tmp_path)
    yield made
    made.unload()
    made.ip.history_manager.end_session()
    InteractiveShell.clear_instance()


class LiveShell(Shell):
    """The same with a real session behind it."""

    def load(self) -> extension.Extension:
        extension.load_ipython_extension(self.ip, session)
        active = extension.active()
        assert active is not None
        return active

    def run(self, source: str, cell_id: str | None = None) -> Any:
        result = super().run(source, cell_id)
        self.errors.append(result.error_before_exec or result.error_in_exec)
        return result

    def do(self, source: str, cell_id: str | None = None) -> Any:
        """Run a cell that must succeed; return its last value."""
        result = self.run(source, cell_id)
        result.raise_error()
        return result.result


@pytest.fixture
def live(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LiveShell]:
    """A shell with the extension loaded and a session of two CPUs."""
    monkeypatch.setenv("RAYTEACH_VIEW", "text")
    made = LiveShell(tmp_path)
    made.errors = []
    made.ip.user_ns["ray"] = rayteach
    rayteach.init(num_cpus=2)
    made.load()
    yield made
    made.unload()
    rayteach.shutdown()
    made.ip.history_manager.end_session()
    InteractiveShell.clear_instance()
