"""Who reads the workers' answers: leader and followers.

Whoever waits in ``get`` or ``wait`` leads: it polls, reads and applies answers
itself, so a short task costs no hand-over between threads. Others that wait
follow until the leader leaves. A background thread leads when nobody else has
for a while, so that tasks go on while the notebook computes, or is idle; it
sleeps in the poll and leaves when somebody starts to wait.
"""

from __future__ import annotations

import os
import select
import threading
import time
from typing import TYPE_CHECKING, Protocol

from rayteach.runtime import portable
from rayteach.runtime.interrupts import driver_shield

if TYPE_CHECKING:
    from collections.abc import Callable

    from rayteach.object_id import ObjectID

_clock = time.monotonic
PATIENCE_S = 0.002
"""The background thread leads when nobody else has for this long."""
_LOOK_AGAIN_S = 0.005
"""While somebody else leads, it looks this often whether they still do."""
SPIN_S = 0.0002
"""A leader that waits for a task known to be shorter looks again and again for this
long before it sleeps: to be woken takes longer than such a task."""


class Poller(Protocol):
    """``select.epoll``, or what ``portable`` has in its place."""

    def poll(self, timeout: float | None = ...) -> list[tuple[int, int]]:
        """Return (descriptor, events)."""

    def register(self, fd: int, eventmask: int) -> None:
        """Watch a descriptor."""


class Waiter:
    """One wait of one thread: done after ``need`` notifications."""

    __slots__ = ("done", "fail_fast", "lock", "need", "on_done")

    def __init__(
        self, need: int, *, fail_fast: bool, on_done: Callable[[], None] | None = None
    ) -> None:
        """Call ``on_done`` instead of waking a thread, if it is given."""
        self.need = need
        self.fail_fast = fail_fast
        self.done = False
        self.lock = threading.Lock()
        self.lock.acquire()
        self.on_done = on_done

    def notify(self, *, failed: bool) -> None:
        """One of its IDs got its value. Called under the engine's lock."""
        if self.done:
            return
        self.need -= 1
        if self.need <= 0 or (failed and self.fail_fast):
            self.finish()

    def finish(self) -> None:
        """The wait is over."""
        self.done = True
        if self.on_done is not None:
            self.on_done()
        else:
            self.wake()

    def expire(self) -> None:
        """The timeout of the wait was reached."""
        if not self.done:
            self.finish()

    def wake(self) -> None:
        """Let the thread look again."""
        if self.lock.locked():
            try:
                self.lock.release()
            except RuntimeError:  # another thread was quicker: it is awake
                return


def attach(waiter: Waiter, one: ObjectID) -> None:
    """Have ``waiter`` told of the ID. Called under the engine's lock."""
    waiters = one.waiters
    if not waiters:
        one.waiters = [waiter]
    elif waiters[-1].done:  # left by an earlier turn of a loop of waits
        waiters[-1] = waiter
    else:
        waiters.append(waiter)


