"""Takes away what only Linux has, in every Python process that starts with it."""

import os
import select
import socket

_ONLY_ON_LINUX = (
    "copy_file_range",
    "eventfd",
    "getrandom",
    "memfd_create",
    "pidfd_open",
    "pipe2",
    "posix_fadvise",
    "posix_fallocate",
    "sched_getaffinity",
    "sched_setaffinity",
)

for _name in _ONLY_ON_LINUX:
    if hasattr(os, _name):
        delattr(os, _name)
del select.epoll

_socketpair = socket.socketpair


def _without_seqpacket(family=None, type=socket.SOCK_STREAM, proto=0):  # noqa: A002
    if type == socket.SOCK_SEQPACKET:
        raise OSError(43, "Protocol not supported")
    return _socketpair(family, type, proto)


socket.socketpair = _without_seqpacket
