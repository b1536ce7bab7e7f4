"""Actors whose process dies: restarts, and what becomes of their calls."""

import os
import signal

import pytest


@pytest.fixture
def mortal_class(ray, bell, gate, tally):
    @ray.remote
    class Mortal:
        def __init__(self):
            self.life = tally.add()
            self.count = 0

        def add(self):
            self.count += 1
            return self.life, self.count

        def pid(self):
            return os.getpid()

        def die(self):
            os._exit(3)

        def die_once(self):
            if self.life == 1:
                os._exit(3)
            return self.life

        def wait(self):
            bell.ring()
            gate.pass_()
            return self.life

        @ray.method(max_task_retries=2)
        def stubborn(self):
            bell.ring()
            gate.pass_()
            return self.life

    return Mortal


def kill_process(ray, actor):
    os.kill(ray.get(actor.pid.remote()), signal.SIGKILL)


def first_answer(ray, actor):
    """Return the first answer after a restart, refusals until then left out."""
    while True:
        try:
            return ray.get(actor.add.remote())
        except ray.ActorUnavailableError:
            continue


def restarts_of(actor):
    from rayteach.api import session  # noqa: PLC0415 (one of them is open)
    from rayteach.core.events import ActorRestarting  # noqa: PLC0415 (as above)

    found = session.current().log.events()
    number = actor.actor_id.task
    return [e for e in found if isinstance(e, ActorRestarting) and e.actor == number]


def test_an_actor_restarts_with_fresh_state_under_the_same_handle(ray, mortal_class):
    actor = mortal_class.options(max_restarts=1).remote()
    assert ray.get([actor.add.remote(), actor.add.remote()]) == [(1, 1), (1, 2)]
    kill_process(ray, actor)
    assert first_answer(ray, actor) == (2, 1)


def test_when_its_restarts_are_spent_its_calls_say_that_it_died(ray, mortal_class):
    actor = mortal_class.options(max_restarts=2).remote()
    for _ in range(3):
        first_answer(ray, actor)
        kill_process(ray, actor)
    with pytest.raises(ray.ActorDiedError, match="SIGKILL"):
        while True:
            first_answer(ray, actor)
    assert len(restarts_of(actor)) == 2


def test_minus_one_restarts_as_often_as_it_dies(ray, mortal_class):
    actor = mortal_class.options(max_restarts=-1).remote()
    for life in range(1, 6):
        assert first_answer(ray, actor) == (life, 1)
        kill_process(ray, actor)
    assert first_answer(ray, actor) == (6, 1)


def test_without_max_restarts_a_death_is_the_end(ray, mortal_class):
    actor = mortal_class.remote()
    with pytest.raises(ray.ActorDiedError, match="exited with code 3"):
        ray.get(actor.die.remote())


def test_calls_without_retries_are_unavailable_when_the_process_dies(
    ray, mortal_class, bell
):
    actor = mortal_class.options(max_restarts=1).remote()
    running, queued = actor.wait.remote(), actor.add.remote()
    [pid] = bell.hear()
    os.kill(int(pid), signal.SIGKILL)
    with pytest.raises(ray.ActorUnavailableError, match="may have run in part"):
        ray.get(running)
    with pytest.raises(ray.ActorUnavailableError, match="has not run"):
        ray.get(queued)
    assert first_answer(ray, actor) == (2, 1)


def test_calls_with_retries_run_again_in_their_order(ray, mortal_class, bell, gate):
    actor = mortal_class.options(max_restarts=1, max_task_retries=1).remote()
    calls = [actor.wait.remote(), actor.add.remote(), actor.add.remote()]
    [pid] = bell.hear()
    os.kill(int(pid), signal.SIGKILL)
    bell.hear()
    gate.let()
    assert ray.get(calls) == [2, (2, 1), (2, 2)]


def test_a_method_has_retries_of_its_own(ray, mortal_class, bell, gate):
    actor = mortal_class.options(max_restarts=1).remote()
    one = actor.stubborn.remote()
    [pid] = bell.hear()
    os.kill(int(pid), signal.SIGKILL)
    bell.hear()
    gate.let()
    assert ray.get(one) == 2


def test_a_call_has_retries_of_its_own(ray, mortal_class):
    actor = mortal_class.options(max_restarts=1).remote()
    assert ray.get(actor.die_once.options(max_task_retries=1).remote()) == 2


def test_a_call_whose_retries_are_spent_fails_and_the_actor_goes_on(ray, mortal_class):
    actor = mortal_class.options(max_restarts=-1, max_task_retries=1).remote()
    deadly = actor.die.remote()
    with pytest.raises(ray.ActorUnavailableError):
        ray.get(deadly)
    assert ray.get(actor.add.remote()) == (3, 1)


def test_a_task_keeps_the_handle_through_a_restart(ray, mortal_class):
    actor = mortal_class.options(max_restarts=1, max_task_retries=1).remote()

    @ray.remote
    def use(handle):
        return ray.get(handle.add.remote())

    assert ray.get(use.remote(actor)) == (1, 1)
    kill_process(ray, actor)
    assert ray.get(use.remote(actor)) == (2, 1)


