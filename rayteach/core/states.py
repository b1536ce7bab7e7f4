"""The states of a task and the changes that are allowed between them."""

from __future__ import annotations

NEEDS_INPUT = "needs input"
"""An input does not exist yet; the task sits in its producers' dependents."""
QUEUED = "queued"
"""All inputs exist; it sits in its node's queue, or in an actor's mailbox."""
POSTED = "posted"
"""Handed to the node's workers (or into the actor's process); not yet started
as far as the driver knows. People are shown "queued"."""
RUNNING = "running"
"""A worker is known to execute it."""
BLOCKED = "blocked"
"""Alive inside ``get`` or ``wait``; its CPU is lent."""
RESUMING = "resuming"
"""What it waited for is there; it waits for a CPU. Shown as "blocked"."""
DONE = "done"
FAILED = "failed"
CANCELLED = "cancelled"
UNRUNNABLE = "cannot run"
"""An ancestor failed or was cancelled, or its actor is dead."""

END_STATES = frozenset({DONE, FAILED, CANCELLED, UNRUNNABLE})

_ALIVE = (NEEDS_INPUT, QUEUED, POSTED, RUNNING, BLOCKED, RESUMING)

TRANSITIONS = frozenset(
    {
        (NEEDS_INPUT, QUEUED),
        (QUEUED, POSTED),
        (QUEUED, NEEDS_INPUT),  # an input was lost with its node
        (POSTED, QUEUED),  # taken back, or its worker died before it started
        (POSTED, RUNNING),
        (RUNNING, QUEUED),  # its worker died; another attempt follows
        (RUNNING, BLOCKED),
        (POSTED, BLOCKED),  # the first the driver hears of a start
        (BLOCKED, RESUMING),
        (BLOCKED, QUEUED),
        (RESUMING, QUEUED),
        (RESUMING, RUNNING),
        (POSTED, DONE),  # start and end come in one message
        (RUNNING, DONE),
        (BLOCKED, DONE),  # a thread of it waits, its function has returned
        (RESUMING, DONE),
        (POSTED, FAILED),
        (RUNNING, FAILED),
        (BLOCKED, FAILED),
        (RESUMING, FAILED),
        (QUEUED, FAILED),  # what it asks for exists nowhere
        *((state, CANCELLED) for state in _ALIVE),
        *((state, UNRUNNABLE) for state in _ALIVE),
    }
)
"""Every allowed (from, to). Anything else raises ``InvalidTransition``."""
