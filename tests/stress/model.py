"""What the test knows of each ID: its value, or what may stand in its place."""

from dataclasses import dataclass, field

import rayteach as ray

#: a hang is an error with a story; no test passes or fails by this number
GUARD_MS = 60_000
GUARD_S = GUARD_MS / 1000


@dataclass(eq=False)
class Held:
    """An ID (or a generator) with what is known of it."""

    one: object
    #: None: it has no value, one of the errors stands there
    value: object
    #: what it was made from; their errors may stand in its place
    sources: list = field(default_factory=list)
    #: errors that may stand in its place
    errors: set = field(default_factory=set)
    #: the actor that it is a call of
    box: object = None
    is_put: bool = False

    def may_raise(self):
        found = set(self.errors)
        for source in self.sources:
            found |= source.may_raise()
        return found

    def check(self):
        """Get it; it is right, or what may stand there stands there."""
        try:
            value = ray.get(self.one, timeout=GUARD_MS)
        except ray.GetTimeoutError:
            raise  # a hang
        except Exception as error:  # noqa: BLE001 (judged just below)
            allowed = self.may_raise()
            assert isinstance(error, tuple(allowed)), (self, error)
            return None
        assert self.value is not None, (self, value)
        if self.box is not None and isinstance(value, tuple):
            self.box.stepped(self, value)
        else:
            assert value == self.value, (self, value)
        return value


@dataclass(eq=False)
class Boxed:
    """An actor with what is known of it."""

    handle: object
    restarts: int
    task_retries: int
    sources: list
    errors: set = field(default_factory=set)
    #: its calls of ``step``, in order
    calls: list = field(default_factory=list)
    #: what each answered
    answers: dict = field(default_factory=dict)
    #: True once a call may have been left out, or its state lost
    is_odd: bool = False

    def may_raise(self):
        found = set(self.errors)
        for source in self.sources:
            found |= source.may_raise()
        return found

    def struck(self):
        """Its process has been killed, maybe in the middle of a call."""
        self.is_odd = True
        if not self.restarts:
            self.errors.add(ray.ActorDiedError)
        elif not self.task_retries:
            self.errors.add(ray.ActorUnavailableError)

    def stepped(self, held, answer):
        tag, steps = answer
        assert tag == held.value[0], (held, answer)
        self.answers[tag] = steps
        if not self.is_odd and not held.may_raise():
            assert steps <= 1 + self.calls.index(tag), (held, answer)
        if not self.restarts:
            known = [self.answers[tag] for tag in self.calls if tag in self.answers]
            assert known == sorted(set(known)), (held, known)
