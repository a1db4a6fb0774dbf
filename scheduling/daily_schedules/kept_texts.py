"""The texts of large daily schedules that a process has sent: of a row's version PostgreSQL writes one once.

A version (`scheduling/models/stored_edits.py`) is a row's id and revision, the transaction that wrote it and when: no
other state of the row has the same, after a rollback or a restored backup neither. Which version a row has is read each
time; what is kept is only what PostgreSQL would write again.
"""

import json
from collections import OrderedDict
from collections.abc import Mapping
from json import JSONDecodeError
from threading import Lock
from typing import NamedTuple
from uuid import UUID

# Of shorter ones the text costs less than all else of an answer.
LEAST_BYTES = 100_000
MOST_BYTES = 32_000_000
MOST_BYTES_OF_A_DEPARTURE = 64_000

_scan = json.JSONDecoder().raw_decode


class KeptText(NamedTuple):
    """The document of a version as PostgreSQL writes it, in UTF-8, and whether a departure in it is unpublished."""

    version: str
    text: bytes
    has_unpublished_changes: bool


class KeptTexts:
    """The text of the latest version of each daily schedule that was sent, up to a number of bytes in all.

    Those go first that were not asked for longest.
    """

    def __init__(self, *, most: int = MOST_BYTES, least: int = LEAST_BYTES) -> None:
        self._most, self._least = most, least
        self._texts: OrderedDict[UUID, KeptText] = OrderedDict()
        self._lock = Lock()

    def keep(self, schedule_id: UUID, kept: KeptText) -> None:
        """Keep the text of a daily schedule in place of the one of another version."""
        with self._lock:
            self._texts.pop(schedule_id, None)
            if not self._least <= len(kept.text) <= self._most:
                return
            self._texts[schedule_id] = kept
            while sum(len(other.text) for other in self._texts.values()) > self._most:
                self._texts.popitem(last=False)

    def all_by_version(self) -> dict[str, KeptText]:
        with self._lock:
            return {kept.version: kept for kept in self._texts.values()}

    def of(self, schedule_id: UUID, version: str) -> KeptText | None:
        """Return the text of a daily schedule at this version, None where another one or none is kept."""
        with self._lock:
            kept = self._texts.get(schedule_id)
            if kept is None or kept.version != version:
                return None
            self._texts.move_to_end(schedule_id)
            return kept


kept_texts = KeptTexts()


def with_departures_in_place(text: bytes, departures: Mapping[str, str | None]) -> bytes | None:
    """Return a document's text with these texts in place of those of its departures, by their keys.

    None where a key is that of anything else too, or of nothing, or its departure is removed: it takes the whole.
    """
    for key, departure in departures.items():
        # Within a string its quotes would be escaped.
        name = f'"{key}": '.encode()
        start = text.find(name) + len(name)
        if departure is None or start < len(name) or text.find(name, start) >= 0:
            return None
        end = _end_of_value(text, start)
        if end is None:
            return None
        # Of megabytes each copy counts.
        whole = memoryview(text)
        text = b"".join((whole[:start], departure.encode(), whole[end:]))
    return text


def _end_of_value(text: bytes, start: int) -> int | None:
    """Return where the JSON value at `start` ends; None where it is longer than any departure should be."""
    following = text[start : start + MOST_BYTES_OF_A_DEPARTURE].decode(errors="ignore")
    try:
        _, length = _scan(following)
    except JSONDecodeError:
        return None
    return start + len(following[:length].encode())
