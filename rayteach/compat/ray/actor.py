"""``ray.actor``: types of actor classes and handles, ``exit_actor``."""

from rayteach.api.actor import ActorClass, ActorHandle, ActorMethod, method
from rayteach.api.context import exit_actor

__all__ = ["ActorClass", "ActorHandle", "ActorMethod", "exit_actor", "method"]
