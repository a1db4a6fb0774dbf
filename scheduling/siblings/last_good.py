"""Judgement of lists against the last good answer: what has collapsed since is not believed until a person accepts it.

Judging is done in memory, from rows read before the lookups; what was judged is stored after them.
"""

from collections.abc import Callable, Collection, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date
from math import floor
from threading import Lock
from typing import NamedTuple, Self
from uuid import UUID

import structlog
from django.conf import settings
from django.utils import timezone

from scheduling.domain.facts import Sibling
from scheduling.siblings import last_good_rows
from scheduling.siblings.errors import SiblingFailure
from scheduling.siblings.last_good_rows import (
    AVAILABLE,
    Good,
    Key,
    Known,
    Traits,
    allay_suspicions,
    note_suspicions,
    read_known,
    renew_answers,
)
from scheduling.siblings.metrics import SUSPICIOUS_ANSWERS
from scheduling.siblings.one_reading import is_one_reading, look_again, seen
from scheduling.siblings.records import lost_limit

SMALLEST_SAMPLE = 5
"""Fewer records than this say nothing about the sibling: what they lost is neither kept nor forgotten."""

NO_TRAITS = Traits()

log = structlog.get_logger(__name__)


def _never(_: Traits, __: Traits) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Judged:
    """A kind of list that is judged. `operation` is the contract's operationId.

    `is_worse(before, now)` tells from the traits of a record that is still there whether it is of no use any more.
    `may_lose`: some records may be lost; without it any loss is suspicious.
    """

    sibling: Sibling
    resource: str
    operation: str
    is_worse: Callable[[Traits, Traits], bool] = _never
    may_lose: bool = True


REGIONS = Judged(Sibling.TRIP_CATALOG, "regions", "listRegions", may_lose=False)
TRIPS = Judged(Sibling.TRIP_CATALOG, "trips", "getTripById", is_worse=lambda before, now: bool(now - before))
DEPARTURES = Judged(Sibling.TRIP_CATALOG, last_good_rows.DEPARTURES, "getTripSchedule")
GUIDES = Judged(Sibling.GUIDE_MANAGEMENT, "guides", "searchGuides")
CERTIFICATES = Judged(
    Sibling.GUIDE_MANAGEMENT,
    "certificates",
    "getGuideCertifications",
    is_worse=lambda before, now: bool(before) and not now,
)
TRAILS = Judged(Sibling.TRAIL_MANAGEMENT, "trails", "searchTrails")
BASE_CAMPS = Judged(Sibling.LOCATION_SERVICES, "base camps", "listLocations", may_lose=False)


_JUDGED = (REGIONS, TRIPS, DEPARTURES, GUIDES, CERTIFICATES, TRAILS, BASE_CAMPS)
_JUDGED_OPERATIONS = frozenset((judged.sibling, judged.operation) for judged in _JUDGED)

_ROWS = "last good answers"


class _Rows(NamedTuple):
    """The rows of these resources; of departures those of `days`."""

    resources: frozenset[str]
    days: frozenset[date]
    known: Mapping[Key, Known]

    @classmethod
    def read(cls, resources: frozenset[str], days: frozenset[date], asked: Collection[UUID] | None) -> Self:
        """Read the rows of these resources, for several rounds those of all: a later one judges something else.

        `asked`: of the rows of a single round these records alone.
        """
        if is_one_reading():
            resources, asked = resources | {kind.resource for kind in _JUDGED}, None
        return cls(resources, days, read_known(resources, days=days, asked=asked))

    def cover(self, resources: frozenset[str], days: frozenset[date]) -> bool:
        """Return whether the rows of these resources and days are among them."""
        return resources <= self.resources and days <= self.days


