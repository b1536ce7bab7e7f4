"""``ray.util.queue``."""

from rayteach.util.queue import Empty, Full, Queue

__all__ = ["Empty", "Full", "Queue"]
