"""Judgement of lists against the last good answer: what has collapsed since is not believed until a person accepts it.

Judging is done in memory, from rows read before the lookups; what was judged is stored after them.
"""

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from math import floor
from threading import Lock
from typing import Any, NamedTuple
from uuid import UUID

import structlog
from django.conf import settings
from django.db import connection
from django.db.models import Q
from django.utils import timezone

from scheduling.domain.facts import Sibling
from scheduling.models import LastGoodAnswer
from scheduling.siblings.errors import SiblingFailure
from scheduling.siblings.metrics import SUSPICIOUS_ANSWERS
from scheduling.siblings.records import lost_limit

Traits = frozenset[str]
"""What makes a record of use: the certifications that a trip requires, or that a guide holds."""

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
DEPARTURES = Judged(Sibling.TRIP_CATALOG, "departures", "getTripSchedule")
GUIDES = Judged(Sibling.GUIDE_MANAGEMENT, "guides", "searchGuides")
CERTIFICATES = Judged(
    Sibling.GUIDE_MANAGEMENT,
    "certificates",
    "getGuideCertifications",
    is_worse=lambda before, now: bool(before) and not now,
)
TRAILS = Judged(Sibling.TRAIL_MANAGEMENT, "trails", "searchTrails")
BASE_CAMPS = Judged(Sibling.LOCATION_SERVICES, "base camps", "listLocations", may_lose=False)


AVAILABLE = "available guides"
"""The resource of dates on which many guides are away: only suspicions and their acceptance are stored."""

_JUDGED_OPERATIONS = frozenset(
    (judged.sibling, judged.operation)
    for judged in (REGIONS, TRIPS, DEPARTURES, GUIDES, CERTIFICATES, TRAILS, BASE_CAMPS)
)


class _Key(NamedTuple):
    sibling: str
    resource: str
    scope: str


class _Good(NamedTuple):
    """An answer that was believed; `asked` None: the whole list was read, which replaces the one before."""

    records: Mapping[str, list[str]]
    asked: list[str] | None
    read_at: datetime


class LastGoodAnswers:
    """The last good answers of some lists, and what new ones say. Safe to use from many threads."""

    def __init__(self, rows: Collection[LastGoodAnswer]) -> None:
        self._before: dict[_Key, Mapping[str, list[str]]] = {_key_of(row): row.records for row in rows}
        self._suspected = {_key_of(row) for row in rows if row.suspicion}
        self._lock = Lock()
        self._good: dict[_Key, _Good] = {}
        self._suspicions: dict[_Key, str] = {}
        self._allayed: set[_Key] = set()
        self._judged: set[tuple[Sibling, str]] = set()
        self._doubtful: set[tuple[Sibling, str]] = set()

    @classmethod
    def load(cls, *judged: Judged, days: Collection[date] = ()) -> "LastGoodAnswers":
        """Read the last good answers of these lists; of departures those of `days` only.

        Without any named, of all but the certificates: those are of every guide, and judged by themselves.
        """
        other_dates = Q(resource=DEPARTURES.resource) & ~Q(scope__in=[day.isoformat() for day in days])
        rows = LastGoodAnswer.objects.exclude(other_dates)
        if judged:
            rows = rows.filter(resource__in=[AVAILABLE, *(kind.resource for kind in judged)])
        else:
            rows = rows.exclude(resource=CERTIFICATES.resource)
        return cls(rows)

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
        return self._known(_Key(judged.sibling, judged.resource, scope))

    def _known(self, key: _Key, asked: Collection[UUID] | None = None) -> dict[UUID, Traits]:
        """Return these records of the last good answer, or all: of a list of thousands one may be asked for."""
        before = self._before.get(key, {})
        if asked is None:
            return {UUID(record): Traits(traits) for record, traits in before.items()}
        return {record: Traits(before[str(record)]) for record in asked if str(record) in before}

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
        key = _Key(judged.sibling, judged.resource, scope)
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
        good = _Good(
            {str(record): sorted(traits) for record, traits in records.items() if record not in unsure},
            None if asked is None else sorted(str(record) for record in asked if record not in unsure),
            timezone.now(),
        )
        with self._lock:
            self._good[key] = good
            self._judged.add((judged.sibling, judged.operation))
            self._doubtful |= {(judged.sibling, judged.operation)} if unsure else set()

    def judge_available(self, available: Collection[UUID], day: date) -> None:
        """Judge who is of use and available on a date by the guides who were of use when all were last read.

        Raises SiblingFailure (suspicious) where a larger share is away than the settings allow, unless a person has
        accepted it for that date.
        """
        key = _Key(GUIDES.sibling, AVAILABLE, day.isoformat())
        guides = self.known(GUIDES)
        away = [guide for guide in guides if guide not in available]
        most = max(int(settings.MAX_LOST_RECORDS), floor(float(settings.MAX_AWAY_GUIDES_SHARE) * len(guides)))
        is_accepted = key in self._before and key not in self._suspected
        if len(away) > most and not is_accepted:
            self._suspect(GUIDES, key, f"{len(away)} of {len(guides)} guides are not available on {day}")
        with self._lock:
            self._judged.add((GUIDES.sibling, GUIDES.operation))
            self._allayed |= {key} & self._suspected

    def _suspect(self, judged: Judged, key: _Key, why: str) -> None:
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
        _renew({key: answer for key, answer in sorted(good.items()) if self._is_news(key, answer)})
        _note_suspicions(suspicions)
        for key in sorted(allayed):
            LastGoodAnswer.objects.filter(**key._asdict()).exclude(suspicion="").delete()

    def _is_news(self, key: _Key, answer: _Good) -> bool:
        if key not in self._before or key in self._suspected:
            return True
        before = self._before[key]
        covered = before.keys() if answer.asked is None else {*answer.asked, *answer.records}
        return {record: sorted(before[record]) for record in covered if record in before} != answer.records


