"""The one thread that sends rows to all views of a session.

    log --> fold --> one message per view, at most every ``INTERVAL_S``

1. A view says hello: it is owed a snapshot.
2. While its run goes on, it gets what changed, coalesced, with a number.
3. When nothing changes any more it gets one empty message: if the last real one
   was lost on the way, the view sees the gap and asks for all again.
4. When every view's run is over, the thread sleeps until somebody rings.

A view that never said hello costs nothing, not even the fold.
"""

from __future__ import annotations

import logging
import time
from collections import deque
from dataclasses import dataclass, field
from threading import Lock, Thread
from typing import TYPE_CHECKING, Any, Protocol

from rayteach.trace.fold import RowFold
from rayteach.widgets import wire
from rayteach.widgets.alarm import Alarm
from rayteach.widgets.late_log import LateLog
from rayteach.widgets.pace import MUCH, Pace

if TYPE_CHECKING:
    from collections.abc import Callable

    from rayteach.core.controls import Controls
    from rayteach.trace.views.rows import Rows
    from rayteach.widgets.link import Link
    from rayteach.widgets.source import Session

_log = logging.getLogger(__name__)
_log.addHandler(logging.NullHandler())

INTERVAL_S = 0.05
"""Between two messages to one view: 20 a second, and seen within a tenth of one."""

LONGEST_REST_S = 1.0
"""However much there was to tell."""

QUIET_INTERVAL_S = 0.25
"""The longest sleep while a run goes on in which nothing happens."""


@dataclass(slots=True)
class Subscription:
    """A link, the run it shows, and how far it has been told."""

    link: Link
    #: None for the whole session
    run: int | None
    seq: int = 0
    #: the fold's revision of the latest message
    revision: int = -1
    #: said hello or resync, and no snapshot was sent since
    owed: bool = False
    #: somebody wants to know whether it is there
    asked: bool = False
    #: the latest message was empty, or none was sent yet
    confirmed: bool = True
    #: whether the latest message said that the session lives
    live: bool = True
    #: lines of the late log that it knows
    heard: int = 0
    replies: deque[dict[str, Any]] = field(default_factory=deque)


class Watcher(Protocol):
    """Whoever shows a little of the rows, apart from the protocol of views."""

    def look(self, fold: RowFold) -> bool:
        """Show what changed; say whether more can come by itself. Never raises."""


