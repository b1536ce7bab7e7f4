"""Rows made by hand: what a program submitted, and where it waited."""

from __future__ import annotations

import pytest

from rayteach.trace.views.rows import Rows, RunRow, TaskRow, WaitRow


class Program:
    """Plays a program line by line; each step takes one second."""

    def __init__(self) -> None:
        self.rows = Rows(RunRow(1, "[1]", 1, 0.0))

    def submit(self, line: int, function: str = "f") -> int:
        task = len(self.rows.tasks) + 1
        self.rows.now_s += 1
        self.rows.tasks[task] = TaskRow(
            id=task,
            label=f"{function}-{task}",
            function=function,
            kind="task",
            parent=None,
            actor=None,
            inputs=[],
            cell="[1]",
            line=line,
            source="",
            submitted_s=self.rows.now_s,
            ready_s=self.rows.now_s,
            num_cpus=1,
            num_returns=1,
        )
        return task

    def get(self, line: int, *tasks: int, source: str = "") -> None:
        start_s = self.rows.now_s + 1
        self.rows.now_s += 2
        wait = len(self.rows.waits) + 1
        self.rows.waits[wait] = WaitRow(
            id=wait,
            kind="get",
            task=None,
            cell="[1]",
            line=line,
            source=source,
            start_s=start_s,
            objects=[f"{task}.0" for task in tasks],
            num_returns=len(tasks),
            timeout_s=None,
            unit="ms",
            end_s=self.rows.now_s,
            outcome=["ready"] * len(tasks),
            reason="enough ready",
        )


@pytest.fixture
def program() -> Program:
    return Program()


@pytest.fixture
def fan(program: Program) -> Program:
    """Four tasks, then one get."""
    program.get(4, *[program.submit(3) for _ in range(4)])
    return program


@pytest.fixture
def loop(program: Program) -> Program:
    """A get in each of four turns of a loop."""
    for _ in range(4):
        program.get(3, program.submit(3), source="    out.append(ray.get(f.remote(n)))")
    return program
