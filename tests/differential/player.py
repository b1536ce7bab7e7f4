"""Plays programs on one engine: a program per line comes in, what it gave goes out.

    python player.py local|ray

A program is a list of steps; a step that makes something names earlier ones by their
place among what was made, modulo how many there are, so every list is a program.
"""

import json
import os
import sys
import tempfile
from pathlib import Path

import rayteach as ray


@ray.remote
def add(x, y):
    return x + y


@ray.remote
def fail(kind, _after):
    raise {"value": ValueError, "key": KeyError, "zero": ZeroDivisionError}[kind](kind)


@ray.remote(num_returns=2)
def split(x):
    return x, -x


@ray.remote
def tree(depth, leaf):
    if not depth:
        return leaf
    return sum(ray.get([tree.remote(depth - 1, leaf) for _ in range(2)]))


@ray.remote
def rescue(ids):
    try:
        return ray.get(ids[0])
    except Exception as error:  # noqa: BLE001 (any of them is the answer)
        return f"rescued {type(error).__mro__[1].__name__}"


@ray.remote
def hold(path):
    with Path(path).open("rb"):  # opens when the program lets it
        return 0


@ray.remote
class Counter:
    def __init__(self, start):
        self.total = start

    def add(self, x):
        self.total += x
        return self.total

    def fail(self):
        raise RuntimeError(str(self.total))


class Player:
    """Runs one program; ``said`` is what it gave, in order."""

    def __init__(self, folder):
        self.ids = [ray.put(1)]
        self.actors = []
        self.said = []
        self.folder = folder

    def id(self, at):
        return self.ids[at % len(self.ids)]

    def play(self, program):
        for name, *arguments in program:
            getattr(self, f"do_{name}")(*arguments)
        for one in self.ids:
            self.look(one)
        return self.said

    def look(self, one):
        try:
            self.said.append(["value", ray.get(one)])
        except Exception as error:  # noqa: BLE001 (as above)
            kinds = [kind.__name__ for kind in type(error).__mro__]
            self.said.append(["error", kinds])

    def do_add(self, x, y):
        self.ids.append(add.remote(self.id(x), y))

    def do_join(self, x, y):
        self.ids.append(add.remote(self.id(x), y=self.id(y)))

    def do_fail(self, kind, x):
        self.ids.append(fail.remote(kind, self.id(x)))

    def do_split(self, x):
        self.ids.extend(split.remote(self.id(x)))

    def do_tree(self, depth, leaf):
        self.ids.append(tree.remote(depth, leaf))

    def do_rescue(self, x):
        self.ids.append(rescue.remote([self.id(x)]))

    def do_put(self, value):
        self.ids.append(ray.put(value))

    def do_actor(self, start):
        self.actors.append(Counter.remote(start))

    def do_call(self, actor, x):
        if self.actors:
            chosen = self.actors[actor % len(self.actors)]
            self.ids.append(chosen.add.remote(self.id(x)))

    def do_fail_call(self, actor):
        if self.actors:
            self.ids.append(self.actors[actor % len(self.actors)].fail.remote())

    def do_get(self, x):
        self.look(self.id(x))

    def do_wait_all(self, count):
        some = list(dict.fromkeys(self.ids[-count:]))
        ready, rest = ray.wait(some, num_returns=len(some))
        self.said.append(["all", ready == some, len(rest)])

    def do_wait_first(self, count):
        """What has been fetched is ready: the first of it in input order counts."""
        some = list(dict.fromkeys(self.ids[-count:]))
        ray.wait(some, num_returns=len(some))
        ready, rest = ray.wait(some, 1)
        self.said.append(["first", [some.index(one) for one in ready + rest]])

    def do_cancel(self):
        """Of a task that waits for its input, and so has not begun."""
        path = self.folder / f"gate-{len(self.said)}-{len(self.ids)}"
        os.mkfifo(path)
        held = hold.remote(str(path))
        waiting = add.remote(held, 1)
        after = add.remote(waiting, 1)
        ray.cancel(waiting)
        self.look(waiting)
        with path.open("wb"):
            self.look(held)
        self.ids.append(after)


def main():
    try:
        ray.init(num_cpus=2, engine=sys.argv[1])
    except Exception as error:
        if "timed out during startup" not in str(error):
            raise
        sys.exit(77)
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    for line in sys.stdin:
        with tempfile.TemporaryDirectory() as folder:
            said = Player(Path(folder)).play(json.loads(line))
        answers.write(json.dumps(said) + "\n")
    ray.shutdown()


if __name__ == "__main__":
    main()
