"""Two runs on one time axis."""

from __future__ import annotations

from rayteach.api.run import Run
from rayteach.trace.recording import Recording
from rayteach.trace.tape import Tape


def run(count: int, seconds: float, extra: str = "") -> Run:
    made = Tape(num_cpus=1, workers=1)
    for place in range(count):
        task = made.submit("f")
        made.run_task(task, place * seconds, (place + 1) * seconds)
    if extra:
        made.run_task(made.submit(extra), count * seconds, count * seconds + 0.1)
    return Run(Recording(made.events(), made.origin_s))


def test_both_timelines_stand_on_one_axis() -> None:
    text = run(4, 0.25).compare(run(4, 0.125)).to_text(64)
    lines = text.splitlines()
    first, second = lines.index("first"), lines.index("second")
    assert lines[first + 1] == lines[second + 1]  # the axis
    slow, quick = lines[first + 2].rstrip(), lines[second + 2].rstrip()
    left = slow.index("[")
    assert slow.count("[f-") == quick.count("[f-") == 4
    assert abs((len(slow) - left) - 2 * (len(quick) - left)) <= 2
    assert "2.0 times as fast" in text


def test_what_only_one_of_them_has_is_named_beside_its_timeline() -> None:
    one, other = run(2, 0.1), run(3, 0.1, "g")
    compared = one.compare(other)
    assert "second (only here: f-3 and g-1)" in compared.to_text()
    assert "only here" not in other.compare(other).to_text()
    picture = compared.svg()
    assert picture.count("First run") == picture.count("Second run") == 1
    assert "only here: f-3 and g-1" in picture
    assert "<img alt=" in compared._repr_html_()
    assert repr(compared) == compared.to_text()
