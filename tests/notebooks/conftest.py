"""A real shell with the extension and real workers, shared by a file's tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from IPython.core.interactiveshell import InteractiveShell

import rayteach as ray
from rayteach.notebook import extension


@pytest.fixture(scope="module")
def ip(tmp_path_factory: pytest.TempPathFactory) -> Iterator[InteractiveShell]:
    patch = pytest.MonkeyPatch()
    patch.setenv("RAYTEACH_VIEW", "text")
    InteractiveShell.clear_instance()
    shell = InteractiveShell.instance(ipython_dir=str(tmp_path_factory.mktemp("ip")))
    extension.load_ipython_extension(shell)
    shell.run_cell("import rayteach as ray\nray.init(num_cpus=2);")
    yield shell
    ray.shutdown()
    extension.unload_ipython_extension(shell)
    shell.history_manager.end_session()
    InteractiveShell.clear_instance()
    patch.undo()
