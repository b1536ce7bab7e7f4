"""``%%remote`` for statements and ``%remote``, with real workers."""

from __future__ import annotations

import pytest
from IPython.core.completer import provisionalcompleter

import rayteach
from rayteach import ObjectID


def value(live, text: str) -> object:
    return live.do(f"ray.get({text})")


def test_the_names_a_cell_assigns_are_ids_of_one_task(live) -> None:
    live.do("n = 4")
    live.do("%%remote\nsquares = [i * i for i in range(n)]\ntotal = sum(squares)")
    names = live.ip.user_ns
    assert isinstance(names["squares"], ObjectID)
    assert names["squares"].task == names["total"].task
    assert value(live, "[squares, total]") == [[0, 1, 4, 9], 14]


def test_an_id_that_a_cell_reads_is_its_input(live) -> None:
    live.do("%%remote\na = 2")
    live.do("%%remote\nb = a * 3")
    assert value(live, "b") == 6
    rows = rayteach.api.session.current().log.events()
    submitted = [e for e in rows if type(e).__name__ == "TaskSubmitted"]
    assert submitted[1].inputs == ((submitted[0].task, 0),)


def test_the_last_expression_is_out_as_an_id(live) -> None:
    last = live.do("%%remote\nx = 3\nx + 1")
    assert isinstance(last, ObjectID)
    assert value(live, "_") == 4


def test_a_name_for_the_last_expression(live) -> None:
    assert live.do("%%remote -o total\nsum([1, 2])") is None
    assert value(live, "total") == 3


def test_several_values_of_the_last_expression(live) -> None:
    live.do("%%remote --num-returns 2 -o both\n(1, 2)")
    assert value(live, "both") == [1, 2]


def test_adding_to_a_name_reads_the_old_and_returns_the_new(live) -> None:
    live.do("x = 1")
    live.do("%%remote\nx += 1")
    live.do("%%remote\nx += 1")
    assert value(live, "x") == 3


def test_running_a_cell_again_does_not_depend_on_its_last_run(live) -> None:
    for _ in range(2):
        live.do("%%remote\ny = 1\nz = y + 1", "cell-a")
    events = rayteach.api.session.current().log.events()
    inputs = [e.inputs for e in events if type(e).__name__ == "TaskSubmitted"]
    assert inputs == [(), ()]


def test_imports_are_on_both_sides_and_no_outputs(live) -> None:
    live.do("%%remote\nimport math\nfrom os.path import *\nroot = math.sqrt(4)")
    assert value(live, "root") == 2.0
    assert live.do("math.pi > 3 and join('a', 'b')") == "a/b"


def test_loop_variables_and_underscored_names_stay_in_the_task(live) -> None:
    live.do(
        "%%remote\n_all = []\nfor i in range(3):\n    _all.append(i)\n"
        "with open('/dev/null') as null: pass\ndone = len(_all)"
    )
    names = live.ip.user_ns
    assert value(live, "done") == 3
    assert not {"i", "null", "_all"} & set(names)


def test_a_name_on_the_other_path_is_a_name_error_with_its_line(live) -> None:
    live.do("%%remote\nif len('ab') > 1:\n    first = 1\nelse:\n    second = 2")
    assert value(live, "first") == 1
    live.run("ray.get(second)")
    assert isinstance(live.errors[-1], NameError)
    assert "line 5" in str(live.errors[-1])


def test_what_cannot_be_sent_is_refused_with_its_line(live) -> None:
    live.do("import threading\nlock = threading.Lock()")
    live.run("%%remote\ndef f(): ...\nx = 1\ny = lock")
    assert isinstance(live.errors[-1], TypeError)
    assert "line 4 reads `lock`" in str(live.errors[-1])
    assert "f" not in live.ip.user_ns


def test_what_cannot_come_back_is_named_with_its_line(live) -> None:
    live.do("%%remote\nimport threading\nx = 1\nlock = threading.Lock()")
    live.run("ray.get(x)")
    assert "`lock` (line 4, lock) cannot be sent back" in str(live.errors[-1])


def test_a_traceback_shows_the_line_of_the_cell(live, capsys) -> None:
    live.do("%%remote\nx = 1\n\ny = x / 0")
    live.run("ray.get(y)")
    assert "---->   4 y = x / 0" in capsys.readouterr().out


