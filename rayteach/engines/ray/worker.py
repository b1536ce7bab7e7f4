"""Inside Ray's workers: run the learner's function, tell what happened.

Everything here is imported by name in the worker, when the first wrapper arrives.
"""

from __future__ import annotations

import inspect
import os
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

import psutil
import ray

from rayteach.engines.base import Context
from rayteach.engines.ray import recorder as recorders
from rayteach.engines.ray.failing import Again, Raised, wrapped
from rayteach.engines.ray.reports import Reports
from rayteach.engines.ray.spec import Ended, Spec, clock, size_of
from rayteach.errors import ActorExit
from rayteach.object_id import set_client
from rayteach.runtime.streaming import NotAGenerator

if TYPE_CHECKING:
    from collections.abc import Callable

    from rayteach.engines.ray.printing import WorkerOutput


class Call:
    """A task or call that runs here."""

    __slots__ = ("counts", "spec", "start_s")

    def __init__(self, spec: Spec) -> None:
        """Begin now."""
        self.spec = spec
        self.start_s = clock()
        #: submissions so far, by name, for labels
        self.counts: dict[str, int] = {}


current: ContextVar[Call | None] = ContextVar("rayteach_ray_call", default=None)


class Process:
    """What a worker process keeps from task to task."""

    def __init__(self, spec: Spec) -> None:
        """Say hello to the session's recorder."""
        from rayteach.engines.ray.nested import NestedClient  # noqa: PLC0415 (a cycle)
        from rayteach.engines.ray.printing import WorkerOutput  # noqa: PLC0415 (as well)

        self.pid = os.getpid()
        #: the name that the actor of this process was given
        self.actor_name = ""
        self.session = spec.session
        self.recorder = ray.get_actor(spec.session, recorders.NAMESPACE)
        welcome = ray.get(self.recorder.welcome.remote())
        self.number, self.directory, namespace = welcome
        self.offset_s = recorders.offset_to(self.recorder)
        self.reports = Reports(self.recorder, self.number)
        #: the calls that run now, the latest last
        self.running: dict[int, Call] = {}
        context = ray.get_runtime_context()
        born_s = clock() - (time.time() - psutil.Process().create_time())
        facts = (self.pid, context.get_node_id(), recorders.boot_id(), self.offset_s)
        self.reports.add("hello", self.now(), self.number, born_s, spec.actor, facts)
        self.output: WorkerOutput = WorkerOutput(self)
        self.client = NestedClient(self, spec, namespace)
        set_client(self.client)

    def now(self) -> float:
        """Return this machine's clock; the driver knows the offset."""
        return clock()

    @property
    def call(self) -> Call | None:
        """The call that the running code belongs to: a thread's is the only one."""
        found = current.get()
        if found is None and len(self.running) == 1:
            found = next(iter(self.running.values()), None)
        return found


class _Here:
    process: Process | None = None


def process_of(spec: Spec) -> Process:
    """Return this process's state, made with its first task."""
    here = _Here.process
    if here is None or here.session != spec.session or here.pid != os.getpid():
        here = _Here.process = Process(spec)
    return here


@contextmanager
def _during(spec: Spec) -> Generator[tuple[Process, Call], None, None]:
    """A call runs inside: its end is told, and its error travels wrapped."""
    here = process_of(spec)
    if spec.number == spec.actor:
        here.actor_name = spec.actor_name
    call = Call(spec)
    token = current.set(call)
    here.running[spec.number] = call
    here.reports.begun(spec.number, call.start_s)
    try:
        yield here, call
    except ActorExit:
        _tell(here, call, "ended", error="ActorDiedError", message="exit_actor")
        here.output.end_task()
        here.reports.flush_now()
        raise
    except KeyboardInterrupt:
        _tell(here, call, "cancelled")
        raise
    except SystemExit as error:
        here.output.end_task()
        here.reports.add("leaves", clock(), here.number, _code(error))
        here.reports.flush_now()
        raise
    except GeneratorExit:
        _tell(here, call, "cancelled")
        raise
    except BaseException as error:  # noqa: BLE001 (all of it is the answer)
        raise _wrapped(here, call, error) from None
    finally:
        here.output.end_task()
        here.running.pop(spec.number, None)
        current.reset(token)


