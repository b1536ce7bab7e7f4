"""What tasks print is shown under their names."""

import logging
import os
import subprocess
import sys
import threading
import warnings
from pathlib import Path

import pytest

import rayteach


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


def test_lines_of_a_tasks_threads_never_mix(ray, printed):
    @ray.remote
    def crowd():
        def speak(letter):
            for _ in range(50):
                for _ in range(20):
                    sys.stdout.write(letter)
                sys.stdout.write("\n")

        threads = [threading.Thread(target=speak, args=(one,)) for one in "abcd"]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    ray.get(crowd.remote())
    lines = [line.partition(" ")[2] for line in printed().out.splitlines()]
    assert sorted(lines) == sorted(letter * 20 for letter in "abcd" * 50)


def test_equal_lines_are_all_shown(ray, printed):
    @ray.remote
    def speak():
        print("again\n\nagain")  # noqa: T201 (the point)

    ray.get([speak.remote() for _ in range(3)])
    out = printed().out
    assert out.count("again\n") == 6
    assert out.count(") \n") == 3


def test_ten_megabytes_of_prints_are_cut_and_the_log_has_them_all(ray, printed):
    @ray.remote
    def shout():
        for number in range(10_000):
            print(f"{number} " + "x" * 1_000)  # noqa: T201 (the point)
        return "done"

    one = shout.remote()
    assert ray.get(one) == "done"
    out = printed().out
    assert len(out) < 200_000
    assert "more output of this task is in its log: %rayteach log shout-1" in out
    lines = ray.logs(one).splitlines()
    assert [int(line.partition(" ")[0]) for line in lines] == list(range(10_000))
    assert ray.logs("shout-1") == ray.logs(one)


def test_the_log_of_a_task_that_printed_nothing_is_empty(ray):
    @ray.remote
    def be_silent():
        return 1

    one = be_silent.remote()
    ray.get(one)
    assert ray.logs(one) == ""
    with pytest.raises(ValueError, match="no task 'be_silent-1' has printed"):
        ray.logs("be_silent-1")


def test_logs_of_something_else_is_a_type_error(ray):
    with pytest.raises(TypeError, match="ObjectID or a label, not int"):
        ray.logs(3)


def test_the_log_of_an_earlier_session_is_an_error(closed):
    one = closed.put(1)
    closed.shutdown()
    with pytest.raises(closed.RayteachError, match=r"logs end with shutdown\(\)"):
        closed.logs(one)
    closed.init(num_cpus=1)
    with pytest.raises(closed.RayteachError, match="has been shut down"):
        closed.logs(one)


def test_a_log_record_shows_its_level_and_its_logger(ray, printed):
    @ray.remote
    def speak():
        logging.getLogger("mine").warning("take care of %s", "this")
        logging.getLogger("mine").info("not asked for")

    ray.get(speak.remote())
    err = printed().err
    assert err.endswith(") WARNING mine: take care of this\n")
    assert "not asked for" not in err


def test_a_tasks_own_set_up_of_logging_is_heeded(ray, printed):
    @ray.remote
    def speak():
        logging.basicConfig(level=logging.INFO, format="%(message)s!", force=True)
        logging.getLogger("mine").info("asked for")
        logging.getLogger().handlers.clear()

    ray.get(speak.remote())
    assert printed().err.endswith(") asked for!\n")


def test_a_warning_of_a_task_is_shown_with_its_kind(ray, printed):
    @ray.remote
    def speak():
        with warnings.catch_warnings():
            warnings.simplefilter("always")
            warnings.warn("not like this", DeprecationWarning, stacklevel=1)

    ray.get(speak.remote())
    assert "DeprecationWarning: not like this\n" in printed().err


def test_of_a_progress_bar_the_last_state_is_shown(ray, printed):
    @ray.remote
    def work():
        for percent in range(0, 101, 10):
            sys.stderr.write(f"\r{percent:3d}% |{'#' * (percent // 10):10s}|")
            sys.stderr.flush()
        sys.stderr.write("\n")
        print("over")  # noqa: T201 (the point)

    one = work.remote()
    ray.get(one)
    shown = printed()
    assert "\r" not in shown.err
    assert shown.err.endswith(") 100% |##########|\n")
    assert ray.logs(one).endswith("100% |##########|\nover\n")


def test_a_child_that_a_task_forks_prints_into_the_tasks_log(ray):
    @ray.remote
    def fork():
        print("parent")  # noqa: T201 (the point)
        child = os.fork()
        if not child:
            print("child")  # noqa: T201 (the point)
            os._exit(0)
        os.waitpid(child, 0)

    one = fork.remote()
    ray.get(one)
    assert ray.logs(one) == "parent\nchild\n"


SCRIPT = """
import sys
import rayteach as ray

ray.init(num_cpus=1)

@ray.remote
def speak(gate):
    print("now")
    print("and then")
    open(gate).read()

@ray.remote
def last():
    print("last words")

one = speak.remote(sys.argv[1])
other = last.remote()
ray.get(one)
ray.get(other)
"""


@pytest.fixture
def script(tmp_path):
    """Run a script whose first task ends when the test opens the other end."""
    path, gate = tmp_path / "script.py", tmp_path / "gate"
    path.write_text(SCRIPT)
    os.mkfifo(gate)
    root = str(Path(rayteach.__file__).parents[1])
    with subprocess.Popen(
        [sys.executable, str(path), str(gate)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": root},
    ) as process:
        yield process, gate
        process.kill()


def test_a_script_shows_prints_while_their_task_still_runs(script):
    process, gate = script
    assert process.stdout.readline() == "(speak-1) now\n"
    assert process.stdout.readline() == "(speak-1) and then\n"
    gate.write_text("go on")
    assert process.stdout.read() == "(last-1) last words\n"
    assert process.wait() == 0


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
