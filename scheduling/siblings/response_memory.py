"""Responses of the siblings that a process has read from the cache, parsed already, while the cache stays as it is.

A process that answers many requests from the same cached responses would read and parse them again for each. What is
kept here is never older than the cache would let it be, and is dropped with any write of the cache by somebody else.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import Any, NamedTuple, TypeVar

P = TypeVar("P")

MAX_BYTES = 8 * 1024 * 1024
"""The bodies of the responses that a process keeps; a company with more reads them from the cache."""


@dataclass(frozen=True, slots=True)
class CachedResponse:
    """The body of a response and the time at which it was read (aware)."""

    body: bytes
    read_at: datetime
    _parsed: dict[Any, Any] = field(default_factory=dict, compare=False, repr=False)

    def parsed_by(self, parse: Callable[[bytes], P]) -> P:
        """Return the body as `parse` reads it, which is called once. The result is shared: nobody may change it."""
        if parse not in self._parsed:
            self._parsed[parse] = parse(self.body)
        parsed: P = self._parsed[parse]
        return parsed


class _Kept(NamedTuple):
    response: CachedResponse
    until: datetime


class ResponseMemory:
    """The responses read under one mark of the cache. Safe to use from many threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._mark: bytes | None = None
        self._kept: dict[str, _Kept] = {}
        self._bytes = 0

    def get(self, mark: bytes | None, key: str) -> CachedResponse | None:
        """Return the response that was read under the same mark, if it is still within its lifetime."""
        with self._lock:
            kept = self._kept.get(key) if mark is not None and mark == self._mark else None
        return kept.response if kept and datetime.now(UTC) < kept.until else None

    def keep(self, mark: bytes | None, key: str, response: CachedResponse, lifetime: timedelta) -> None:
        """Keep a response that was read after `mark` was; without a mark nothing is kept."""
        if mark is None:
            return
        with self._lock:
            if mark != self._mark:
                self._mark, self._kept, self._bytes = mark, {}, 0
            if key not in self._kept and self._bytes + len(response.body) <= MAX_BYTES:
                self._kept[key] = _Kept(response, response.read_at + lifetime)
                self._bytes += len(response.body)

    def renew(self, before: bytes | None, mark: bytes, written: Iterable[str]) -> None:
        """Take note of a write of these keys by this process, which gave the cache another mark than `before`.

        What was kept stays, but for these keys, unless somebody else has written in between.
        """
        with self._lock:
            if before is None or before != self._mark:
                self._kept, self._bytes = {}, 0
            for key in written:
                if dropped := self._kept.pop(key, None):
                    self._bytes -= len(dropped.response.body)
            self._mark = mark


memory = ResponseMemory()
