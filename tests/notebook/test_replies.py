"""No request is lost that comes while the kernel sends a reply."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from kernels import Kernel, printed

#: holds the reply to its own cell until the next request lies in the socket
HOLD = """\
from pathlib import Path
stream = get_ipython().kernel.shell_stream
def send_late(parts, *args, socket=stream.socket, told={told!r}, **options):
    del socket.send_multipart
    Path(told).touch()
    socket.poll()
    return socket.send_multipart(parts, *args, **options)
stream.socket.send_multipart = send_late
"""


@pytest.fixture
def kernel(tmp_path: Path) -> Iterator[Kernel]:
    made = Kernel(tmp_path)
    made.load()
    yield made
    made.stop()


@pytest.mark.timeout(120)
def test_a_request_that_comes_with_a_reply_is_read(
    kernel: Kernel, tmp_path: Path
) -> None:
    for round_number in range(3):
        told = tmp_path / f"late-{round_number}"
        kernel.start(HOLD.format(told=str(told)))
        while not told.exists():
            assert kernel.manager.is_alive()
        asked = kernel.start(f"print({round_number})")
        assert printed(list(kernel.output_of(asked))) == f"{round_number}\n"


def test_of_many_requests_in_a_row_none_is_lost(kernel: Kernel) -> None:
    for number in range(100):
        told = [kernel.start(f"print({number}, {part})", "a") for part in range(2)]
        kernel.client.kernel_info()  # as a second notebook does
        for part, asked in enumerate(told):
            assert printed(list(kernel.output_of(asked))) == f"{number} {part}\n"
