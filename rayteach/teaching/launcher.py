"""Become an IPython kernel that has a limit on its memory.

``main()`` with the arguments ``BYTES -f CONNECTION_FILE``: each process
of the kernel may hold so many bytes of its own, so one that takes more gets a
``MemoryError`` before the machine suffers.
"""

from __future__ import annotations

import resource
import sys


def main() -> None:
    """Set the limits, which all children inherit, and start the kernel."""
    limit = int(sys.argv.pop(1))
    resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    from ipykernel import kernelapp  # noqa: PLC0415 (under the limits already)

    kernelapp.launch_new_instance()
