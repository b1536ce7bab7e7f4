"""What the driver and a task do alike: submit to Ray, and wait for it."""

from __future__ import annotations

import weakref
from abc import abstractmethod
from typing import TYPE_CHECKING, Any, NamedTuple

import ray

from rayteach.core.task import CALL, CREATION, TASK
from rayteach.engines.base import STREAMING, Function, TaskOptions
from rayteach.engines.functions import number_of
from rayteach.engines.ray import actors
from rayteach.engines.ray.ids import RayActorID, RayID, RayStream
from rayteach.engines.ray.nodes import shown
from rayteach.engines.ray.shipping import Shop
from rayteach.engines.ray.spec import Spec, Submission, clock, pack_call, size_of
from rayteach.engines.ray.streams import RayItems
from rayteach.engines.ray.waiting import RayWaiting
from rayteach.errors import RayteachError
from rayteach.object_id import ObjectID

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from rayteach.engines.base import ActorOptions
    from rayteach.object_id import ActorID

Key = tuple[int, int]


class Here(NamedTuple):
    """Where a submission is made."""

    parent: int | None
    run: int
    #: label of the cell that the run belongs to
    cell: str
    #: "outer-1/" in a task
    prefix: str
    #: submissions so far, by name
    counts: dict[str, int]

    def number(self, name: str) -> int:
        """Return the next running number of a name."""
        count = self.counts[name] = self.counts.get(name, 0) + 1
        return count

    def place(self, line: int) -> str:
        """Return what people are told, e.g. ``cell [7], line 4``."""
        parts = [f"cell {self.cell}"] if self.cell else []
        if line:
            parts.append(f"line {line}")
        return ", ".join(parts)


