"""Other ipykernels for the tests of cells: ``python tools/kernels.py 6.31.0``.

Prints the folder that holds that version, and installs it there first if need be.
In front of ``sys.path`` it replaces the installed one; everything else stays. The
folders lie in ``RAYTEACH_CACHE``, else in the user's cache.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

#: what ipykernel before 7 needs beside what newer ones do
ALSO = ("nest_asyncio==1.6.0",)


def cache() -> Path:
    """Return where the folders lie."""
    own = os.environ.get("RAYTEACH_CACHE")
    home = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(own or home).expanduser() / ("" if own else "rayteach") / "ipykernel"


def folder(version: str) -> Path:
    """Return the folder of a version; it is there, whole, when this returns."""
    place = cache() / version
    if not place.exists():
        place.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=place.parent) as scratch:
            wanted = (f"ipykernel=={version}", *ALSO)
            pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps"]
            made = Path(scratch, "made")
            command = [*pip, "--target", str(made), *wanted]
            subprocess.run(command, check=True)
            made.rename(place)
    return place


if __name__ == "__main__":
    print(folder(sys.argv[1]))
