"""Cells own what they start: the five rules, with real workers."""

from __future__ import annotations

import weakref
from collections.abc import Callable

import pytest
from gates import Gate

import rayteach
from rayteach.api import session
from rayteach.core import events


def until(condition: Callable[[], bool]) -> None:
    """Wait on a condition that the pump thread brings about."""
    ready = rayteach.put(0)
    while not condition():
        rayteach.wait([ready], timeout=0)


def unfinished() -> list[str]:
    state = session.current().engine._state
    with state.lock:
        return [str(task.label) for task in state.scheduler.tasks.values()]


def actors() -> list[str]:
    state = session.current().engine._state
    with state.lock:
        return [str(a.label) for a in state.actors.values() if a.failure is None]


def of_kind(kind: type) -> list:
    return [e for e in session.current().log.events() if isinstance(e, kind)]


@pytest.fixture
def cells(live, tmp_path):
    """``stay(name)`` says that it has begun, and waits until it is let go."""
    gates = {name: Gate(tmp_path / name) for name in ("go", "other", "never")}
    live.let = lambda name: gates[name].let(100)
    live.ip.user_ns["folder"] = str(tmp_path)
    live.do(
        "import os\n"
        "def _stay(name):\n"
        "    path = os.path.join(folder, name)\n"
        "    open(path + '.begun', 'w').close()\n"
        "    with open(path, 'rb', buffering=0) as pipe: pipe.read(1)\n"
        "    return name\n"
        "@ray.remote\ndef stay(name): return _stay(name)\n"
        "@ray.remote\nclass Keeper:\n"
        "    def stay(self, name): return _stay(name)\n"
        "    def hold(self, *others): self.others = others\n"
        "    def add(self): return 1\n",
        "definitions",
    )
    live.folder = tmp_path
    yield live
    for gate in gates.values():
        gate.close()


def begun(cells, name: str) -> None:
    until((cells.folder / f"{name}.begun").exists)


def test_rebinding_in_the_cell_ends_the_earlier_tasks(cells) -> None:
    for _ in range(2):
        cells.do("refs = [stay.remote('go') for _ in range(6)]", "a")
    until(lambda: len(unfinished()) == 6)
    assert {e.reason for e in of_kind(events.TaskCancelled)} == {
        "superseded: its cell ran again, and nothing names what it makes"
    }
    assert len(of_kind(events.TaskCancelled)) == 6


def test_a_cell_that_waits_in_vain_can_be_run_again(cells) -> None:
    cells.do("refs = [stay.remote('never') for _ in range(4)]", "a")
    begun(cells, "never")
    cells.do("refs = [stay.remote('other') for _ in range(2)]", "a")
    begun(cells, "other")
    cells.let("other")
    assert cells.do("ray.get(refs)") == ["other", "other"]


def test_what_another_name_holds_goes_on(cells) -> None:
    cells.do("refs = [stay.remote('go') for _ in range(3)]", "a")
    cells.do("kept = refs[0]", "b")
    cells.do("refs = []", "a")
    until(lambda: len(unfinished()) == 1)
    cells.let("go")
    assert cells.do("ray.get(kept)") == "go"


def test_a_value_that_another_name_holds_stays(cells) -> None:
    cells.do("ref = ray.put([1, 2])\nkept = [ref]", "a")
    cells.do("other = kept", "b")
    cells.do("ref = kept = None", "a")
    assert cells.do("ray.get(other[0])") == [1, 2]


def test_a_current_task_keeps_the_inputs_it_waits_for(cells) -> None:
    cells.do("@ray.remote\ndef same(x): return x")
    cells.do("first = stay.remote('go')", "a")
    cells.do("second = same.remote(first)", "b")
    cells.do("first = None", "a")
    cells.let("go")
    assert cells.do("ray.get(second)") == "go"


def test_a_chain_that_nobody_can_name_ends_as_a_whole(cells) -> None:
    cells.do("@ray.remote\ndef same(x): return x")
    cells.do(
        "last = stay.remote('go')\nfor _ in range(20): last = same.remote(last)", "a"
    )
    cells.do("last = None", "a")
    until(lambda: not unfinished())


