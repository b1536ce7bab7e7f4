"""The tour in a terminal: run its notebook in a real kernel, read what happened.

The kernel is an ordinary IPython kernel of this very Python. When every cell has
run, the kernel itself writes the page and prints the text from its own log
(:func:`report`): rows never travel, so there is one truth about the run.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import KernelManager

from rayteach.api import session
from rayteach.errors import RayteachError
from rayteach.trace.fold import RowFold
from rayteach.widgets import page as pages
from rayteach.widgets import text

#: how long one cell of the tour may take, and the kernel to answer
PATIENCE_S = 60.0


class TourError(RayteachError):
    """The tour could not be run; the text says why."""


class _ThisPython(KernelSpecManager):
    """Knows one kernel: this interpreter, whatever is registered on the machine."""

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        """Return the same kernel under every name."""
        command = [
            sys.executable,
            "-m",
            "ipykernel_launcher",
            "-f",
            "{connection_file}",
        ]
        return KernelSpec(argv=command, display_name=kernel_name, language="python")


def run(notebook: Path, page: Path, *, width: int = 80, color: bool = False) -> str:
    """Execute ``notebook``, write ``page`` and return the text twin of the run.

    Args:
        notebook: the tour; its cells run in its own directory.
        page: the file to write.
        width: characters per line of the text.
        color: whether the text has ANSI colours.

    Raises:
        TourError: a cell failed or the kernel did not answer.
    """
    last = f"import rayteach.demo as _d\n_d.report({str(page)!r}, {width}, {color})"
    with _kernel(notebook.parent) as client:
        for cell in _code_cells(notebook):
            _execute(client, cell)
        return _execute(client, last)


def report(page: str, width: int, color: bool) -> None:
    """In the tour's kernel: write the page of the whole session, print its text."""
    current = session.current()
    if current is None:
        raise TourError("the tour started no session")
    current.sample()  # what runs at this moment shows as running
    fold = RowFold(current.log, current.start_s)
    fold.advance()
    rows = fold.rows(None)
    Path(page).write_text(pages.html(rows, "A tour of rayteach"), encoding="utf-8")
    print(text.full(rows, width, color=color))


@contextmanager
def _kernel(directory: Path) -> Iterator[BlockingKernelClient]:
    with TemporaryDirectory(prefix="rayteach-demo-") as private:
        # Unix sockets in a directory of ours: no port is opened for a demo.
        manager = KernelManager(
            kernel_spec_manager=_ThisPython(),
            transport="ipc",
            connection_file=f"{private}/kernel.json",
        )
        manager.start_kernel(cwd=str(directory))
        yield from _connected(manager)


def _connected(manager: KernelManager) -> Iterator[BlockingKernelClient]:
    client = manager.client()
    try:
        client.start_channels()
        client.wait_for_ready(timeout=PATIENCE_S)
        yield client
    except RuntimeError as error:  # jupyter_client's word for a kernel that died
        raise TourError(f"the tour's kernel did not answer: {error}") from error
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=False)


def _code_cells(notebook: Path) -> Iterator[str]:
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    for cell in cells:
        source = "".join(cell["source"])
        if cell["cell_type"] == "code" and source.strip():
            yield source


def _execute(client: BlockingKernelClient, code: str) -> str:
    """Run one cell and return what it printed."""
    printed: list[str] = []

    def collect(message: dict[str, Any]) -> None:
        if message["msg_type"] == "stream" and message["content"]["name"] == "stdout":
            printed.append(message["content"]["text"])

    try:
        reply = client.execute_interactive(
            code, output_hook=collect, allow_stdin=False, timeout=PATIENCE_S
        )
    except TimeoutError as error:
        raise TourError(f"a cell of the tour took over {PATIENCE_S:.0f} s") from error
    content = reply["content"]
    if content["status"] != "ok":
        first = code.strip().splitlines()[0]
        what = f"{content.get('ename', 'error')}: {content.get('evalue', '')}"
        raise TourError(f"the tour stopped at the cell {first!r}: {what}")
    return "".join(printed)
