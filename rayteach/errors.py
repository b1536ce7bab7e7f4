"""Every error of rayteach, under one root.

Names and parents are Ray's, so that an ``except`` clause carries over; the
package :mod:`rayteach.compat.ray` adds Ray's own spellings. Each message says
what happened and what to do next. All of them pickle.

Source: Ray 2.60 ``ray.exceptions``; differs: the root is ``RayteachError``.
"""

from __future__ import annotations

from rayteach.record import Record


class RayteachError(Exception):
    """Root of every error that rayteach raises of its own accord."""


class Frame(Record):
    """One frame of a traceback in a worker, resolved to source in the driver."""

    #: file name as the code object gives it (a cell's name for notebook code)
    filename: str
    #: line number, from 1
    line: int
    #: function name
    name: str
    #: source text of the line, where the worker could read it
    source: str = ""

    @property
    def place(self) -> str:
        """The file's name; a notebook cell's code lies in no file of the learner's."""
        name = self.filename.replace("\\", "/").rpartition("/")[2]
        return "its cell" if "ipykernel_" in self.filename or "<" in name else name


class RemoteCause(Record):
    """What a worker reports about an exception; enough to show it anywhere."""

    #: class name of the exception, e.g. ``ValueError``
    type_name: str
    #: ``str(exception)``
    message: str
    #: the learner's frames, outermost first
    frames: tuple[Frame, ...] = ()
    #: label of the task that raised, e.g. ``f-3``
    task_label: str = ""
    #: where it was submitted, e.g. ``cell [7], line 4``
    submitted_at: str = ""
    #: the whole traceback, our frames included
    full_text: str = ""


class TaskError(RayteachError):
    """A task raised. ``get`` raises this *and* the original type at once.

    Attributes:
        cause: the original exception object, or ``None`` if it did not pickle.
        remote: where and how it was raised.
    """

    def __init__(
        self, remote: RemoteCause | None = None, cause: BaseException | None = None
    ) -> None:
        """Keep the cause; the text names the task, the error and its line."""
        self.remote = remote or RemoteCause("Exception", "")
        self.cause = cause
        Exception.__init__(self, self._text())

    def _text(self) -> str:
        remote = self.remote
        who = remote.task_label or "a task"
        text = f"{who} raised {remote.type_name}: {remote.message}"
        if remote.frames:
            last = remote.frames[-1]
            text += f" (line {last.line} of {last.place})"
        return text

    def __str__(self) -> str:
        """Return the text, whatever the original type's ``__str__`` does."""
        return self._text()

    def __reduce__(self) -> tuple[object, ...]:
        """Rebuild through :func:`task_error`: the dual class has no module."""
        return task_error, (self.remote, self.cause)

    def _render_traceback_(self) -> list[str]:
        """Show IPython the learner's frames and none of ours."""
        return self.render()

    def render(self) -> list[str]:
        """Return the traceback as lines: remote frames, then the error."""
        remote = self.remote
        lines = [f"{remote.type_name} in {remote.task_label or 'a task'}"]
        if remote.submitted_at:
            lines[0] += f", submitted at {remote.submitted_at}"
        for frame in remote.frames:
            lines.append(f"  {frame.filename}, line {frame.line}, in {frame.name}")
            if frame.source:
                lines.append(f"    {frame.source.strip()}")
        lines.append(f"{remote.type_name}: {remote.message}")
        return lines


def task_error(remote: RemoteCause, cause: BaseException | None) -> TaskError:
    """Return a :class:`TaskError` that is also of the type of ``cause``."""
    if cause is None or isinstance(cause, TaskError):
        return TaskError(remote, cause)
    original = type(cause)
    try:
        dual = type(f"TaskError({original.__name__})", (TaskError, original), {})
        error: TaskError = dual(remote, cause)
    except TypeError:  # a layout conflict, or a class that forbids subclasses
        return TaskError(remote, cause)
    error.__dict__.update(
        {k: v for k, v in vars(cause).items() if k not in ("remote", "cause")}
    )
    return error


class TaskCancelledError(RayteachError):
    """The task was cancelled before it finished."""


class WorkerCrashedError(RayteachError):
    """The worker process died and no retry is left."""


class ActorError(RayteachError):
    """An actor could not run the call."""


class ActorDiedError(ActorError):
    """The actor is dead; the text says of what."""


class ActorExit(SystemExit):
    """``exit_actor()`` unwinds the actor's method with it; nobody else sees it."""

    #: number of the call that left, 0 if it is the one that raises
    task = 0


class ActorUnavailableError(ActorError):
    """The actor is restarting; the call may or may not have run."""


class GetTimeoutError(RayteachError, TimeoutError):
    """``get`` reached its timeout before all IDs were ready."""


class ActorAlreadyExistsError(RayteachError, ValueError):
    """The name belongs to a living actor."""


class ActorHandleNotFoundError(RayteachError):
    """The handle belongs to a session that has been shut down."""


class ObjectLostError(RayteachError):
    """The object's only copy is gone and it cannot be made again."""


class ObjectReconstructionFailedError(ObjectLostError):
    """Making the object again from its lineage failed."""


class OwnerDiedError(ObjectLostError):
    """The process that owned the object is gone."""


class ObjectStoreFullError(RayteachError):
    """The object store has no room; the text names the largest holders."""


class OutOfDiskError(RayteachError):
    """The disk that holds spilled objects is full."""


class OutOfMemoryError(RayteachError):
    """A worker was ended because the machine ran out of memory."""


class TaskUnschedulableError(RayteachError):
    """No node can ever offer what the task asks for."""


class ActorUnschedulableError(RayteachError):
    """No node can ever offer what the actor asks for."""


class NoSuchNodeError(RayteachError, ValueError):
    """An option names a node that there is not."""


class UnserializableException(RayteachError):  # noqa: N818 (Ray's name)
    """An exception that does not pickle; carries its text."""


class RunFileError(RayteachError):
    """A file holds no run that can be read here; the text says what to do."""


class InvalidTransition(RayteachError):  # noqa: N818 (a bug of ours, not an error of yours)
    """The scheduler was asked for an impossible change of state.

    Attributes:
        story: the task's history up to that point, oldest first.
    """

    def __init__(self, what: str, start: str, end: str, story: tuple[str, ...]) -> None:
        """Keep all four; the text shows the story line by line."""
        self.what, self.start, self.end, self.story = what, start, end, story
        history = "".join(f"\n  {line}" for line in story)
        super().__init__(f"{what}: {start} -> {end} is impossible. History:{history}")

    def __reduce__(self) -> tuple[object, ...]:
        """Rebuild from the four parts."""
        return type(self), (self.what, self.start, self.end, self.story)