class RayClient(RayWaiting):
    """Most of ``engines.base.Engine``; ``book`` takes what is to be told."""

    def __init__(
        self, session_hex: str, namespace: str, numbers: Iterator[int], book: Any
    ) -> None:
        """Number submissions by ``numbers``."""
        self.session_hex = session_hex
        self.namespace = namespace
        self.book = book
        self.shop = Shop(self._defined)
        self.numbers = numbers
        self.items = RayItems(self)
        self._known: weakref.WeakValueDictionary[Key, ObjectID] = (
            weakref.WeakValueDictionary()
        )
        #: what stands for each method that has been called
        self._methods: dict[str, Function] = {}
        #: actors whose handle has left this process
        self.exported: set[int] = set()
        #: noted when an actor's last handle here is gone
        self.notes: Any = []

    @abstractmethod
    def here(self) -> Here:
        """Say where a submission is made now."""

    @abstractmethod
    def submitted(self, time_s: float, entry: Submission, ids: Sequence[Any]) -> None:
        """Tell of a submission; ``ids`` are those of its results."""

    def _defined(self, function: Function) -> None:
        self.book.defined(
            clock(), function.number, function.name, function.where, function.line
        )

    # Submitting.

    def register(self, target: Callable[..., Any], name: str) -> Function:
        """Make a function or class shippable."""
        return self.shop.register(target, name)

    def submit(
        self,
        function: Function,
        args: Sequence[Any],
        kwargs: dict[str, Any],
        options: TaskOptions,
        line: int,
    ) -> list[ObjectID]:
        """Submit a task."""
        name = options.name or function.name
        remote = self.shop.remote(function, options)
        retry, retries = options.retry_exceptions, options.max_retries
        return self._enter(
            remote, (), args, kwargs, options, line, kind=TASK, name=name,
            function=function.number, retry=retry, retries=retries,
        )  # fmt: skip

    def call(
        self,
        actor: Any,
        method: str,
        args: Sequence[Any],
        kwargs: dict[str, Any],
        options: TaskOptions,
        line: int,
    ) -> list[ObjectID]:
        """Submit a call of an actor's method."""
        self.check((actor,))
        function = self.method(actor, method)
        remote = actors.method_of(actor.handle, options)
        label = str(actor.label_source)
        return self._enter(
            remote, (method,), args, kwargs, options, line, kind=CALL,
            name=f"{label}.{method}", function=function.number, actor=actor.task,
            method=function.name,
        )  # fmt: skip

    def method(self, actor: ObjectID, method: str) -> Function:
        """Return the function that stands for a method in the log."""
        class_name = str(actor.label_source).rpartition("/")[2].rpartition("-")[0]
        name = f"{class_name}.{method}"
        found = self._methods.get(name)
        if found is None:
            number = number_of(name, b"", b"")
            found = self._methods[name] = Function(number, name, 0, "", 0)
            self.shop.know(found)
        return found

    def _enter(
        self,
        remote: Any,
        head: tuple[Any, ...],
        args: Sequence[Any],
        kwargs: dict[str, Any],
        options: TaskOptions,
        line: int,
        *,
        kind: str,
        name: str,
        function: int,
        actor: int = 0,
        method: str = "",
        retry: bool | tuple[str, ...] = False,
        retries: int = 0,
    ) -> list[ObjectID]:
        args, kwargs, inputs = self.unwrapped(args, kwargs)
        here = self.here()
        counted = name if kind == TASK else f"{actor}.{name}"
        count, number, now_s = here.number(counted), next(self.numbers), clock()
        label = f"{here.prefix}{name}-{count}"
        spec = Spec(
            self.session_hex, number, label, here.place(line), here.run, here.cell,
            options.num_returns, options.stream, retry, options.name or method or name,
            "", actor,
        )  # fmt: skip
        try:
            packed, args, kwargs = pack_call(
                spec, "".join(head), args, kwargs, has_inputs=bool(inputs)
            )
            made = remote.remote(packed, *args, **kwargs)
        except BaseException:
            here.counts[counted] -= 1  # it was never submitted
            raise
        ids, own = self._ids(number, label, made, options)
        entry = Submission(
            number, function, count, here.run, line, here.parent, inputs, actor or None,
            kind, options.num_returns, options.num_cpus if kind == TASK else 0.0,
            options.name, label, retries, options.is_plain,
        )  # fmt: skip
        self.submitted(now_s, entry, own)
        return ids

    def _ids(
        self, number: int, label: str, made: Any, options: TaskOptions
    ) -> tuple[list[ObjectID], list[ObjectID]]:
        """Return what ``.remote()`` gives out, and the task's own results."""
        known = self._known
        if options.stream == STREAMING:
            done = RayID(number, 0, label, made.completed())
            stream = RayStream(number, label, made)
            return [stream, done], [done]
        refs = made if isinstance(made, list) else [made] if made is not None else []
        ids: list[ObjectID] = []
        for index, ref in enumerate(refs):
            one = known[number, index] = RayID(number, index, label, ref)
            ids.append(one)
        return ids, ids

    def create_actor(
        self,
        function: Function,
        args: Sequence[Any],
        kwargs: dict[str, Any],
        options: ActorOptions,
        line: int,
        meta: Any,
    ) -> tuple[ActorID, Any]:
        """Create an actor."""
        args, kwargs, inputs = self.unwrapped(args, kwargs)
        here, name = self.here(), function.name
        count, number, now_s = here.number(name), next(self.numbers), clock()
        label = f"{here.prefix}{name}-{count}"
        spec = Spec(
            self.session_hex, number, label, here.place(line), here.run, here.cell,
            name=name, actor_name=options.name, actor=number,
        )  # fmt: skip
        shipped = self.shop.shipped(function)
        try:
            handle, known = actors.create(
                self, spec, shipped, args, kwargs, options, meta
            )
        except BaseException:
            here.counts[name] -= 1
            raise
        if known is not None:
            here.counts[name] -= 1
            return self.arrive_actor(known[0], known[1], handle), known[2]
        ref = RayActorID(number, label, self.notes, handle)
        self._known[number, 0] = ref
        entry = Submission(
            number, function.number, count, here.run, line, here.parent, inputs,
            number, CREATION, 1, options.num_cpus or 0.0, options.name, label,
            options.max_restarts, is_plain=False,
            life=(options.max_restarts, options.slots, options.is_detached),
        )  # fmt: skip
        self.submitted(now_s, entry, [ref])
        return ref, meta

    def put(self, value: Any, line: int) -> ObjectID:
        """Store a value."""
        if isinstance(value, ObjectID):
            msg = "put() of an ObjectID: it names a stored value already"
            raise TypeError(msg)
        self.check(())
        size, ref = size_of(value), ray.put(value)
        here = self.here()
        count, number = here.number("put"), next(self.numbers)
        label = f"{here.prefix}put-{count}"
        one = RayID(number, 0, label, ref)
        self._known[number, 0] = one
        node = self.node
        self.book.was_put(
            clock(), number, count, here.run, line, here.parent, size, node
        )
        return one

    def unwrapped(
        self, args: Sequence[Any], kwargs: dict[str, Any]
    ) -> tuple[Sequence[Any], dict[str, Any], tuple[Key, ...]]:
        """Put Ray's references in the place of top-level IDs; return their keys."""
        found = [one for one in (*args, *kwargs.values()) if isinstance(one, ObjectID)]
        if not found:
            return args, kwargs, ()
        self.check(found)
        args = [getattr(one, "ref", one) for one in args]
        kwargs = {name: getattr(one, "ref", one) for name, one in kwargs.items()}
        return args, kwargs, tuple((one.task, one.index) for one in found)

    @property
    @abstractmethod
    def node(self) -> str:
        """Name of the node that this process is on, "" if not known yet."""

    # IDs that arrive.

    def arrive(self, task: int, index: int, label: str, ref: Any) -> ObjectID:
        """Return this process's ID of what came out of a pickle."""
        known = self._known.get((task, index))
        if known is None:
            known = self._known[task, index] = RayID(task, index, label, ref)
        return known

    def arrive_actor(self, task: int, label: str, handle: Any) -> Any:
        """Return this process's identity of an actor."""
        known = self._known.get((task, 0))
        if known is None:
            known = RayActorID(task, label, self.notes, handle)
            self._known[task, 0] = known
        return known

    def adopt(self, task: int, index: int, label: str) -> ObjectID:
        """Return the ID of a key that came out of code: its reference came along."""
        one = self._known.get((task, index))
        if one is None:
            msg = f"ObjectID({label}) is not known here: its last reference is gone"
            raise RayteachError(msg)
        return one

    # Ending.

    def cancel(self, object_id: Any, *, force: bool, recursive: bool) -> None:
        """Cancel the task or call that makes the value; a finished one is left."""
        self.check((object_id,))
        self.book.was_cancelled(clock(), object_id.task)
        self.let_submissions_pass()
        try:
            ray.cancel(object_id.ref, force=force, recursive=recursive)
        except ValueError as error:
            msg = (
                "cancel(force=True) is for tasks: an actor's call shares its process; "
                "kill(handle) ends the actor"
            )
            raise ValueError(msg) from error

    def let_submissions_pass(self) -> None:
        """Return when Ray has looked at all that was submitted so far.

        Ray 2.60 ends this very process if a task is cancelled before its inputs were
        looked at (the check ``submitted_task_ref_count > 0``). Its thread for that
        takes things in order: when a later call is answered, it has passed.
        """
        ray.get(self.recorder.now.remote())

    def kill(self, actor: Any, *, no_restart: bool = True) -> None:
        """End an actor at once."""
        self.check((actor,))
        if no_restart:
            self.book.was_killed(clock(), actor.task)
        ray.kill(actor.handle, no_restart=no_restart)

    def get_actor(self, name: str, namespace: str = "") -> tuple[ActorID, Any]:
        """Return the living actor of that name."""
        return actors.find(self, name, namespace)

    def named_actors(self, namespace: str | None = "") -> list[tuple[str, str]]:
        """Return (namespace, name) of living actors; of all namespaces for None."""
        return actors.listed(self, namespace)

    @property
    @abstractmethod
    def recorder(self) -> Any:
        """The session's recorder."""

    @abstractmethod
    def nodes(self) -> list[dict[str, Any]]:
        """Describe the nodes."""

    def available(self) -> dict[str, float]:
        """Return what is not in use."""
        return {"CPU": 0.0, **shown(ray.available_resources())}
