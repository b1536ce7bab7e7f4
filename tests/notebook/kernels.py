"""A kernel of its own, spoken to as JupyterLab does."""

from __future__ import annotations

import os
import queue
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import KernelManager

import rayteach

#: a folder that holds another ipykernel than the installed one (tools/kernels.py)
OTHER = os.environ.get("RAYTEACH_TEST_IPYKERNEL", "")
ROOT = Path(__file__).parents[2]
PATIENCE_S = 60
NUDGE_S = 2
WIDGET = "application/vnd.jupyter.widget-view+json"

Message = dict[str, Any]


class ThisPython(KernelSpecManager):
    def get_kernel_spec(self, _kernel_name: str) -> KernelSpec:
        command = [sys.executable, "-m", "ipykernel_launcher"]
        argv = [*command, "-f", "{connection_file}"]
        return KernelSpec(argv=argv, display_name="this", language="python")


class FrontEnd:
    """One notebook's connection to a kernel."""

    #: the extension looks after the kernel
    loaded = False

    def __init__(self, client: BlockingKernelClient) -> None:
        self.client = client
        client.start_channels()
        client.wait_for_ready(timeout=PATIENCE_S)

    def send(self, kind: str, content: Message, metadata: Message) -> str:
        message = self.client.session.msg(kind, content, metadata=metadata)
        self.client.shell_channel.send(message)
        sent: str = message["header"]["msg_id"]
        return sent

    def start(self, code: str, cell_id: str | None = None) -> str:
        content = {
            "code": code,
            "silent": False,
            "store_history": True,
            "user_expressions": {},
            "allow_stdin": False,
            "stop_on_error": True,
        }
        return self.send(
            "execute_request", content, {"cellId": cell_id} if cell_id else {}
        )

    def output_of(self, sent: str) -> Iterator[Message]:
        """Yield what the kernel says because of one request, until it is idle."""
        while True:
            message = self._next()
            if message["parent_header"].get("msg_id") != sent:
                continue
            yield message
            if message["content"].get("execution_state") == "idle":
                return

    def _next(self) -> Message:
        """Return what the kernel says next.

        Before the extension is loaded it is woken if it says nothing: ipykernel 7.0
        to 7.3 may overlook a request that comes while they send a reply, until
        another one comes (ipython/ipykernel#1554). Loaded, it must not.
        """
        for _ in range(PATIENCE_S // NUDGE_S):
            try:
                message: Message = self.client.get_iopub_msg(timeout=NUDGE_S)
            except queue.Empty:
                if not self.loaded:
                    self.client.kernel_info()
            else:
                return message
        msg = f"the kernel has said nothing for {PATIENCE_S} s"
        raise AssertionError(msg)

    def run(self, code: str, cell_id: str | None = None) -> list[Message]:
        return list(self.output_of(self.start(code, cell_id)))

    def printed(self, code: str) -> str:
        return printed(self.run(code))

    def stop(self) -> None:
        self.client.stop_channels()


class Kernel(FrontEnd):
    """A kernel and the notebook that started it."""

    def __init__(self, folder: Path) -> None:
        tested = Path(rayteach.__file__).parents[1]  # the checkout, or an install
        parts = [OTHER, str(tested), os.environ.get("PYTHONPATH", "")]
        path = os.pathsep.join(filter(None, parts))
        env = {**os.environ, "PYTHONPATH": path, "IPYTHONDIR": str(folder)}
        env.pop("RAYTEACH_VIEW", None)
        self.manager = KernelManager(kernel_spec_manager=ThisPython())
        self.manager.start_kernel(env=env, cwd=str(ROOT / "notebooks" / "tutorial"))
        super().__init__(self.manager.client())

    def connect(self) -> FrontEnd:
        """Return a second notebook on this kernel."""
        client = BlockingKernelClient(connection_file=self.manager.connection_file)
        client.load_connection_file()
        return FrontEnd(client)

    def restart(self) -> None:
        """Start the kernel anew, as the button does."""
        self.loaded = False
        self.manager.restart_kernel(now=False)
        self.client.wait_for_ready(timeout=PATIENCE_S)

    def load(self) -> None:
        """Load the extension anew, with a session of two CPUs."""
        self.loaded = False
        self.run("%load_ext rayteach\n%reload_ext rayteach\nimport rayteach as ray")
        self.loaded = True
        self.run("ray.shutdown()\nray.init(num_cpus=2)")
        self.run("@ray.remote\ndef double(x):\n    return 2 * x")

    def stop(self) -> None:
        self.run("ray.shutdown()")
        super().stop()
        self.manager.shutdown_kernel(now=False)


def of_type(messages: list[Message], *kinds: str) -> list[Message]:
    return [message["content"] for message in messages if message["msg_type"] in kinds]


def printed(messages: list[Message]) -> str:
    return "".join(content["text"] for content in of_type(messages, "stream"))
