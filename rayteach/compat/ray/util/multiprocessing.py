"""``ray.util.multiprocessing``."""

from rayteach.util.multiprocessing import AsyncResult, IMapIterator, Pool

__all__ = ["AsyncResult", "IMapIterator", "Pool"]
