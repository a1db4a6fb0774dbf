"""The terminal of the sandbox: lines of many processes, each prefixed with the name of its process."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import RLock
from typing import TextIO

_WIDTH = 9
_PLAIN = "\033[0m"
_COLORS = {
    "web": "\033[36m",
    "worker": "\033[32m",
    "beat": "\033[35m",
    "relay": "\033[34m",
    "consumer": "\033[33m",
    "siblings": "\033[90m",
    "sandbox": "\033[1m",
}


class Terminal:
    """A printer of whole lines from any thread, in color on a terminal."""

    def __init__(self, stream: TextIO = sys.stdout) -> None:
        self._stream = stream
        self._is_colored = stream.isatty()
        self._lock = RLock()
        self._held: list[str] | None = None

    def log(self, name: str, text: str) -> None:
        """Print a line of the process `name`."""
        line = f"{self._prefix(name)} {text}"
        with self._lock:
            if self._held is None:
                self.say(line)
            else:
                self._held.append(line)

    def say(self, line: str) -> None:
        """Print a line of the sandbox itself."""
        with self._lock:
            print(line, file=self._stream, flush=True)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Defer the lines of processes, so that other output remains contiguous."""
        with self._lock:
            self._held = []
        try:
            yield
        finally:
            with self._lock:
                lines, self._held = self._held or [], None
                for line in lines:
                    self.say(line)

    def _prefix(self, name: str) -> str:
        text = f"{name:<{_WIDTH}}|"
        return f"{_COLORS.get(name, '')}{text}{_PLAIN}" if self._is_colored else text
