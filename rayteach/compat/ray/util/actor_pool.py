"""``ray.util.actor_pool``."""

from rayteach.util.actor_pool import ActorPool

__all__ = ["ActorPool"]