def test_children_end_with_the_task_that_holds_them(cells) -> None:
    cells.do("@ray.remote\ndef parent(): return ray.get(stay.remote('go'))")
    cells.do("top = parent.remote()", "a")
    begun(cells, "go")
    cells.do("top = None", "a")
    until(lambda: not unfinished())


def test_out_does_not_count_as_a_name(cells) -> None:
    cells.do("[stay.remote('go'), stay.remote('go')]", "a")
    cells.do("_[0]", "b")
    cells.do("1", "a")
    until(lambda: not unfinished())
    texts = [text for text in cells.ip.user_ns["Out"].values() if type(text) is str]
    assert texts == ["<stay-1, stay-2, superseded>", "<stay-1, superseded>"]
    assert cells.ip.user_ns["__"] == "<stay-1, superseded>"


def test_the_last_error_does_not_count_as_a_name(cells) -> None:
    cells.run("def f():\n    ref = stay.remote('go')\n    1 / 0\nf()", "a")
    cells.errors.clear()
    assert unfinished()
    cells.do("1", "a")
    until(lambda: not unfinished())


def test_lists_that_hold_each_other_do_not_count(cells) -> None:
    cells.do("a, b = [stay.remote('go')], []\na.append(b)\nb.append(a)", "a")
    cells.do("del a, b", "a")
    cells.do("1", "a")
    until(lambda: not unfinished())


def test_an_actor_ends_at_once_with_its_running_call(cells) -> None:
    cells.do("keeper = Keeper.remote()\nref = keeper.stay.remote('go')", "a")
    begun(cells, "go")
    cells.do("keeper = ref = None", "a")
    until(lambda: not actors() and not unfinished())


def test_an_actor_stays_while_a_call_of_it_can_be_named(cells) -> None:
    cells.do("keeper = Keeper.remote()\nref = keeper.stay.remote('go')", "a")
    cells.do("kept = ref")
    cells.do("keeper = ref = None", "a")
    cells.let("go")
    assert cells.do("ray.get(kept)") == "go"


def test_calls_to_an_actor_that_survives_are_delivered(cells) -> None:
    cells.do("keeper = Keeper.remote()", "a")
    cells.do("[keeper.stay.remote('go') for _ in range(2)]", "b")
    cells.do("1", "b")
    cells.let("go")
    until(lambda: not unfinished())
    assert of_kind(events.TaskCancelled) == []


def test_a_task_that_holds_a_handle_of_a_survivor_goes_on(cells) -> None:
    cells.do(
        "@ray.remote\ndef tell(keeper, name):\n"
        "    _stay(name)\n    return ray.get(keeper.add.remote())"
    )
    cells.do("keeper = Keeper.remote()", "a")
    cells.do("ref = tell.remote(keeper, 'go')", "b")
    cells.do("ref = None", "b")
    cells.let("go")
    until(lambda: not unfinished())
    assert of_kind(events.TaskCancelled) == []


def test_actors_that_only_hold_one_another_end(cells) -> None:
    cells.do(
        "one, two = Keeper.remote(), Keeper.remote()\n"
        "ray.get([one.hold.remote(two), two.hold.remote(one)])",
        "a",
    )
    assert len(actors()) == 2
    cells.do("one = two = None", "a")
    cells.do("1")
    until(lambda: not actors())


def test_an_actor_that_a_survivor_holds_stays(cells) -> None:
    cells.do("one = Keeper.remote()", "a")
    cells.do("two = Keeper.remote()\nray.get(two.hold.remote(one))", "b")
    cells.do("one = None", "a")
    cells.do("1")
    assert len(actors()) == 2


def test_a_generator_that_nobody_reads_any_more_ends(cells) -> None:
    cells.do("@ray.remote\ndef items():\n    yield 1\n    _stay('go')\n    yield 2")
    cells.do("stream = items.remote()", "a")
    begun(cells, "go")
    cells.do("stream = None", "a")
    until(lambda: not unfinished())