def test_the_constructors_arguments_are_there_again(ray, tally):
    @ray.remote(max_restarts=1, max_task_retries=1)
    class Holder:
        def __init__(self, big, small, inside):
            self.all = (len(big), small, ray.get(inside[0]))

        def tell(self):
            if tally.add() == 1:
                os._exit(1)
            return self.all

    holder = Holder.remote(bytes(300_000), ray.put("small"), [ray.put("inside")])
    assert ray.get(holder.tell.remote()) == (300_000, "small", "inside")


def test_a_constructor_that_raises_at_a_restart_is_the_end(ray, tally):
    @ray.remote(max_restarts=5, max_task_retries=-1)
    class Once:
        def __init__(self):
            if tally.add() > 1:
                raise ValueError("only once")

        def die(self):
            os._exit(1)

    with pytest.raises(ray.ActorDiedError, match="only once"):
        ray.get(Once.remote().die.remote())
    assert tally.count == 2


def test_a_constructor_that_ends_its_process_is_tried_as_often_as_allowed(ray, tally):
    @ray.remote(max_restarts=2)
    class Never:
        def __init__(self):
            tally.add()
            os._exit(7)

        def call(self):
            return 1

    with pytest.raises(ray.ActorDiedError, match="exited with code 7"):
        ray.get(Never.remote().call.remote())
    assert tally.count == 3


def test_a_first_constructor_that_dies_loses_no_call(ray, tally):
    @ray.remote(max_restarts=1)
    class Second:
        def __init__(self):
            if tally.add() == 1:
                os._exit(7)

        def call(self):
            return tally.count

    assert ray.get(Second.remote().call.remote()) == 2


def test_kill_ends_an_actor_with_restarts_for_good(ray, mortal_class, tally):
    actor = mortal_class.options(max_restarts=-1).remote()
    ray.get(actor.add.remote())
    ray.kill(actor)
    with pytest.raises(ray.ActorDiedError, match="kill"):
        ray.get(actor.add.remote())
    assert tally.count == 1


def test_kill_with_restart_ends_the_process_only(ray, mortal_class):
    actor = mortal_class.options(max_restarts=1, max_task_retries=1).remote()
    ray.get(actor.add.remote())
    ray.kill(actor, no_restart=False)
    assert ray.get(actor.die_once.remote()) == 2


def test_exit_actor_ends_an_actor_with_restarts_for_good(ray, tally):
    @ray.remote(max_restarts=-1)
    class Leaver:
        def __init__(self):
            tally.add()

        def leave(self):
            from rayteach.api.context import exit_actor  # noqa: PLC0415 (in the actor)

            exit_actor()

    with pytest.raises(ray.ActorDiedError, match="exit_actor"):
        ray.get(Leaver.remote().leave.remote())
    assert tally.count == 1


def test_an_actor_that_holds_cpus_gets_them_again(ray, mortal_class):
    options = {"num_cpus": 2, "max_restarts": 1, "max_task_retries": 1}
    actor = mortal_class.options(**options).remote()
    assert ray.get(actor.die_once.remote()) == 2
    assert ray.available_resources()["CPU"] == 0
    ray.kill(actor)


def test_the_fork_servers_death_is_one_restart(ray, mortal_class):
    from rayteach.api import session  # noqa: PLC0415 (one of them is open)

    actor = mortal_class.options(max_restarts=1, max_task_retries=-1).remote()
    assert ray.get(actor.add.remote()) == (1, 1)
    os.kill(session.current().engine._pool.server_pid, signal.SIGKILL)
    while ray.get(actor.add.remote())[0] == 1:  # until the news is there
        continue
    assert len(restarts_of(actor)) == 1


def test_an_actor_whose_last_handle_is_gone_does_not_restart(
    ray, mortal_class, tally, bell, gate
):
    actor = mortal_class.options(max_restarts=-1, name="passing").remote()
    one = actor.wait.remote()
    [pid] = bell.hear()
    del actor
    os.kill(int(pid), signal.SIGKILL)
    with pytest.raises(ray.RayteachError):
        ray.get(one)
    with pytest.raises(ValueError, match="passing"):
        while True:
            ray.get_actor("passing")


@pytest.mark.parametrize(
    "options",
    [
        {"max_restarts": -2},
        {"max_task_retries": -2},
        {"lifetime": "for ever"},
        {"namespace": ""},
        {"max_restart": 1},
    ],
)
def test_options_that_cannot_be_are_refused_with_what_can(mortal_class, options):
    with pytest.raises(ValueError, match=r"-1 or more|can be|None for|did you mean"):
        mortal_class.options(**options)


@pytest.mark.parametrize("options", [{"max_task_retries": -2}, {"max_retries": 1}])
def test_options_of_a_method_that_cannot_be_are_refused(ray, mortal_class, options):
    with pytest.raises(ValueError, match="max_task_retries"):
        mortal_class.remote().add.options(**options)
    with pytest.raises(ValueError, match="max_task_retries"):
        ray.method(**options)
