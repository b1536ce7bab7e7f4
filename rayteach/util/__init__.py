"""Tools over tasks and actors: a pool of actors, a queue, ``Pool`` of processes.

All timeouts here are in seconds, as in Ray. The tools speak to the engine, which
counts in seconds too, and not to ``rayteach.get``, which counts in milliseconds.
"""

from rayteach.util.actor_pool import ActorPool

__all__ = ["ActorPool"]
