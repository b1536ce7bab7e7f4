"""Save a run to a file and load it again: gzipped lines of JSON.

    {"rayteach": "run", "version": 1, "origin_s": …, "guests": […],
     "fields": {"TaskSubmitted": ["time_s", "task", …], …}}
    ["TaskSubmitted", 100.2, 1, …]          one line per event
    ["end"]                                 missing: the file was cut off

The first line names the fields of every kind of event. A reader that does not
know a kind leaves it out, fields it does not know too, and fields that it misses
have their defaults; so files live longer than versions. ``VERSION`` counts up
only when that is not enough. Nothing in a file is ever executed.
"""

from __future__ import annotations

import gzip
import json
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rayteach._version import __version__
from rayteach.core import events
from rayteach.core.events import Event
from rayteach.errors import RunFileError
from rayteach.trace.recording import Recording

if TYPE_CHECKING:
    from collections.abc import Iterator
    from os import PathLike

VERSION = 1
"""The format that this release writes, and the newest that it reads."""

_END = ["end"]
_CHUNK = 1 << 16
_KINDS: dict[str, type[Event]] = {
    name: kind
    for name, kind in vars(events).items()
    if isinstance(kind, type) and issubclass(kind, Event)
}


def save(
    recording: Recording, path: str | PathLike[str], *, values: bool = False
) -> None:
    """Write a run to a file; a file that is there is replaced at once or not at all.

    Args:
        recording: the run.
        path: the file.
        values: also write what may hold the learner's values: the messages of
            exceptions. Types and lines are always written.

    Raises:
        OSError: the file cannot be written.
    """
    target = Path(path)
    part = target.with_name(f"{target.name}.part")
    try:
        with gzip.open(part, "wt", encoding="utf-8", compresslevel=5) as file:
            for line in _lines(recording, values=values):
                file.write(json.dumps(line, separators=(",", ":")) + "\n")
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def _lines(recording: Recording, *, values: bool) -> Iterator[Any]:
    found = recording.events()
    kinds = {type(event) for event in found}
    yield {
        "rayteach": "run",
        "version": VERSION,
        "made_by": __version__,
        "origin_s": float(recording.origin_s),
        "guests": sorted(recording.guests),
        "values": values,
        "fields": {
            kind.__name__: kind.field_names
            for kind in sorted(kinds, key=lambda kind: kind.__name__)
        },
    }
    for event in found:
        kept = event if values else without_values(event)
        yield [type(kept).__name__, *kept.values()]
    if recording.is_whole:
        yield _END


def without_values(event: Event) -> Event:
    """Return the event without what an exception said; its type stays."""
    if isinstance(event, events.TaskFailed):
        return event.but(message="")
    reason = getattr(event, "reason", "")
    if reason:  # "raised ValueError: row 9141 has 11 fields"
        return event.but(reason=reason.splitlines()[0].partition(": ")[0])
    return event


def load(path: str | PathLike[str]) -> Recording:
    """Read a run from a file, as far as the file goes.

    Raises:
        FileNotFoundError: there is no such file.
        RunFileError: it is no saved run, or a newer rayteach wrote it.
    """
    lines = _read_lines(Path(path))
    head = _head(path, next(lines, None))
    found: list[Event] = []
    is_whole = False
    for line in lines:
        if line == _END:
            is_whole = True
            break
        event = _event(line, head["fields"])
        if event is not None:
            found.append(event)
    return Recording(found, head["origin_s"], head["guests"], is_whole=is_whole)


def _head(path: str | PathLike[str], line: Any) -> dict[str, Any]:
    if not isinstance(line, dict) or line.get("rayteach") != "run":
        raise RunFileError(
            f"{path} is no saved run; run.save(...) makes one that can be read here"
        )
    version = line.get("version")
    if not isinstance(version, int) or version > VERSION:
        raise RunFileError(
            f"{path} was saved by a newer rayteach ({line.get('made_by', '?')}, format"
            f" {version}; this one reads up to {VERSION}): pip install -U rayteach"
        )
    expected = {"origin_s": float, "guests": list, "fields": dict}
    if any(type(line.get(name)) is not kind for name, kind in expected.items()):
        raise RunFileError(f"{path} is damaged: its first line is incomplete")
    return line


def _event(line: Any, fields: dict[str, list[str]]) -> Event | None:
    """Return the event of a line, None if this release does not know its kind."""
    if not isinstance(line, list) or not line:
        return None
    kind, names = _KINDS.get(line[0]), fields.get(line[0])
    if kind is None or names is None:
        return None
    given = {
        name: _tuples(value)
        for name, value in zip(names, line[1:], strict=False)
        if name in kind.field_names
    }
    try:
        return kind(**given)
    except TypeError:  # a field without a default is missing
        return None


def _tuples(value: Any) -> Any:
    return tuple(map(_tuples, value)) if isinstance(value, list) else value


def _read_lines(path: Path) -> Iterator[Any]:
    """Yield what each whole line holds, up to the first that cannot be read."""
    rest = b""
    for part in _unzipped(path):
        *whole, rest = (rest + part).split(b"\n")
        for line in whole:
            try:
                yield json.loads(line)
            except ValueError:
                return


def _unzipped(path: Path) -> Iterator[bytes]:
    unzip = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    with path.open("rb") as file:
        while data := file.read(_CHUNK):
            try:
                yield unzip.decompress(data)
            except zlib.error:
                return
