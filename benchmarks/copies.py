"""A gigabyte from node to node, beside what a bare socket carries in the same run.

    python -m benchmarks.copies

Prints gigabytes per second of both and the ratio of our worst to the socket's best.
"""

from __future__ import annotations

import os
import socket
import time

import numpy as np

import rayteach as ray

SIZE = 1 << 30
ROUNDS = 3


def bare() -> float:
    """Return the bytes per second of a socket pair between two processes."""
    ours, theirs = socket.socketpair()
    child = os.fork()
    if not child:
        ours.close()
        data = memoryview(bytearray(SIZE))
        theirs.send(b"r")
        theirs.recv(1)
        theirs.sendall(data)
        os._exit(0)
    theirs.close()
    buffer, left = memoryview(bytearray(1 << 20)), SIZE
    ours.recv(1)
    start_s = time.monotonic()
    ours.send(b"g")
    while left:
        left -= ours.recv_into(buffer[: min(left, len(buffer))])
    took_s = time.monotonic() - start_s
    os.waitpid(child, 0)
    ours.close()
    return SIZE / took_s


def copies() -> list[float]:
    """Return the bytes per second of copies between two nodes."""
    ray.init(num_nodes=2, num_cpus=1, object_store_memory=3 * SIZE)

    @ray.remote(node="B")  # type: ignore[untyped-decorator]
    def touch(array: np.ndarray) -> int:
        return array.size

    for _ in range(ROUNDS):
        value = ray.put(np.ones(SIZE // 8))
        ray.get(touch.remote(value))
        del value
    found = ray.transfers()
    ray.shutdown()
    return [one.size_bytes / (one.end_s - one.start_s) for one in found]


def main() -> None:
    """Measure and print."""
    sockets = [bare() for _ in range(ROUNDS)]
    ours = copies()
    for name, rates in (("socket", sockets), ("copies", ours)):
        print(f"{name}: " + ", ".join(f"{rate / 1e9:.2f} GB/s" for rate in rates))
    print(f"ratio, our worst over its best: {min(ours) / max(sockets):.2f}")


if __name__ == "__main__":
    main()