def test_keep_lets_the_work_go_on(cells) -> None:
    cells.do("%%remote --keep\nx = _stay('go')", "a")
    begun(cells, "go")
    cells.do("x = None", "a")
    cells.do("1")
    cells.let("go")
    until(lambda: not unfinished())
    assert of_kind(events.TaskCancelled) == []


def test_superseded_work_that_stays_ranks_behind(cells) -> None:
    cells.do("busy = [stay.remote('other'), stay.remote('go')]", "hold")
    begun(cells, "go")
    cells.do("@ray.remote\ndef tick(): return 1")
    cells.do("first = [tick.options(name='old').remote() for _ in range(8)]", "a")
    cells.do("kept = first", "b")
    cells.do("second = [tick.options(name='new').remote() for _ in range(8)]", "a")
    cells.let("go")
    assert sum(cells.do("ray.get(kept + second)")) == 16
    # One CPU is busy to the end, so the other shows the order.
    starts = {e.task: e.start_s for e in of_kind(events.TaskFinished)}
    ids = cells.ip.user_ns
    new = max(starts[one.task] for one in ids["second"])
    old = min(starts[one.task] for one in ids["kept"])
    assert new < old


def test_the_name_of_an_actor_moves_to_the_new_one(cells) -> None:
    source = "keeper = Keeper.options(name='it').remote()"
    cells.do(source, "a")
    cells.do("old = keeper")
    cells.do(source, "a")
    assert cells.do("ray.get_actor('it') == keeper") is True
    assert cells.do("ray.get(old.add.remote())") == 1
    cells.run(source, "b")
    assert "exists already" in str(cells.errors[-1])


def test_get_if_exists_keeps_the_old_actor(cells) -> None:
    source = "keeper = Keeper.options(name='it', get_if_exists=True).remote()"
    cells.do(source, "a")
    cells.do("old = keeper")
    assert cells.do(f"{source}\nkeeper == old", "a") is True


def test_init_of_the_same_cell_again_is_nothing(cells) -> None:
    cells.do("ray.shutdown()")
    cells.do("ray.init(num_cpus=2)", "a")
    opened = session.current()
    cells.do("ray.init(num_cpus=2)", "a")
    with pytest.warns(UserWarning, match=r"num_cpus=3 \(it has 2\)"):
        cells.do("ray.init(num_cpus=3)", "a")
    assert session.current() is opened
    cells.run("ray.init(num_cpus=2)", "b")
    assert isinstance(cells.errors[-1], RuntimeError)


def test_an_unchanged_function_is_shipped_once(cells) -> None:
    def shipped() -> int:
        return len(of_kind(events.FunctionDefined))

    before = shipped()
    source = "@ray.remote\ndef f(): return 1\nray.get(f.remote())"
    for _ in range(12):  # its number in plain IPython gets a digit more
        assert cells.do(source) == 1
    assert shipped() == before + 1


def test_a_changed_function_runs_with_its_new_body(cells) -> None:
    for n in (1, 2, 3):
        source = f"@ray.remote\ndef f(): return {n}\nray.get(f.remote())"
        assert cells.do(source, "a") == n


def test_an_interrupt_cancels_what_its_cell_started(cells, capsys) -> None:
    cells.do("@ray.remote\ndef parent(): return ray.get(stay.remote('never'))")
    cells.do("other = stay.remote('go')", "b")
    begun(cells, "go")
    cells.run(
        "mine = [parent.remote(), stay.remote('never')]\n"
        "while not os.path.exists(os.path.join(folder, 'never.begun')): pass\n"
        "raise KeyboardInterrupt",
        "a",
    )
    assert isinstance(cells.errors[-1], KeyboardInterrupt)
    assert "of this cell were cancelled." in capsys.readouterr().err
    assert cells.do("@ray.remote\ndef one(): return 1\nray.get(one.remote())") == 1
    until(lambda: unfinished() == ["stay-1"])
    assert {e.reason for e in of_kind(events.TaskCancelled)} == {
        "interrupted: its cell was stopped"
    }
    cells.let("go")
    assert cells.do("ray.get(other)") == "go"