class LastGoodAnswers:
    """The last good answers of some lists, and what new ones say. Safe to use from many threads."""

    def __init__(self, known: Mapping[Key, Known]) -> None:
        self._before = known
        self._lock = Lock()
        self._good: dict[Key, Good] = {}
        self._suspicions: dict[Key, str] = {}
        self._allayed: set[Key] = set()
        self._judged: set[tuple[Sibling, str]] = set()
        self._doubtful: set[tuple[Sibling, str]] = set()

    @classmethod
    def load(
        cls, *judged: Judged, days: Collection[date] = (), asked: Collection[UUID] | None = None
    ) -> "LastGoodAnswers":
        """Read the last good answers of these lists; of departures those of `days` only.

        Without any named, of all but the certificates: those are of every guide, and judged by themselves. With `asked`
        what is known of these records alone: of thousands, of which others are asked about every time.
        """
        kinds = judged or [kind for kind in _JUDGED if kind is not CERTIFICATES]
        resources, dates = frozenset({AVAILABLE, *(kind.resource for kind in kinds)}), frozenset(days)
        rows = seen(
            _ROWS, lambda: _Rows.read(resources, dates, asked), serves=lambda rows: rows.cover(resources, dates)
        )
        return cls(rows.known)

    def believes(self, sibling: Sibling, operation: str) -> bool:
        """Return whether answers of the operation may be kept: they were judged and believed, or need no judgement."""
        with self._lock:
            is_judged = (sibling, operation) in self._judged
            is_free = (sibling, operation) not in _JUDGED_OPERATIONS
            return (is_judged or is_free) and (sibling, operation) not in self._doubtful

    def doubts(self, sibling: Sibling, operation: str) -> bool:
        """Return whether an answer of the operation was not believed."""
        return (sibling, operation) in self._doubtful

    def known(self, judged: Judged, scope: str = "") -> Mapping[UUID, Traits]:
        """Return the records of the last good answer, empty without one."""
        return self._known(Key(judged.sibling, judged.resource, scope))

    def _known(self, key: Key, asked: Collection[UUID] | None = None) -> Mapping[UUID, Traits]:
        """Return these records of the last good answer, or all: of a list of thousands one may be asked for."""
        records = self._before[key].records if key in self._before else {}
        if asked is None:
            return records
        return {record: records[record] for record in asked if record in records}

    def judge(
        self,
        judged: Judged,
        records: Mapping[UUID, Traits],
        *,
        scope: str = "",
        asked: Collection[UUID] | None = None,
        accounted_for: Collection[UUID] = (),
    ) -> None:
        """Take note of the records of use in an answer: all of the list, or of those `asked` for.

        `accounted_for` are those of which it says itself what became of them: they are of no use, but not lost. Raises
        SiblingFailure (suspicious) where too many that the last good answer had are missing or worse.
        """
        key = Key(judged.sibling, judged.resource, scope)
        expected = self._known(key, asked)
        lost = [
            record
            for record, traits in expected.items()
            if record not in accounted_for and (record not in records or judged.is_worse(traits, records[record]))
        ]
        most = lost_limit(len(expected)) if judged.may_lose else 0
        if len(lost) > most:
            self._suspect(judged, key, f"{len(lost)} of {len(expected)} {judged.resource} are not of use any more")
        # Of a few records asked for, all may be lost without being too many: what was known of them stays.
        unsure = set(lost) if asked is not None and len(expected) < SMALLEST_SAMPLE else set()
        good = Good(
            {record: traits for record, traits in records.items() if record not in unsure},
            None if asked is None else frozenset(asked) - unsure,
            timezone.now(),
        )
        with self._lock:
            self._good[key] = good
            self._judged.add((judged.sibling, judged.operation))
            self._doubtful |= {(judged.sibling, judged.operation)} if unsure else set()

    def judge_available(self, available: AbstractSet[UUID], day: date) -> None:
        """Judge who is of use and available on a date by the guides who were of use when all were last read.

        Raises SiblingFailure (suspicious) where a larger share is away than the settings allow, unless a person has
        accepted it for that date.
        """
        key = Key(GUIDES.sibling, AVAILABLE, day.isoformat())
        guides = self.known(GUIDES)
        away = guides.keys() - available
        most = max(int(settings.MAX_LOST_RECORDS), floor(float(settings.MAX_AWAY_GUIDES_SHARE) * len(guides)))
        is_accepted = key in self._before and not self._before[key].is_suspected
        if len(away) > most and not is_accepted:
            self._suspect(GUIDES, key, f"{len(away)} of {len(guides)} guides are not available on {day}")
        with self._lock:
            self._judged.add((GUIDES.sibling, GUIDES.operation))
            self._allayed |= {key} if key in self._before and self._before[key].is_suspected else set()

    def _suspect(self, judged: Judged, key: Key, why: str) -> None:
        with self._lock:
            self._suspicions[key] = why
            self._doubtful.add((judged.sibling, judged.operation))
        SUSPICIOUS_ANSWERS.labels(judged.sibling, judged.resource).inc()
        log.error("sibling_answer_suspicious", sibling=judged.sibling, resource=judged.resource, why=why)
        raise SiblingFailure(judged.sibling, judged.operation, "suspicious", why)

    def store(self) -> None:
        """Store the answers that were believed and differ from those before, and the suspicions."""
        with self._lock:
            good = {key: answer for key, answer in self._good.items() if key not in self._suspicions}
            suspicions, allayed = dict(self._suspicions), self._allayed - self._suspicions.keys()
        news = {key: answer for key, answer in sorted(good.items()) if self._is_news(key, answer)}
        if news or suspicions or allayed:
            look_again(_ROWS)
        renew_answers(news)
        note_suspicions(suspicions)
        allay_suspicions(allayed)

    def _is_news(self, key: Key, answer: Good) -> bool:
        if key not in self._before or self._before[key].is_suspected:
            return True
        before = self._before[key].records
        if answer.asked is None:
            return before != answer.records
        covered = answer.asked | answer.records.keys()
        return {record: before[record] for record in covered if record in before} != answer.records
