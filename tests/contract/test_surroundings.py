"""Tasks follow the driver: its directory, its path, its helper modules."""

import importlib
import os
import sys

import pytest


@pytest.fixture
def cell(closed):
    """Return a function that begins a cell run, as a notebook does."""
    opened = closed.init(num_cpus=2)
    return lambda: opened.begin_cell_run("cell", "[1]", "")


@pytest.fixture
def helper(tmp_path, monkeypatch):
    """Return a function that writes the learner's module ``learners_helper``."""
    monkeypatch.syspath_prepend(str(tmp_path))

    def write(text):
        (tmp_path / "learners_helper.py").write_text(text)

    yield write
    sys.modules.pop("learners_helper", None)


def test_an_edited_helper_module_is_loaded_anew(closed, cell, helper, capsys):
    @closed.remote
    def use():
        import learners_helper  # noqa: PLC0415 (found in the learner's folder)

        return learners_helper.answer(), os.getpid()

    helper("def answer(): return 1\n")
    cell()
    before = closed.get([use.remote() for _ in range(8)])
    assert {value for value, _ in before} == {1}
    helper("def answer(): return 2\n")  # the same size, within the same second
    cell()
    after = closed.get([use.remote() for _ in range(8)])
    assert {value for value, _ in after} == {2}
    closed.shutdown()
    err = capsys.readouterr().err
    assert err.count("learners_helper.py has changed: tasks use it as it is now") == 1


def test_what_was_taken_from_an_edited_module_is_new_too(closed, cell, helper):
    helper("def answer(): return 1\n")
    cell()
    import learners_helper  # noqa: PLC0415 (written just above)

    answer = learners_helper.answer

    @closed.remote
    def use():
        return answer()

    assert closed.get(use.remote()) == 1
    helper("def answer(): return 22\n")
    cell()
    assert closed.get([use.remote() for _ in range(4)]) == [22] * 4


def test_children_of_tasks_use_the_edited_module(closed, cell, helper):
    @closed.remote
    def parent():
        @closed.remote
        def child():
            import learners_helper  # noqa: PLC0415 (found in the learner's folder)

            return learners_helper.answer()

        return closed.get([child.remote() for _ in range(4)])

    helper("def answer(): return 1\n")
    cell()
    assert closed.get(parent.remote()) == [1] * 4
    helper("def answer(): return 2\n")
    cell()
    assert closed.get(parent.remote()) == [2] * 4


def test_a_value_is_of_the_edited_modules_class(closed, cell, helper):
    @closed.remote
    def check(value):
        import learners_helper  # noqa: PLC0415 (found in the learner's folder)

        return isinstance(value, learners_helper.Row), value.double()

    helper("class Row:\n    def double(self): return 1\n")
    cell()
    import learners_helper  # noqa: PLC0415 (written just above)

    assert closed.get(check.remote(learners_helper.Row())) == (True, 1)
    helper("class Row:\n    def double(self): return 22\n")
    learners_helper = importlib.reload(learners_helper)
    cell()
    rows = [check.remote(learners_helper.Row()) for _ in range(4)]
    assert closed.get(rows) == [(True, 22)] * 4


def test_a_new_actor_has_the_new_code_and_an_old_one_the_old(closed, cell, helper):
    @closed.remote
    class Holder:
        def __init__(self):
            import learners_helper  # noqa: PLC0415 (found in the learner's folder)

            self.first = learners_helper.answer()

        def answer(self):
            import learners_helper  # noqa: PLC0415 (as above)

            return self.first, learners_helper.answer()

        def again(self):
            return self.answer()

    helper("def answer(): return 1\n")
    cell()
    old = Holder.remote()
    assert closed.get(old.answer.remote()) == (1, 1)
    helper("def answer(): return 2\n")
    cell()
    new = Holder.remote()
    assert closed.get([old.answer.remote(), old.again.remote()]) == [(1, 1)] * 2
    assert closed.get(new.again.remote()) == (2, 2)


def test_an_untouched_helper_module_is_loaded_once(closed, cell, helper, tmp_path):
    @closed.remote
    def use():
        import learners_helper  # noqa: PLC0415 (found in the learner's folder)

        return os.getpid() if learners_helper else 0

    loads = tmp_path / "loads"
    helper(f"with open({str(loads)!r}, 'a') as file: file.write('x')\n")
    pids = set()
    for _ in range(3):
        cell()
        pids |= set(closed.get([use.remote() for _ in range(4)]))
    assert len(loads.read_text()) == len(pids)


def test_a_change_of_directory_reaches_the_next_cells_tasks(
    closed, cell, tmp_path, monkeypatch
):
    @closed.remote
    def where():
        return os.getcwd()  # noqa: PTH109

    cell()
    here = closed.get(where.remote())
    monkeypatch.chdir(tmp_path)
    cell()
    assert closed.get([where.remote() for _ in range(4)]) == [str(tmp_path)] * 4
    monkeypatch.chdir(here)
    cell()
    assert closed.get(where.remote()) == here


def test_a_new_folder_on_the_path_reaches_a_new_function(
    closed, cell, tmp_path, monkeypatch
):
    cell()

    @closed.remote
    def warm():
        return 1

    assert closed.get(warm.remote()) == 1
    (tmp_path / "found_later.py").write_text("value = 7\n")
    monkeypatch.syspath_prepend(str(tmp_path))

    @closed.remote
    def use():
        import found_later  # noqa: PLC0415 (found in the new folder)

        return found_later.value

    assert closed.get(use.remote()) == 7


def test_a_changed_environment_reaches_the_next_cells_tasks(closed, cell, monkeypatch):
    @closed.remote
    def read():
        return os.environ.get("OF_THE_LEARNER")

    cell()
    assert closed.get(read.remote()) is None
    monkeypatch.setenv("OF_THE_LEARNER", "here")
    cell()
    assert closed.get(read.remote()) == "here"
    monkeypatch.delenv("OF_THE_LEARNER")
    cell()
    assert closed.get([read.remote() for _ in range(4)]) == [None] * 4
