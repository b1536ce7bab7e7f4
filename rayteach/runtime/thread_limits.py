"""As many BLAS and OpenMP threads as the task has CPUs, unless the user chose.

Two workers with two threads each on two CPUs are slower than a plain loop. The
libraries read the environment when they load, so it is set before; those that
are loaded already are told.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_COMMON = "OMP_NUM_THREADS"
_OWN = ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")
_OURS = "RAYTEACH_THREAD_VARIABLES"
"""Which of them are ours to change, for the workers."""
_SETTERS = {
    "OPENBLAS_NUM_THREADS": (
        "openblas_set_num_threads",
        "openblas_set_num_threads64_",
        "scipy_openblas_set_num_threads",
        "scipy_openblas_set_num_threads64_",
    ),
    "MKL_NUM_THREADS": ("MKL_Set_Num_Threads",),
    _COMMON: ("omp_set_num_threads",),
}
_LIBRARIES = ("blas", "mkl_rt", "libgomp", "libiomp", "libomp")
MOST = 255


def environment(given: Mapping[str, str]) -> dict[str, str]:
    """Return the workers' environment: one thread each unless the user set it.

    Whoever set the variable of OpenMP, which the others heed, has set them all.
    """
    chosen = dict(given)
    names = () if _COMMON in given else (_COMMON, *_OWN)
    ours = [name for name in names if name not in given]
    chosen.update(dict.fromkeys(ours, "1"))
    chosen[_OURS] = " ".join(ours)
    return chosen


def limit(threads: int) -> None:
    """Let libraries use so many threads in this process from now on."""
    import ctypes  # noqa: PLC0415 (rarely needed, and not cheap)

    ours = os.environ.get(_OURS, "").split()
    for name in ours:
        os.environ[name] = str(threads)
    for path in _loaded():
        with contextlib.suppress(OSError):
            library = ctypes.CDLL(path)
            for name in ours:
                for setter in _SETTERS.get(name, ()):
                    if hasattr(library, setter):
                        getattr(library, setter)(ctypes.c_int(threads))


def _loaded() -> set[str]:
    """Return the files of the loaded libraries that have threads of their own."""
    try:
        lines = Path("/proc/self/maps").read_text().splitlines()
    except OSError:  # not Linux: what loads later heeds the environment
        return set()
    paths = {line.partition("/")[2] for line in lines if ".so" in line}
    return {
        f"/{path}"
        for path in paths
        if any(name in path.rpartition("/")[2] for name in _LIBRARIES)
    }
