"""repeat, seeded and explore: schedules that were, and that might have been."""

import random

import pytest

from rayteach.trace import scores


@pytest.fixture
def counter(ray):
    @ray.remote
    class Counter:
        def __init__(self):
            self.seen = []

        def add(self, who):
            self.seen.append(who)
            return list(self.seen)

    return Counter


@pytest.fixture
def program(ray, counter):
    """Return a program whose outcome depends on the schedule."""
    chance = random.Random()  # noqa: S311 (no secret)

    @ray.remote
    def work(seed):
        return sum(range(seed))

    @ray.remote
    def add(counter, who):
        ray.get(work.remote(chance.randrange(100_000)))
        return ray.get(counter.add.remote(who))

    def program():
        first, second = counter.remote(), counter.remote()
        calls = [add.remote((first, second)[n % 2], n) for n in range(6)]
        left = [work.remote(chance.randrange(100_000)) for _ in range(5)]
        order = []
        while left:
            ready, left = ray.wait(left, timeout=chance.choice([0.5, 1, 61, 100]))
            order += [len(left), len(ready)]
        ray.get(calls)
        tops = ray.get([one.add.remote("top") for one in (first, second)])
        return tops, order

    return program


def repeated(ray, program):
    """Record a run, repeat it, and return both outcomes and choices."""
    with ray.observe() as run:
        first = program()
    with ray.repeat(run) as again:
        second = program()
    choices = [scores.choices_of(one.recording()) for one in (run, again.run)]
    return first, second, choices, again


def check_alike(first, second, choices, again):
    """Hold two runs to the same order at every actor and the same waits."""
    before, after = choices
    assert again.differences == []
    assert after.calls == before.calls
    callers = {caller for caller, *_ in before.waits}
    for caller in callers:
        waits = [[w for w in one.waits if w[0] == caller] for one in choices]
        assert waits[0] == waits[1]
    assert second == first
    assert repr(again) == "<repetition: as recorded>"


@pytest.mark.filterwarnings("ignore:waited")
def test_a_run_with_actors_and_timed_waits_is_repeated_as_it_was(ray, program):
    for _ in range(6):
        check_alike(*repeated(ray, program))


@pytest.mark.soak
@pytest.mark.timeout(600)
@pytest.mark.filterwarnings("ignore:waited")
def test_two_hundred_runs_are_repeated_as_they_were(ray, program):
    orders = set()
    for number in range(200):
        if not number % 20:  # each question reads the log of the session
            ray.shutdown()
            ray.init(num_cpus=2)
        first, *rest = repeated(ray, program)
        check_alike(first, *rest)
        orders.add(str(first))
    assert len(orders) > 20


def test_a_run_from_a_file_is_repeated(ray, counter, tmp_path):
    @ray.remote
    def add(counter, who):
        return ray.get(counter.add.remote(who))

    def program():
        shared = counter.remote()
        ray.get([add.remote(shared, who) for who in "abcd"])
        return ray.get(shared.add.remote("end"))

    with ray.seeded(3) as run:
        first = program()
    run.save(tmp_path / "run.rayteach")
    with ray.repeat(ray.load(tmp_path / "run.rayteach")) as again:
        assert program() == first
    assert again.differences == []


def test_a_recorded_timeout_comes_again_though_nothing_is_late(ray, gate):
    @ray.remote
    def held(number):
        gate.pass_()
        return number

    def program():
        ids = [held.remote(number) for number in range(2)]
        ready, _ = ray.wait(ids, num_returns=2, timeout=70)
        with pytest.raises(ray.GetTimeoutError):
            ray.get(ids[0], timeout=70)
        gate.let(2)
        return len(ready), ray.get(ids)

    with ray.observe() as run:
        assert program() == (0, [0, 1])
    gate.let(2)
    with ray.repeat(run) as again:
        assert program() == (0, [0, 1])
    assert again.differences == []
    assert [one.reason for one in again.run.waits] == ["timeout"] * 2 + ["enough ready"]


def test_tasks_that_shared_a_worker_share_one_again(ray):
    @ray.remote
    def which(number):
        return number, __import__("os").getpid()

    def program():
        return ray.get([which.remote(number) for number in range(12)])

    with ray.observe() as run:
        first = program()
    with ray.repeat(run) as again:
        second = program()
    assert again.differences == []
    pairs = set(zip((pid for _, pid in first), (pid for _, pid in second), strict=True))
    assert len(pairs) == len({pid for _, pid in first})


