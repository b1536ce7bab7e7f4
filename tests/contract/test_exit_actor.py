"""``exit_actor()``: an actor ends itself."""

import pytest


@pytest.fixture
def leaver(ray):
    """Return an actor class whose instances can leave."""

    @ray.remote
    class Leaver:
        def leave(self):
            try:
                ray.exit_actor()
            except Exception as error:  # noqa: BLE001 (it must not be one)
                return repr(error)

        def stay(self):
            return "here"

    return Leaver


def died(ray, object_id, match=r"Leaver-\d+ ended itself with exit_actor\(\) in"):
    with pytest.raises(ray.ActorDiedError, match=match):
        ray.get(object_id)


def test_the_call_and_later_ones_say_why(ray, leaver):
    actor = leaver.remote()
    before, leaves, queued = actor.stay.remote(), actor.leave.remote(), None
    queued = actor.stay.remote()
    assert ray.get(before) == "here"
    died(ray, leaves)
    died(ray, queued)
    died(ray, actor.stay.remote())
    assert ray.available_resources() == {"CPU": 2.0}


def test_the_log_tells_the_reason(ray, leaver):
    from rayteach.api import session  # noqa: PLC0415 (once there is one)
    from rayteach.core.events import ActorExited  # noqa: PLC0415 (as above)

    actor = leaver.remote()
    died(ray, actor.leave.remote())
    exits = [e for e in session.current().log.events() if isinstance(e, ActorExited)]
    assert [e.reason for e in exits if e.actor == actor.actor_id.task] == ["exit_actor"]


def test_what_it_did_before_is_kept(ray):
    @ray.remote
    class Giver:
        def give(self, box):
            ray.get(box.keep.remote(ray.put("kept")))
            ray.exit_actor()

    @ray.remote
    class Box:
        def keep(self, value):
            self.value = value

        def take(self):
            return self.value

    box = Box.remote()
    died(ray, Giver.remote().give.remote(box), match="exit_actor")
    assert ray.get(box.take.remote()) == "kept"


def test_its_name_is_free_again(ray, leaver):
    first = leaver.options(name="one").remote()
    died(ray, first.leave.remote())
    assert ray.get(leaver.options(name="one").remote().stay.remote()) == "here"


def test_a_constructor_may_leave(ray):
    @ray.remote
    class Unwilling:
        def __init__(self):
            ray.exit_actor()

        def stay(self):
            return "here"

    died(ray, Unwilling.remote().stay.remote(), match="exit_actor")


def test_outside_an_actor_it_is_an_error(ray):
    with pytest.raises(TypeError, match="inside an actor's method"):
        ray.exit_actor()

    @ray.remote
    def leave():
        ray.exit_actor()

    with pytest.raises(TypeError, match="inside an actor's method"):
        ray.get(leave.remote())
