"""What tasks print is shown under their names."""

import sys

import pytest


@pytest.fixture
def printed(ray, capsys):
    """Return a function that gives what the driver shows by now."""
    from rayteach.api import session  # noqa: PLC0415 (once there is one)

    def read():
        session.current().flush_output()
        return capsys.readouterr()

    assert ray.is_initialized()
    read()
    return read


def test_each_line_stands_under_its_tasks_name(ray, printed):
    @ray.remote
    def speak():
        print("one\ntwo")  # noqa: T201 (the point)
        print("aside", file=sys.stderr)  # noqa: T201

    one = speak.remote()
    ray.get(one)
    out, err = printed()
    label = repr(one).removeprefix("ObjectID(").removesuffix(")")
    assert out == f"({label}) one\n({label}) two\n"
    assert err == f"({label}) aside\n"


def test_an_unfinished_line_is_shown_too(ray, printed):
    @ray.remote
    def speak():
        sys.stdout.write("no newline")

    ray.get(speak.remote())
    assert "no newline\n" in printed().out


def test_ten_megabytes_of_prints_are_cut_and_the_rest_is_in_a_file(ray, printed):
    @ray.remote
    def shout():
        for _ in range(10_000):
            print("x" * 1_000)  # noqa: T201 (the point)
        return "done"

    assert ray.get(shout.remote()) == "done"
    out = printed().out
    assert len(out) < 200_000
    assert "more output of this task is in" in out


def test_prints_of_a_task_that_fails_are_shown(ray, printed):
    @ray.remote
    def speak():
        print("before the error")  # noqa: T201 (the point)
        raise ValueError

    ray.wait([speak.remote()])
    assert "before the error" in printed().out


def test_input_in_a_task_says_that_nobody_can_answer(ray):
    @ray.remote
    def ask():
        return input()

    with pytest.raises(RuntimeError, match="cannot ask for input"):
        ray.get(ask.remote())
