"""What the sandbox shows: lines of many processes, each behind its name."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import RLock
from typing import TextIO

_WIDTH = 9
_PLAIN = "\033[0m"
_COLOURS = {
    "web": "\033[36m",
    "worker": "\033[32m",
    "beat": "\033[35m",
    "relay": "\033[34m",
    "consumer": "\033[33m",
    "siblings": "\033[90m",
    "sandbox": "\033[1m",
}


class Terminal:
    """Prints whole lines, from any thread, in colour where a person looks."""

    def __init__(self, stream: TextIO = sys.stdout) -> None:
        self._stream = stream
        self._is_coloured = stream.isatty()
        self._lock = RLock()
        self._held: list[str] | None = None

    def log(self, name: str, text: str) -> None:
        """A line that a process wrote."""
        line = f"{self._prefix(name)} {text}"
        with self._lock:
            if self._held is None:
                self.say(line)
            else:
                self._held.append(line)

    def say(self, line: str) -> None:
        """A line of the sandbox itself."""
        with self._lock:
            print(line, file=self._stream, flush=True)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keep back what processes write, so that what is shown meanwhile stays in one piece."""
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
        return f"{_COLOURS.get(name, '')}{text}{_PLAIN}" if self._is_coloured else text
