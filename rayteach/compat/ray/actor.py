"""``ray.actor``: the types of actor classes and handles."""

from rayteach.api.actor import ActorClass, ActorHandle, ActorMethod

__all__ = ["ActorClass", "ActorHandle", "ActorMethod"]