class Pump:
    """Polls for the engine and hands each event to ``handle``."""

    def __init__(
        self,
        poller: Poller,
        handle: Callable[[list[tuple[int, int]]], None],
        next_deadline: Callable[[], float | None],
        prepare: Callable[[], None],
    ) -> None:
        """``handle`` gets the poll's result; ``prepare`` is called by a new leader."""
        self._prepare = prepare
        self._poller = poller
        self._handle = handle
        self._next_deadline = next_deadline
        self._lead = threading.Lock()
        self._followers: set[Waiter] = set()
        self._last_lead_s = 0.0
        self._background_leads = False
        #: asks the background thread to leave the lead to a busy submitter
        self._step_aside = False
        self._kick_r, self._kick_w = portable.wake_pipe()
        poller.register(self._kick_r, select.POLLIN)
        #: True while a kick is on its way that tells of work handed over
        self._nudged = False
        #: released once, at the end: the background thread's pauses wait for it
        self._alarm = threading.Lock()
        self._alarm.acquire()
        self._leader = 0
        self._closed = False
        self._thread = threading.Thread(
            target=self._background, name="rayteach-pump", daemon=True
        )
        self._thread.start()
        self.shield = driver_shield()
        self.shield.wake = self.kick_all

    def run_until(
        self, waiter: Waiter, deadline_s: float | None, *, brief: bool = False
    ) -> None:
        """Lead or follow until ``waiter`` is done, the deadline, or an interrupt.

        ``brief`` says that it is likely to be done within ``SPIN_S``.
        """
        shield = self.shield
        self._followers.add(waiter)
        try:
            while not (waiter.done or shield.is_held or self._closed):
                left = None if deadline_s is None else deadline_s - _clock()
                if left is not None and left <= 0:
                    return
                if self._take_lead():
                    try:
                        self._lead_until(waiter, deadline_s, brief=brief)
                    finally:
                        self._leave_lead()
                    continue
                if self._background_leads:
                    self.kick()
                waiter.lock.acquire(timeout=1.0 if left is None else min(left, 1.0))
        finally:
            self._followers.discard(waiter)
            if self._followers:
                self._hand_over()

    def once(self) -> None:
        """Handle what is there now; if the background leads, it steps aside."""
        if self._take_lead():
            try:
                self._step(0.0)
            finally:
                self._leave_lead()
        elif self._background_leads:
            self._step_aside = True
            self.kick()

    def nudge(self) -> None:
        """There is work to hand over: who leads must look, but need not hurry.

        Takes no lock: ``__del__`` calls it, that is, it may run inside any other
        code of the same thread, also inside itself.
        """
        if self._lead.locked() and not self._nudged:
            self._nudged = True
            self.kick()

    def kick(self) -> None:
        """Make the leader's poll return."""
        try:
            os.write(self._kick_w, b"k")
        except (BlockingIOError, OSError):
            return

    def kick_all(self) -> None:
        """Make everybody who waits look again (from a signal handler too)."""
        self.kick()
        for waiter in tuple(self._followers):
            waiter.wake()

    def close(self) -> None:
        """Stop the background thread and wake everybody."""
        self._closed = True
        self.kick_all()
        self._alarm.release()
        if threading.current_thread() is not self._thread:
            self._thread.join()
        if self._leader != threading.get_ident():
            with self._lead:  # nobody may poll what is closed now
                pass
        os.close(self._kick_r)
        os.close(self._kick_w)

    def _take_lead(self) -> bool:
        if not self._lead.acquire(blocking=False):
            return False
        self._leader = threading.get_ident()
        return True

    def _leave_lead(self) -> None:
        self._leader = 0
        self._last_lead_s = _clock()
        self._lead.release()

    def _lead_until(
        self, waiter: Waiter, deadline_s: float | None, *, brief: bool
    ) -> None:
        shield = self.shield
        self._prepare()
        if brief:
            self._spin(waiter)
        while not (waiter.done or shield.is_held or self._closed):
            left = None if deadline_s is None else deadline_s - _clock()
            if left is not None and left <= 0:
                return
            self._step(left)

    def _spin(self, waiter: Waiter) -> None:
        """Look without sleeping: other threads and processes run all the same."""
        poll, handle, shield = self._poller.poll, self._handle, self.shield
        end_s = _clock() + SPIN_S
        while not (waiter.done or shield.is_held or self._closed):
            found = poll(0)
            if found:
                if self._kick_r in [fd for fd, _ in found]:
                    return
                handle(found)
            elif _clock() > end_s:
                return
            else:
                portable.let_others_run()

    def _step(self, timeout_s: float | None) -> None:
        due = self._next_deadline()
        if due is not None:
            left = max(0.0, due - _clock())
            timeout_s = left if timeout_s is None else min(timeout_s, left)
        found = self._poller.poll(timeout_s)
        for fd, _ in found:
            if fd == self._kick_r:
                os.read(self._kick_r, 4096)
                if self._nudged and self._background_leads:
                    # More is likely to follow: hand over several at once.
                    self._alarm.acquire(timeout=PATIENCE_S / 2)
                self._nudged = False
                found = [event for event in found if event[0] != fd]
                break
        self._handle(found)

    def _hand_over(self) -> None:
        for waiter in tuple(self._followers):
            if not waiter.done:
                waiter.wake()
                return

    def _background(self) -> None:
        while not self._closed:
            recent = _clock() - self._last_lead_s < PATIENCE_S
            if recent or not self._lead_behind():
                self._alarm.acquire(timeout=PATIENCE_S if recent else _LOOK_AGAIN_S)

    def _lead_behind(self) -> bool:
        if self._closed or not self._take_lead():
            return False
        try:
            self._background_leads = True
            self._prepare()
            while not (self._closed or self._waiting() or self._step_aside):
                self._step(None)
        finally:
            self._background_leads = self._step_aside = False
            self._leave_lead()
            self._hand_over()
        return True

    def _waiting(self) -> bool:
        return any(not waiter.done for waiter in tuple(self._followers))
