"""Meeting points of a test and its tasks: named pipes, so that nobody polls.

Importable in workers too (the conftest puts this folder on ``sys.path``).
"""

import os
from pathlib import Path


class Gate:
    """Tasks ``pass_`` one by one, as often as the test has let through."""

    def __init__(self, path: Path) -> None:
        self.path = str(path)
        os.mkfifo(self.path)
        self._fd = os.open(self.path, os.O_RDWR | os.O_CLOEXEC)

    def let(self, count: int = 1) -> None:
        """Let ``count`` more passages through; also before anyone waits."""
        os.write(self._fd, b"." * count)

    def pass_(self) -> None:
        """Wait, in a task, until the test lets it through."""
        with open(self.path, "rb", buffering=0) as pipe:  # noqa: PTH123
            pipe.read(1)

    def close(self) -> None:
        """Take it away: who comes later gets an error, nobody waits for ever."""
        os.unlink(self.path)  # noqa: PTH108 (a plain path)
        os.close(self._fd)

    def __reduce__(self):
        return _Remote, (self.path,)


class _Remote(Gate):
    def __init__(self, path: str) -> None:
        self.path = path


class Bell:
    """Tasks ``ring``; the test waits until so many have."""

    def __init__(self, path: Path) -> None:
        self.path = str(path)
        os.mkfifo(self.path)
        self._fd = os.open(self.path, os.O_RDWR | os.O_CLOEXEC)

    def ring(self, text: str = "") -> None:
        """Tell the test, from a task."""
        with open(self.path, "ab", buffering=0) as pipe:  # noqa: PTH123
            pipe.write(f"{text or os.getpid()}\n".encode())

    def hear(self, count: int = 1) -> list[str]:
        """Wait for ``count`` rings; return what they said."""
        heard = b""
        while heard.count(b"\n") < count:
            heard += os.read(self._fd, 1)
        return heard.decode().split()

    def close(self) -> None:
        """Take it away: who comes later gets an error, nobody waits for ever."""
        os.unlink(self.path)  # noqa: PTH108 (a plain path)
        os.close(self._fd)

    def __reduce__(self):
        return _RemoteBell, (self.path,)


class _RemoteBell(Bell):
    def __init__(self, path: str) -> None:
        self.path = path


class Tally:
    """Counts how often something ran, whatever died meanwhile."""

    def __init__(self, path: Path) -> None:
        self.path = str(path)
        Path(self.path).touch()

    def add(self) -> int:
        """Count one more; return which one it was, a number nobody else gets."""
        fd = os.open(self.path, os.O_WRONLY | os.O_APPEND)
        try:
            os.write(fd, b".")
            return os.lseek(fd, 0, os.SEEK_CUR)  # the end of what we wrote
        finally:
            os.close(fd)

    @property
    def count(self) -> int:
        return Path(self.path).stat().st_size