def _key_of(row: LastGoodAnswer) -> _Key:
    return _Key(row.sibling, row.resource, row.scope)


def _dated_before(day: date) -> Q:
    return Q(resource__in=[DEPARTURES.resource, AVAILABLE], scope__lt=day.isoformat())


# One statement: of two workers that answer at once each merges what it asked for, whoever stores first, and of what
# both asked for the answer read last stands. One that was read before a person accepted another is dropped.
_RENEW = """
    INSERT INTO sibling_answers AS stored (sibling, resource, scope, records, read_at, suspicion)
    VALUES (%(sibling)s, %(resource)s, %(scope)s, %(records)s, %(read_at)s, '')
    ON CONFLICT (sibling, resource, scope) DO UPDATE SET
        records = CASE WHEN %(asked)s::text[] IS NULL THEN EXCLUDED.records
                       WHEN stored.read_at > EXCLUDED.read_at THEN EXCLUDED.records || stored.records
                       ELSE (stored.records - %(asked)s::text[]) || EXCLUDED.records END,
        suspicion = CASE WHEN stored.read_at > EXCLUDED.read_at THEN stored.suspicion ELSE '' END,
        suspected_at = CASE WHEN stored.read_at > EXCLUDED.read_at THEN stored.suspected_at END,
        read_at = GREATEST(stored.read_at, EXCLUDED.read_at)
    WHERE stored.read_at <= EXCLUDED.read_at
        OR (%(asked)s::text[] IS NOT NULL AND COALESCE(stored.accepted_at <= EXCLUDED.read_at, true))
"""


def _renew(good: Mapping[_Key, _Good]) -> None:
    values = [
        {
            **key._asdict(),
            "records": json.dumps(answer.records),
            "read_at": answer.read_at,
            "asked": answer.asked,
        }
        for key, answer in good.items()
    ]
    _execute(_RENEW, values)


_NOTE_SUSPICION = """
    INSERT INTO sibling_answers AS stored (sibling, resource, scope, records, read_at, suspicion, suspected_at)
    VALUES (%(sibling)s, %(resource)s, %(scope)s, '{}', now(), %(why)s, now())
    ON CONFLICT (sibling, resource, scope) DO UPDATE SET
        suspicion = EXCLUDED.suspicion, suspected_at = COALESCE(stored.suspected_at, EXCLUDED.suspected_at)
"""


def _note_suspicions(suspicions: Mapping[_Key, str]) -> None:
    _execute(_NOTE_SUSPICION, [{**key._asdict(), "why": why} for key, why in sorted(suspicions.items())])


def _execute(statement: str, values: Sequence[Mapping[str, Any]]) -> None:
    """Execute a statement for each of some rows, one by one: no worker waits for more than one row of another's."""
    if values:
        with connection.cursor() as cursor:
            cursor.executemany(statement, values)


def purge_past_answers(today: date) -> int:
    """Delete the answers about dates before `today`, and return how many there were."""
    deleted, _ = LastGoodAnswer.objects.filter(_dated_before(today)).delete()
    return deleted


def accept_answer(answer: LastGoodAnswer) -> None:
    """Accept, as a person, whatever the sibling answers next for this list; it becomes the last good answer.

    Answers that were read before this moment do not bring the former one back.
    """
    now = timezone.now()
    LastGoodAnswer.objects.filter(pk=answer.pk).update(
        records={}, read_at=now, accepted_at=now, suspicion="", suspected_at=None
    )
