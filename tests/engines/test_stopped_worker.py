"""A worker that is stopped between taking a message and noting it on the board.

1. Worker A takes a message and stands still before its note.
2. Another idle worker dies, so the driver looks for messages that nobody has.
3. The message is handed out again, and runs elsewhere.
4. A goes on: it must put the message away.
"""

import os
import signal


def stand_still_at_the_next_note(bell, gate):
    """Patch this worker: before its next note it rings and waits."""
    from rayteach.runtime.board import Board  # noqa: PLC0415 (the worker's own)

    noting = Board.begin

    def begin(board, worker, message):
        if message:
            Board.begin = noting
            bell.ring("still")
            gate.pass_()
        noting(board, worker, message)

    Board.begin = begin


def kill_idle(engine, pid):
    [number] = [w.number for w in engine._pool.workers.values() if w.pid == pid]
    while engine._pool.board.read(number).message:  # its note of the end is due
        continue
    os.kill(pid, signal.SIGKILL)


def test_what_was_handed_out_again_runs_once(ray, engine, gate, bell, tally, tmp_path):
    from gates import Gate  # noqa: PLC0415 (found by the conftest)

    hold = Gate(tmp_path / "hold")

    @ray.remote
    def prepare():
        stand_still_at_the_next_note(bell, gate)
        bell.ring("prepared")

    @ray.remote
    def occupy():
        bell.ring(str(os.getpid()))
        hold.pass_()

    @ray.remote
    def count():
        return tally.add()

    occupied = occupy.remote()
    [other] = bell.hear()
    ray.get(prepare.remote())
    counted = count.remote()
    assert bell.hear(2) == ["prepared", "still"]
    hold.let()
    ray.get(occupied)
    kill_idle(engine, int(other))
    ray.get([counted, count.remote()])  # a new worker runs them
    gate.let()
    ray.get([count.remote() for _ in range(20)])
    assert tally.count == 22
    hold.close()


def test_a_worker_that_goes_on_in_time_keeps_its_message(ray, gate, bell, tally):
    @ray.remote
    def prepare():
        stand_still_at_the_next_note(bell, gate)

    @ray.remote
    def count():
        return tally.add()

    ray.get(prepare.remote())
    ids = [count.remote() for _ in range(3)]
    bell.hear()
    gate.let()
    ray.get(ids)
    assert tally.count == 3
