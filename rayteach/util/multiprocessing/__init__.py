"""``multiprocessing.Pool`` over actors: change one import line, keep the program.

Source: Python 3 ``multiprocessing.pool``, Ray 2.60 ``ray.util.multiprocessing``.
"""

from rayteach.util.multiprocessing.pool import Pool
from rayteach.util.multiprocessing.results import AsyncResult, IMapIterator

__all__ = ["AsyncResult", "IMapIterator", "Pool"]