class Publisher:
    """Keeps all views of one session up to date; a :class:`Receiver` of links."""

    def __init__(
        self,
        session: Session,
        controls: Controls | None = None,
        alarm: Alarm | None = None,
        clock: Callable[[], float] = time.monotonic,
        cost: Callable[[], float] = time.thread_time,
    ) -> None:
        """Read nothing and start no thread yet.

        Args:
            session: whose runs are shown.
            controls: what views may ask of the engine; nothing for ``None``.
            alarm: what the thread sleeps by.
            clock: monotonic seconds, on the same clock as the events.
            cost: CPU seconds of the calling thread.
        """
        self.fold = RowFold(session.log, session.start_s)
        #: what was printed after its cell had ended
        self.late = LateLog()
        self._session = session
        self._controls = controls
        self._alarm = alarm or Alarm()
        self._clock = clock
        self._cost = cost
        self._pace = Pace(clock)
        self._subscriptions: dict[int, Subscription] = {}
        #: cards, which are small and look for themselves
        self._watchers: list[Watcher] = []
        self._lock = Lock()
        self._turn = Lock()
        self._thread: Thread | None = None
        self._stopped = False
        self._interval_s = self._shortest_s = INTERVAL_S
        #: the rows are those of an earlier moment
        self._is_behind = False
        #: some run that is watched has not come to its end
        self._goes_on = False
        if controls is not None:
            controls.watched_by(self.ask, self.has_answered)

    def attach(self, link: Link, run: int | None) -> None:
        """Show a run, or the whole session for ``None``, through a link."""
        with self._lock:
            self._subscriptions[id(link)] = Subscription(link, run)
            self._start()
        link.bind(self)

    def _start(self) -> None:
        if self._thread is None and not self._stopped:
            self._thread = Thread(
                target=self._serve, name="rayteach-publisher", daemon=True
            )
            self._thread.start()

    def watch(self, watcher: Watcher) -> None:
        """Let ``watcher`` look at the rows whenever they are read anew."""
        with self._lock:
            self._watchers.append(watcher)
            self._start()
        self._alarm.ring()

    def unwatch(self, watcher: Watcher) -> None:
        """Forget it; one that is not there is no error."""
        with self._lock:
            self._watchers = [one for one in self._watchers if one is not watcher]

    def detach(self, link: Link) -> None:
        """Send nothing more through a link."""
        with self._lock:
            self._subscriptions.pop(id(link), None)

    def wake(self) -> None:
        """Look at the log now: something began."""
        self._alarm.ring()

    def pace(self, per_second: float) -> None:
        """Send at most so often to each view; 0 and all above 20 are 20 a second."""
        self._shortest_s = max(INTERVAL_S, 1 / per_second if per_second > 0 else 0.0)

    def ask(self) -> None:
        """Ask every view to say that it is there; takes no lock."""
        for subscription in tuple(self._subscriptions.values()):
            subscription.asked = True
        self._alarm.ring()

    def has_answered(self, since_s: float) -> bool:
        """Tell whether a view has said anything since then."""
        links = [one.link for one in tuple(self._subscriptions.values())]
        return any((link.last_heard_s or 0.0) >= since_s for link in links)

    def close(self) -> None:
        """Send the final rows and end the thread; views can still say hello."""
        with self._lock:
            self._stopped = True
            thread = self._thread
        self._alarm.ring()
        if thread is not None:
            thread.join()

    def rows(self, run: int | None) -> Rows:
        """Return the rows of a run as they are now, the caller's own."""
        self.fold.advance()
        rows = self.fold.copy(run)
        if not self._session.closed and self.fold.is_active(run):
            rows.now_s = self._now_s()
        return rows

    def hello(self, link: Link) -> None:
        """Owe a link a snapshot; any thread."""
        with self._lock:
            subscription = self._subscriptions.get(id(link))
            if subscription is not None:
                subscription.owed = True
        self._answer()

    def command(self, link: Link, message: dict[str, Any]) -> None:
        """Carry out a command and owe its reply; any thread."""
        error = self._carry_out(message)
        with self._lock:
            subscription = self._subscriptions.get(id(link))
            if subscription is not None:
                subscription.replies.append(wire.reply(message.get("id"), error))
        self._answer()

    def _carry_out(self, message: dict[str, Any]) -> str:
        name, args = message.get("name"), message.get("args", {})
        if not isinstance(name, str) or not isinstance(args, dict):
            return "a command needs a name and its arguments"
        if self._session.closed:
            return "the session is closed"
        if self._controls is None:
            return f"this engine has no command {name!r}"
        if name not in self._controls.names():
            why = self._controls.absent().get(name)
            return (
                f"{name} is not available: {why}"
                if why
                else (f"this engine has no command {name!r}")
            )
        try:
            self._controls.command(name, args)
        except Exception as error:  # noqa: BLE001 (whatever it is, the view is told)
            return str(error) or type(error).__name__
        return ""

    def _answer(self) -> None:
        """Let the thread answer; after its end, answer here."""
        with self._lock:
            lives = self._thread is not None and self._thread.is_alive()
        if lives:
            self._alarm.ring()
        while self._stopped and not lives and self._owes():
            if not self._turn.acquire(blocking=False):
                return  # whoever has the turn looks again
            try:
                self._take_turn()
            finally:
                self._turn.release()

    def _owes(self) -> bool:
        with self._lock:
            return any(s.owed or s.replies for s in self._subscriptions.values())

    def _serve(self) -> None:
        while not self._stopped:
            self._alarm.wait(self.tick())
        self.tick()
        self.tick()  # the empty message that confirms the last one

    def tick(self) -> float | None:
        """Send what is owed and what changed.

        Returns:
            Seconds until the next look, ``None`` if nothing can change by itself.
        """
        with self._turn:
            began, began_s = self._cost(), self._clock()
            rest_s = self._take_turn()
            if rest_s is None or not self._goes_on:
                return rest_s
            worked_s = self._cost() - began
            rest_s -= self._clock() - began_s  # beats, however long one takes
            return max(rest_s, min(self._pace.rest(worked_s), LONGEST_REST_S))

    def _take_turn(self) -> float | None:
        with self._lock:
            subscriptions = list(self._subscriptions.values())
            watchers = self._watchers
        for subscription in subscriptions:
            while subscription.replies:
                subscription.link.send(subscription.replies.popleft())
            if subscription.asked:
                subscription.asked = False
                subscription.link.send(wire.ask())
        listening = [s for s in subscriptions if s.owed or s.seq]
        if listening or watchers:
            self._sample()
        with self.fold.lock:
            if listening or watchers:
                self._read()
            outbox = [(s, self._message(s)) for s in listening]
            goes_on = any(self.fold.is_active(s.run) for s in listening)
        self._goes_on = goes_on
        for subscription, message in outbox:
            if message is not None:
                subscription.link.send(message)
            self._send_late(subscription)
        self._forget_broken(listening)
        is_watched = [watcher.look(self.fold) for watcher in watchers]
        return self._next_s(listening, goes_on=goes_on or any(is_watched))

    def _read(self) -> None:
        """Fold what is new: all of it if nothing will be told later."""
        most = self._pace.most(len(self._session.log))
        self.fold.advance(None if self._stopped or self._session.closed else most)
        self._is_behind = self.fold.behind > MUCH

    def _sample(self) -> None:
        if self._session.closed:
            return
        try:
            self._session.sample()
        except Exception:  # noqa: BLE001 (an engine that ends just now; its log says the rest)
            _log.debug("no sample of the running tasks", exc_info=True)

    def _message(self, subscription: Subscription) -> dict[str, Any] | None:
        """Return the next message of a link, None if there is nothing to say."""
        live = not self._session.closed
        rows = self.fold.changes(
            subscription.run, -1 if subscription.owed else subscription.revision
        )
        if live and self.fold.is_active(subscription.run) and not self._is_behind:
            rows.now_s = self._now_s()
        changed = self._has_news(subscription, rows) or live != subscription.live
        if not (subscription.owed or changed) and subscription.confirmed:
            return None
        subscription.seq += 1
        subscription.revision = self.fold.revision
        subscription.confirmed = not (subscription.owed or changed)
        subscription.live = live
        if not subscription.owed:
            return wire.changes(rows, subscription.seq, live=live)
        subscription.owed, subscription.heard = False, 0
        if self._controls is None or not live:
            return wire.snapshot(rows, subscription.seq, live=live)
        names, absent = self._controls.names(), self._controls.absent()
        return wire.snapshot(
            rows, subscription.seq, live=live, controls=names, absent=absent
        )

    def _send_late(self, subscription: Subscription) -> None:
        start, lines = self.late.since(subscription.run, subscription.heard)
        if lines:
            subscription.heard = start + len(lines)
            subscription.link.send(wire.late(start, lines))

    def _has_news(self, subscription: Subscription, rows: Rows) -> bool:
        since = subscription.revision
        tables = (getattr(rows, name) for name in wire.ROW_TYPES)
        return any(tables) or self.fold.run_changed(subscription.run, since)

    def _now_s(self) -> float:
        now_s = round(self._clock() - self._session.start_s, 6)
        return max(now_s, self.fold.now_s)

    def _forget_broken(self, subscriptions: list[Subscription]) -> None:
        for subscription in subscriptions:
            if subscription.link.broken:
                self.detach(subscription.link)

    def _next_s(self, listening: list[Subscription], *, goes_on: bool) -> float | None:
        if any(s.owed or not s.confirmed for s in listening):
            self._interval_s = self._shortest_s
            return self._shortest_s
        if not goes_on:
            return None
        self._interval_s = max(
            min(self._interval_s * 1.5, QUIET_INTERVAL_S), self._shortest_s
        )
        return self._interval_s
