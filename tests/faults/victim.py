"""A driver that is about to die: it says each step and never ends by itself."""

import itertools

import rayteach


def say(word: str) -> None:
    print(word, flush=True)  # noqa: T201 (the test reads it)


say("imported")
rayteach.init(num_cpus=2, object_store_memory=400_000)  # so that it spills
say("open")


@rayteach.remote
def spin() -> None:
    while True:
        pass


@rayteach.remote
def large(n: int) -> bytes:
    return bytes(200_000 + n)  # past the inline limit: a file in shared memory


@rayteach.remote
def outer(n: int) -> int:
    return len(rayteach.get(large.remote(n)))


@rayteach.remote
class Counter:
    def __init__(self) -> None:
        self.value = 0

    def add(self) -> int:
        self.value += 1
        return self.value


counter = Counter.remote()
say("actor")
endless = spin.remote()
for number in itertools.count():
    counter.add.remote()
    put = rayteach.put(bytes(300_000))
    rayteach.get([outer.remote(number), large.remote(number)])
    say("tick")