def test_an_interrupt_names_the_actor_that_goes_on(cells, capsys) -> None:
    cells.do("keeper = Keeper.remote()")
    cells.run(
        "ref = keeper.stay.remote('go')\n"
        "while not os.path.exists(os.path.join(folder, 'go.begun')): pass\n"
        "raise KeyboardInterrupt",
        "a",
    )
    assert "Keeper-1 goes on" in capsys.readouterr().err
    cells.let("go")
    assert cells.do("ray.get(keeper.add.remote())") == 1


def test_a_run_that_was_superseded_leaves_nothing_behind(cells) -> None:
    ref = None
    for _ in range(3):
        cells.do("refs = [stay.remote('go') for _ in range(3)]", "a")
        ref = ref or weakref.ref(cells.ip.user_ns["refs"][0])
    until(lambda: len(unfinished()) == 3)
    assert ref() is None


def test_a_changed_global_gives_one_warning_with_name_and_line(live) -> None:
    live.do("rate = 2\n@ray.remote\ndef price(x):\n    return x * rate", "a")
    assert live.do("ray.get(price.remote(1))") == 2
    live.do("rate = 3")
    with pytest.warns(UserWarning, match=r"`rate` \(line 4\) changed after price"):
        assert live.do("ray.get(price.remote(1))") == 2
    assert live.do("ray.get(price.remote(1))") == 2


def test_a_global_that_is_made_anew_just_the_same_is_no_change(live) -> None:
    helper = "def _help(x): return x\nsizes = [1, 2]"
    live.do(helper, "a")
    live.do("@ray.remote\ndef f(x): return _help(x), sizes\nray.get(f.remote(1))")
    live.do(helper, "a")
    assert live.do("ray.get(f.remote(1))") == (1, [1, 2])


def test_history_lists_the_runs_of_each_cell(cells, capsys) -> None:
    cells.do("refs = [stay.remote('go') for _ in range(2)]", "a")
    cells.do("refs = []", "b")
    cells.let("go")
    until(lambda: not unfinished())
    cells.do("ray.get(stay.remote('go'))", "a")
    capsys.readouterr()
    cells.do("%rayteach history")
    first, second = capsys.readouterr().out.splitlines()
    assert "[2]  run 1 of its cell: 2 done" in first
    assert first.endswith(", superseded")
    assert "[4]  run 2 of its cell: 1 done" in second
    assert "superseded" not in second
    cells.do("%rayteach history 1")
    shown = capsys.readouterr().out
    assert shown.startswith("(1 earlier: `%rayteach history 2`)")
    cells.run("%rayteach history 0")
    assert "1 or more" in str(cells.errors[-1])


def test_status_says_what_there_is_and_what_waits(cells, capsys) -> None:
    cells.do(
        "keeper = Keeper.options(name='it').remote()\nray.get(keeper.add.remote())"
    )
    cells.do("refs = [stay.remote(n) for n in ('go', 'other', 'never')]", "a")
    begun(cells, "go")
    begun(cells, "other")
    capsys.readouterr()
    cells.do("%rayteach status")
    shown = capsys.readouterr().out
    assert "Nodes:      A (2 CPUs)" in shown
    assert "Workers:    2 for tasks, 1 for actors" in shown
    assert "Keeper-1 named 'it'" in shown
    assert "Listening:  nobody" in shown
    assert "in shared memory" in shown
    assert "IPython" in shown
    assert "first in line" in shown
    assert "2 of 2 in use, 0 free" in shown
    assert "2 running, 1 waiting" in shown
    assert "no view has answered yet" in shown


def test_status_says_which_cpus_are_lent_and_to_whom(cells, capsys) -> None:
    cells.do(
        "@ray.remote(num_cpus=2)\ndef outer(name): return ray.get(stay.remote(name))"
    )
    cells.do("ref = outer.remote('go')", "a")
    begun(cells, "go")
    capsys.readouterr()
    cells.do("%rayteach status")
    shown = capsys.readouterr().out
    assert "2 lent while outer-1 is blocked in get" in shown
    assert "1 running, 1 blocked in get\n" in shown