def test_a_change_in_place_gives_one_warning_with_its_line(live) -> None:
    live.do("rows = [1]\nother = [2]")
    with pytest.warns(UserWarning, match="`rows` in line 2") as caught:
        live.do("%%remote\nrows.append(2)\nrows[0] = 3\nother = other + [1]")
    assert len(caught) == 1
    assert live.ip.user_ns["rows"] == [1]


def test_functions_of_one_cell_call_each_other_plainly(live) -> None:
    live.do(
        "%%remote\ndef _base(): return 1\n"
        "def fib(n): return n if n < 2 else fib(n - 1) + fib(n - 2)\n"
        "def both(n): return fib(n) + _base()"
    )
    assert value(live, "both.remote(10)") == 56
    live.run("fib(3)")
    assert "fib.remote(...)" in str(live.errors[-1])


def test_definitions_beside_statements_become_remote_too(live) -> None:
    live.do("%%remote\ndef double(x): return 2 * x\nsix = double(3)")
    assert value(live, "[six, double.remote(5)]") == [6, 10]


def test_a_class_may_be_the_base_of_another_of_its_cell(live) -> None:
    live.do(
        "%%remote\nclass Base:\n    def name(self): return 'base'\n"
        "class Above(Base): ..."
    )
    assert value(live, "Above.remote().name.remote()") == "base"


def test_a_function_that_reads_a_name_of_the_task_is_refused(live) -> None:
    live.run("%%remote\nn = 1\ndef f(): return n\nf()")
    assert "f reads `n` in line 3" in str(live.errors[-1])


def test_await_works_at_the_top(live) -> None:
    live.do("%%remote\nimport asyncio\nx = await asyncio.to_thread(len, '12345')")
    assert value(live, "x") == 5


def test_other_magics_compose(live) -> None:
    live.do("%%time\n%%remote\nx = 5")
    assert value(live, "x") == 5


def test_options_reach_the_task(live) -> None:
    live.do("%%remote --num-cpus 2 --name wide\nx = 1")
    assert live.ip.user_ns["x"].label == "wide-1"
    live.run("%%remote --num-cpus -1\nx = 1")
    assert "num_cpus=-1.0" in str(live.errors[-1])


def test_one_call_is_submitted_in_its_line(live) -> None:
    live.do("%%remote\ndef fail(): return 1 / 0")
    live.do("y = 1\nx = %remote fail()")
    live.run("ray.get(x)")
    assert live.errors[-1].remote.submitted_at.endswith("line 2")


def test_one_call_may_be_of_anything_remote(live) -> None:
    live.do("%%remote\nclass Counter:\n    def add(self, by): return by")
    live.do("%remote -o counter Counter()")
    live.do("%remote -o added counter.add(by=4)")
    live.do("%remote -o plain --name pair divmod(7, 2)")
    assert value(live, "[added, plain]") == [4, (3, 1)]
    assert live.ip.user_ns["plain"].label == "pair-1"


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("%remote 1 + 1", "takes one call"),
        ("%remote sum(", "takes one call"),
        ("%%remote --keeep\nx = 1", "did you mean --keep?"),
        ("%%remote -o 1x\nx", "no name for a variable"),
        ("%%remote -o x\ny = 1", "about the value of the last line"),
        ("%%remote -o x\ndef f(): ...", "a cell of definitions has none"),
        ("%remote --num-returns 2 print.x()", "no attribute"),
    ],
)
def test_a_wrong_line_says_what_to_write(live, line, word) -> None:
    live.run(line)
    assert word in str(live.errors[-1])


def test_names_and_options_are_completed(live) -> None:
    live.ip.user_ns["squares"] = 1
    with provisionalcompleter():
        for line, word in (
            ("%%remote --nu", "--num-cpus"),
            ("%remote squ", "squares"),
            ("%remote --ke", "--keep"),
        ):
            found = live.ip.Completer.completions(line, len(line))
            assert word in {one.text for one in found}


def test_no_view_for_a_cell_that_wants_none(live) -> None:
    live.do("%%remote --no-show\nx = 1", "cell-a")
    assert live.ip.display_pub.outputs == []
