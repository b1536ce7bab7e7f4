"""A value that comes between two looks of ``get`` keeps nobody waiting."""

from rayteach.engines import waiting


def test_get_returns_when_the_last_value_came_between_two_looks(
    ray, engine, monkeypatch
):
    @ray.remote
    def one():
        return 1

    look = waiting._pending

    def late_look(ids):
        engine.future_of(ids[0]).result()
        return look(ids)

    monkeypatch.setattr(waiting, "_pending", late_look)
    assert ray.get(one.remote()) == 1
