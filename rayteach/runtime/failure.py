"""Turn an exception in a worker into something any process can show."""

from __future__ import annotations

import linecache
import pickle
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

from rayteach.errors import Frame, RemoteCause, TaskError
from rayteach.runtime.serialization import dumps_by_value

if TYPE_CHECKING:
    from types import TracebackType

_OURS = str(Path(__file__).parent.parent) + "/"


def describe(error: BaseException) -> tuple[RemoteCause, bytes | None]:
    """Return the cause in words, and the pickled exception if it survives that."""
    if isinstance(error, TaskError) and error.remote is not None:
        return error.remote, _pickled(error.cause)  # a failure passed on, not ours
    try:
        message = str(error)
    except Exception as broken:  # noqa: BLE001 (a learner's __str__ may raise)
        message = f"<no text: its __str__ raised {type(broken).__name__}>"
    remote = RemoteCause(
        type_name=type(error).__name__,
        message=message,
        frames=tuple(_frames(error.__traceback__)),
        full_text="".join(traceback.format_exception(error)),
    )
    return remote, _pickled(error)


def _frames(tb: TracebackType | None) -> list[Frame]:
    frames = []
    while tb is not None:
        code = tb.tb_frame.f_code
        if not code.co_filename.startswith(_OURS):
            source = linecache.getline(code.co_filename, tb.tb_lineno).strip()
            frames.append(Frame(code.co_filename, tb.tb_lineno, code.co_name, source))
        tb = tb.tb_next
    return frames


def _pickled(error: BaseException | None) -> bytes | None:
    """Pickle an exception; None if it cannot be rebuilt from its ``args``."""
    if error is None:
        return None
    try:
        bare = error.with_traceback(None)
        bare.__cause__ = bare.__context__ = None
        data = dumps_by_value(bare)
        pickle.loads(data)
    except Exception:  # noqa: BLE001 (then its text must do)
        return None
    return data
