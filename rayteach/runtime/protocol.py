"""The frames between driver and workers.

Downwards (queue messages and each worker's own line) a message is one or more
frames. Upwards every worker has a stream. All numbers are little-endian.

    queue message   u64 message number · frames
    frame           u32 length of all that follows · u8 kind · body
    TASK, CALL      u64 task · u64 function · u16 attempt · u16 flags ·
                    u16 inputs · u16 returns · inputs · payload
    input           u8 stored (INLINE or SEGMENT) · u32 length · bytes
    RESULT          u64 task · f64 start · f64 end · u8 status · payload

Other bodies are pickles of small tuples; they are rare.
"""

from __future__ import annotations

import pickle
import struct
from typing import Any

LENGTH = struct.Struct("<I")
MESSAGE = struct.Struct("<Q")
TASK_HEAD = struct.Struct("<IBQQHHHH")
"""length, kind, task, function, attempt, flags, inputs, returns"""
INPUT_HEAD = struct.Struct("<BI")
RESULT_HEAD = struct.Struct("<IBQddB")
"""length, kind, task, start, end, status"""
KIND = struct.Struct("<IB")
FORK_REQUEST = struct.Struct("<Q")
"""To the fork server: fork a process; two descriptors travel along."""
FORK_REPORT = struct.Struct("<BQi")
"""From the fork server: what, request or pid, pid or status or errno."""
FORK_REPORTS = ("forked", "refused", "exited")

# Downwards.
TASK, CALL, CREATE, PARK, UNPARK, EXIT, REPLY, RESUME, BIG, CANCEL = range(1, 11)
# Upwards.
(RESULT, HELLO, PARKED, RETURNED, SUBMIT, GET, WAIT, PUT, REFS, OUTPUT, REQUEST,
 STARTED, DROPPED, EXITED, YIELD, SPILLED,
 VOIDED) = range(32, 49)  # fmt: skip
AWAIT, FORGET, DELAYED = 64, 65, 66

# How a value is stored.
INLINE, SEGMENT = 0, 1

# Status of a result.
ONE_INLINE, MANY, ERROR = 0, 1, 2

# Flags of a task.
FRESH = 1
"""The function captures something mutable: load it anew for every call."""
PAYLOAD_FILE = 2
"""The payload is the path of a segment that holds the arguments."""
STREAM = 4
"""The function gives a generator: each item goes up in a YIELD frame."""
DYNAMIC = 8
"""With STREAM: the value at the end is a generator of the items' IDs."""

THREADS = 8
"""From this bit on: the task's CPUs if they are two or more, for its libraries."""

INLINE_LIMIT = 100 * 1024
"""Bytes up to which a value travels inside a message. Source: Ray, 100 KiB."""
MESSAGE_LIMIT = 128 * 1024
"""Longer frames go through a file: a datagram must fit the socket's buffer."""


def frame(kind: int, body: Any) -> bytes:
    """Return a frame whose body is the pickle of ``body``."""
    data = pickle.dumps(body, 5)
    return KIND.pack(len(data) + 1, kind) + data


def task_frame(
    kind: int,
    task: int,
    function: int,
    attempt: int,
    flags: int,
    inputs: list[tuple[int, bytes]],
    returns: int,
    payload: bytes,
) -> bytes:
    """Return a TASK, CALL or CREATE frame."""
    if not inputs:
        size = TASK_HEAD.size - 4 + len(payload)
        head = TASK_HEAD.pack(size, kind, task, function, attempt, flags, 0, returns)
        return head + payload
    parts = []
    for stored, data in inputs:
        parts.append(INPUT_HEAD.pack(stored, len(data)))
        parts.append(data)
    parts.append(payload)
    body = b"".join(parts)
    size = TASK_HEAD.size - 4 + len(body)
    count = len(inputs)
    head = TASK_HEAD.pack(size, kind, task, function, attempt, flags, count, returns)
    return head + body


def task_number(data: bytes | memoryview) -> int:
    """Return the task of a TASK, CALL, CREATE or BIG frame."""
    if data[4] == BIG:
        number: int = pickle.loads(data[KIND.size :])[0]
        return number
    found: int = TASK_HEAD.unpack_from(data)[2]
    return found


def split_frames(data: memoryview) -> list[memoryview]:
    """Return the frames of a whole message, length fields included."""
    frames = []
    at, end = 0, len(data)
    while at < end:
        size = LENGTH.unpack_from(data, at)[0] + 4
        frames.append(data[at : at + size])
        at += size
    return frames


def read_inputs(
    data: memoryview, count: int
) -> tuple[list[tuple[int, memoryview]], int]:
    """Return the inputs at the start of a task's body, and where they end."""
    inputs = []
    at = 0
    for _ in range(count):
        stored, size = INPUT_HEAD.unpack_from(data, at)
        at += INPUT_HEAD.size
        inputs.append((stored, data[at : at + size]))
        at += size
    return inputs, at