def test_another_program_ends_and_its_differences_are_told(ray, counter):
    @ray.remote
    def add(counter, who):
        return ray.get(counter.add.remote(who))

    def program(names, more):
        shared = counter.remote()
        ids = [add.remote(shared, who) for who in names]
        ray.wait(ids, num_returns=len(ids) - more)
        ray.get(ids)

    with ray.observe() as run:
        program("abc", 1)
    with (
        pytest.warns(UserWarning, match="differs from the recorded one"),
        ray.repeat(run) as again,
    ):
        program("ab", 0)
    assert "add-3 is missing" in again.differences
    assert "add-3 was not submitted when it was its turn" in again.differences
    assert "differs" in repr(again)
    with pytest.warns(UserWarning, match="differs"), ray.repeat(run) as again:
        program("abcd", 1)
    assert "add-4 is not in the recorded run" in again.differences


def test_after_a_repetition_everything_starts_as_usual(ray):
    @ray.remote
    def one():
        return 1

    with ray.observe() as run:
        ray.get(one.remote())
    with pytest.raises(ZeroDivisionError), ray.repeat(run):
        ray.get(one.remote())
        1 / 0  # noqa: B018 (to raise is what it is for)
    assert ray.get([one.remote() for _ in range(50)]) == [1] * 50
    with ray.repeat(run):
        with pytest.raises(ray.RayteachError, match="already"), ray.seeded(1):
            pass
        assert ray.get(one.remote()) == 1
    with ray.paused(), pytest.raises(ray.RayteachError, match="paused"):  # noqa: SIM117
        with ray.repeat(run):
            pass


def test_a_seed_makes_the_same_choices_and_others_do_not(ray):
    @ray.remote
    def one(number):
        return number

    def program():
        left, order = [one.remote(number) for number in range(6)], []
        while left:
            ready, left = ray.wait(left, timeout=1000)
            order += [len(left), *ray.get(ready)]
        return order

    found = []
    for seed in (1, 2, 3, 1, 2, 3):
        with ray.seeded(seed) as run:
            found.append(program())
        assert len(run.tasks) == 6
    assert found[:3] == found[3:]
    assert len(set(map(str, found))) == 3


def lost_update(ray):
    """Return a program that breaks where two tasks read before either writes."""

    @ray.remote
    class Cell:
        def __init__(self):
            self.value = 0

        def read(self):
            return self.value

        def write(self, value):
            self.value = value

    @ray.remote
    def increment(cell):
        value = ray.get(cell.read.remote())
        ray.get(cell.write.remote(value + 1))

    def program():
        cell = Cell.remote()
        ray.get([increment.remote(cell) for _ in range(2)])
        value = ray.get(cell.read.remote())
        assert value == 2, f"{value} instead of 2"

    return program


def test_exploring_finds_a_lost_update_and_the_choice_that_matters(ray):
    found = ray.explore(lost_update(ray), schedules=10)
    assert len(found.schedules) >= 10
    assert found.passing.error is None
    assert "instead of 2" in str(found.breaking.error)
    at = found.differs_at
    assert found.passing.order[:at] == found.breaking.order[:at]
    assert found.passing.choices[at].options == found.breaking.choices[at].options
    told = repr(found)
    assert "AssertionError (line " in told
    assert "One choice makes the difference" in told
    again = ray.explore(lost_update(ray), schedules=10)
    assert [one.order for one in again.schedules] == [
        one.order for one in found.schedules
    ]


def test_exploring_lets_timed_waits_time_out(ray):
    @ray.remote
    def one():
        return 1

    def program():
        ready, _ = ray.wait(
            [one.remote() for _ in range(3)], num_returns=2, timeout=1e6
        )
        assert len(ready) == 2

    found = ray.explore(program, schedules=12)
    assert found.passing is not None
    assert "times out" in found.breaking.order[found.differs_at]


def test_a_right_program_is_broken_by_no_schedule(ray):
    @ray.remote
    class Total:
        def __init__(self):
            self.value = 0

        def add(self, value):
            self.value += value
            return self.value

    def program():
        total = Total.remote()
        ray.get([total.add.remote(value) for value in range(4)])
        assert ray.get(total.add.remote(0)) == 6

    found = ray.explore(program, schedules=4)
    assert found.breaking is None
    assert repr(found) == "4 schedules: 0 break the program."
    with pytest.raises(ValueError, match="schedules=0"):
        ray.explore(program, schedules=0)
