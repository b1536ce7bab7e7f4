"""Actors whose creation cannot run: nobody waits for them for ever."""

import pytest


def failed_actor(ray, **options):
    @ray.remote
    def fail():
        raise ValueError("no input")

    @ray.remote
    class Actor:
        def __init__(self, value):
            self.value = value

        def call(self):
            return self.value

    return Actor.options(**options).remote(fail.remote())


def test_a_call_of_an_actor_whose_input_failed_raises_that_failure(ray):
    actor = failed_actor(ray)
    with pytest.raises(ray.RayteachError, match="no input"):
        ray.get(actor.call.remote())


def test_a_later_call_of_such_an_actor_says_that_it_never_lived(ray):
    actor = failed_actor(ray)
    with pytest.raises(ray.RayteachError):
        ray.get(actor.call.remote())
    with pytest.raises(ray.ActorDiedError, match="never came to life"):
        ray.get(actor.call.remote())


def test_the_name_of_such_an_actor_is_free_again(ray):
    actor = failed_actor(ray, name="taken")
    with pytest.raises(ray.RayteachError):
        ray.get(actor.call.remote())
    with pytest.raises(ValueError, match="no living actor"):
        ray.get_actor("taken")