def _wrapped(here: Process, call: Call, error: BaseException) -> BaseException:
    """Tell of the error; return what travels. A coroutine's cancellation is its own."""
    import asyncio  # noqa: PLC0415 (only with an error)

    spec = call.spec
    if isinstance(error, asyncio.CancelledError):
        _tell(here, call, "cancelled")
        return error
    found = error
    if not isinstance(error, Raised):
        found = wrapped(error, spec.label, spec.place, spec.retry)
    remote = found.remote  # type: ignore[attr-defined]
    _tell(
        here, call, "ended", error=remote.type_name, message=remote.message,
        line=remote.frames[-1].line if remote.frames else 0,
        is_retried=isinstance(found, Again),
    )  # fmt: skip
    return found


def _tell(here: Process, call: Call, name: str, **how: Any) -> None:
    spec = call.spec
    now_s = clock()
    ended = Ended(spec.number, here.number, call.start_s, now_s, **how)
    here.reports.over(spec.number, name, now_s, ended)


def _code(error: SystemExit) -> int:
    return error.code if isinstance(error.code, int) else int(error.code is not None)


def perform(
    spec: Spec, load: Callable[[], Any], args: Any, kwargs: dict[str, Any]
) -> Any:
    """Run a task or call to its end; return its value."""
    with _during(spec) as (here, call):
        value = load()(*args, **kwargs)
        value, sizes = checked(spec, value)
        _tell(here, call, "ended", sizes=sizes)
        return value


async def perform_async(
    spec: Spec, load: Callable[[], Any], args: Any, kwargs: dict[str, Any]
) -> Any:
    """Run a call of an async actor; plain methods hold up the loop, as in Ray."""
    with _during(spec) as (here, call):
        value = load()(*args, **kwargs)
        if inspect.isawaitable(value):
            value = await value
        value, sizes = checked(spec, value)
        _tell(here, call, "ended", sizes=sizes)
        return value


def stream(
    spec: Spec, load: Callable[[], Any], args: Any, kwargs: dict[str, Any]
) -> Iterator[Any]:
    """Run a generator task; Ray takes item after item."""
    with _during(spec) as (here, call):
        found = load()(*args, **kwargs)
        if not isinstance(found, Iterator):
            raise NotAGenerator(_complaint(spec, found))
        for index, value in enumerate(found, 1):
            here.reports.add("yielded", clock(), spec.number, index, size_of(value))
            yield value
        _tell(here, call, "ended", sizes=(0,))


async def stream_async(
    spec: Spec, load: Callable[[], Any], args: Any, kwargs: dict[str, Any]
) -> Any:
    """Run a generator method of an async actor."""
    with _during(spec) as (here, call):
        found = load()(*args, **kwargs)
        count = 0
        if inspect.isasyncgen(found):
            async for value in found:
                count += 1
                here.reports.add("yielded", clock(), spec.number, count, size_of(value))
                yield value
        else:
            for index, value in enumerate(found, 1):
                here.reports.add("yielded", clock(), spec.number, index, size_of(value))
                yield value
        _tell(here, call, "ended", sizes=(0,))


def _complaint(spec: Spec, found: Any) -> str:
    return (
        f'num_returns="{spec.stream}", but {spec.name} returned '
        f"{type(found).__name__}, no generator: yield the items one by one, or leave "
        "the option out"
    )


def checked(spec: Spec, value: Any) -> tuple[Any, tuple[int, ...]]:
    """Return the value as Ray takes it, with the size of each result.

    Raises:
        TypeError: it is not what ``num_returns`` says, or it does not pickle.
        ValueError: there are more or fewer results.
    """
    returns = spec.num_returns
    if returns == 1:
        return value, (size_of(value),)
    if returns == 0:
        return None, ()
    if isinstance(value, Generator):
        value = tuple(value)
    if not isinstance(value, (tuple, list)):
        msg = f"num_returns={returns}, but the task returned {type(value).__name__}"
        raise TypeError(msg)
    if len(value) != returns:
        msg = f"num_returns={returns}, but the task returned {len(value)} values"
        raise ValueError(msg)
    return tuple(value), tuple(size_of(one) for one in value)


def context(process: Process) -> Context:
    """Say what runs here."""
    call = process.call
    spec = call.spec if call is not None else None
    node = process.client.node_name
    if spec is None:
        return Context(process.session, process.number, node=node)
    return Context(
        process.session, process.number, spec.number, spec.actor, spec.name,
        process.actor_name, node, process.client.namespace,
    )  # fmt: skip


def in_actor() -> bool:
    """Tell whether this process is an actor's."""
    process = _Here.process
    call = process.call if process is not None else None
    return call is not None and bool(call.spec.actor)
