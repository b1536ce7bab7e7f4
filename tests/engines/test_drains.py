"""Loops of waits: what each turn leaves behind."""


def test_a_loop_of_waits_leaves_one_waiter_at_an_id(ray, gate):
    @ray.remote(num_cpus=0)
    def held():
        gate.pass_()

    @ray.remote(num_cpus=0)
    def quick(x):
        return x

    last = held.remote()
    for turn in range(20):
        ready, remaining = ray.wait([quick.remote(turn), last])
        assert remaining == [last]
        assert ray.get(ready) == [turn]
    assert len(last.waiters or ()) <= 1
    gate.let()


def test_duplicates_are_told_among_many_ids_of_one_task(ray):
    @ray.remote(num_returns=3)
    def three():
        return 1, 2, 3

    ids = three.remote()
    ready, remaining = ray.wait(ids, num_returns=3)
    assert (ready, remaining) == (ids, [])
    try:
        ray.wait([*ids, ids[1]])
    except ValueError as error:
        assert "twice" in str(error)
    else:
        raise AssertionError


def test_a_wait_may_take_more_ids_than_two_bytes_count(ray):
    ids = [ray.put(n) for n in range(66_000)]
    ready, remaining = ray.wait(ids, num_returns=len(ids))
    assert (ready, remaining) == (ids, [])
    assert ray.get(ids)[-1] == 65_999
