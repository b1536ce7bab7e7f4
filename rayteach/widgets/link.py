"""A link carries the messages of docs/protocol.md to one view and back.

    view ── hello, resync, command, here ──► receive ──► receiver (the publisher)
    view ◄─ snapshot, changes, reply ── send ◄──── publisher's thread only

``receive`` runs in whatever thread the kernel handles the message: the main
one, or a subshell while a cell runs. It prints nothing and raises nothing.
"""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

    from ipywidgets import DOMWidget

_log = logging.getLogger(__name__)
_log.addHandler(logging.NullHandler())


class Receiver(Protocol):
    """Who answers what a view says; every method may be called in any thread."""

    def hello(self, link: Link) -> None:
        """Owe the link a snapshot."""
        ...

    def command(self, link: Link, message: dict[str, Any]) -> None:
        """Carry out a command and owe the link a reply."""
        ...


class Comm(Protocol):
    """The part of a comm that a link uses."""

    def send(self, data: Any) -> None:
        """Send a message to the front end."""
        ...

    def on_msg(self, callback: Callable[[dict[str, Any]], None]) -> None:
        """Call back for each message from the front end."""
        ...


class Link:
    """One view's line to the kernel."""

    def __init__(
        self,
        send: Callable[[dict[str, Any]], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Talk through ``send``; whoever hears the view calls :meth:`receive`."""
        self._send = send
        self._clock = clock
        self._receiver: Receiver | None = None
        self._early_hello = False
        #: monotonic seconds of the view's latest hello, None if none came yet
        self.last_hello_s: float | None = None
        #: monotonic seconds of its latest message of any kind
        self.last_heard_s: float | None = None
        #: sending failed: the front end is gone
        self.broken = False

    @classmethod
    def of_widget(cls, widget: DOMWidget) -> Link:
        """Return a link over a widget's custom messages."""
        free_clicks(widget.comm)
        link = cls(widget.send)
        widget.on_msg(lambda _widget, content, _buffers: link.receive(content))
        return link

    @classmethod
    def of_comm(cls, comm: Comm) -> Link:
        """Return a link over a plain comm, such as the panel's."""
        free_clicks(comm)
        link = cls(comm.send)
        comm.on_msg(lambda message: link.receive(_data(message)))
        return link

    def bind(self, receiver: Receiver) -> None:
        """Say who answers; a hello that came before is passed on."""
        self._receiver = receiver
        if self._early_hello:
            self._early_hello = False
            receiver.hello(self)

    def receive(self, message: object) -> None:
        """Take a message of the view; anything malformed is dropped."""
        try:
            self._dispatch(message)
        except Exception:  # noqa: BLE001 (a view must never break the kernel)
            _log.exception("a view's message was not understood")

    def _dispatch(self, message: object) -> None:
        if not isinstance(message, dict):
            return
        kind = message.get("type")
        self.last_heard_s = self._clock()
        if kind in ("hello", "resync"):
            if kind == "hello":
                self.last_hello_s = self._clock()
            if self._receiver is None:
                self._early_hello = True
            else:
                self._receiver.hello(self)
        elif kind == "command" and self._receiver is not None:
            self._receiver.command(self, message)

    def send(self, message: dict[str, Any]) -> None:
        """Send a message; a front end that is gone breaks the link, no more."""
        if self.broken:
            return
        try:
            self._send(message)
        except Exception:  # noqa: BLE001 (a view must never break a run)
            _log.debug("a view is gone", exc_info=True)
            self.broken = True


def free_clicks(comm: object) -> None:
    """Let clicks reach the kernel while a cell runs, whatever ipykernel it is.

    ipykernel 7.4 sends each message of a comm to the shell of the last message
    that was published on it: the main one, which is busy. Others lack the method.
    """
    if hasattr(comm, "_reply_subshell_for"):
        comm._reply_subshell_for = lambda _data, default: default  # noqa: SLF001


def _data(message: object) -> object:
    """Return what a comm message says."""
    content = message.get("content") if isinstance(message, dict) else None
    return content.get("data") if isinstance(content, dict) else None
