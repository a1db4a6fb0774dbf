"""The table of last good answers. A process parses each row once, and again when somebody has changed it."""

import json
from collections import OrderedDict
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from threading import Lock
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection
from django.db.models import Q
from django.utils import timezone

from novatrek_scheduling.pgpool.prepared import prepared_cursor
from scheduling.models import LastGoodAnswer

Traits = frozenset[str]
"""What makes a record of use: the certifications that a trip requires, or that a guide holds."""

AVAILABLE = "available guides"
"""The resource of dates on which many guides are away: only suspicions and their acceptance are stored."""

DEPARTURES = "departures"
DATED = (DEPARTURES, AVAILABLE)
"""The resources whose scopes are dates."""

MAX_RECORDS = 40_000
"""The records that a process keeps parsed, of all lists together: some 20 MB."""


class Key(NamedTuple):
    """The list that a row is about; `scope` is its region or date, empty for the whole."""

    sibling: str
    resource: str
    scope: str


class Known(NamedTuple):
    """The last answer that was believed, by record. `is_suspected`: the latest answer was not. Nobody may change it."""

    records: Mapping[UUID, Traits]
    is_suspected: bool


class Good(NamedTuple):
    """An answer that was believed; `asked` None: the whole list was read, which replaces the one before."""

    records: Mapping[UUID, Traits]
    asked: frozenset[UUID] | None
    read_at: datetime


class ParsedRows:
    """The rows that this process has parsed, by their versions; those not used for long make room for others."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._rows: OrderedDict[str, Known] = OrderedDict()
        self._records = 0

    def rows(self) -> dict[str, Known]:
        """Return what is kept at this moment."""
        with self._lock:
            return dict(self._rows)

    def keep(self, rows: Mapping[str, Known]) -> None:
        """Keep these rows, which were just used, as far as there is room."""
        with self._lock:
            for version, known in rows.items():
                if version not in self._rows:
                    self._rows[version] = known
                    self._records += _size(known)
                self._rows.move_to_end(version)
            while self._records > MAX_RECORDS:
                _, dropped = self._rows.popitem(last=False)
                self._records -= _size(dropped)


def _size(known: Known) -> int:
    # An empty list takes some memory as well.
    return 1 + len(known.records)


_parsed = ParsedRows()

# A row's id, transaction and place name its version. The records of one that is parsed already are neither unpacked nor
# sent.
_READ = """
    SELECT sibling, resource, scope, suspicion <> '', version,
           CASE WHEN version = ANY(string_to_array(%(parsed)s, ';')) THEN NULL
                WHEN %(asked)s::text[] IS NULL THEN records::text
                ELSE (SELECT COALESCE(jsonb_object_agg(key, value), '{}')::text
                      FROM jsonb_each(records) JOIN unnest(%(asked)s::text[]) AS asked (key) USING (key)) END
    FROM sibling_answers, LATERAL (SELECT concat_ws(' ', id, xmin, ctid) AS version) AS of_row
    WHERE resource = ANY(%(resources)s::text[]) AND (resource <> %(departures)s OR scope = ANY(%(dates)s::text[]))
"""


def read_known(
    resources: Collection[str], *, days: Collection[date], asked: Collection[UUID] | None = None
) -> dict[Key, Known]:
    """Return what is known of these resources; of departures on `days` only, and of the records `asked` for, or all."""
    parsed = _parsed.rows()
    values: dict[str, Any] = {
        "parsed": ";".join(parsed),
        "resources": list(resources),
        "departures": DEPARTURES,
        "dates": [day.isoformat() for day in days],
        "asked": None if asked is None else [str(record) for record in asked],
    }
    answers: dict[Key, Known] = {}
    used: dict[str, Known] = {}
    with prepared_cursor() as cursor:
        cursor.execute(_READ, values)
        for sibling, resource, scope, is_suspected, version, records in cursor.fetchall():
            known = parsed[version] if records is None else Known(_parse(records), is_suspected)
            answers[Key(sibling, resource, scope)] = used[version] = known
    if asked is None:
        _parsed.keep(used)
    return answers


def _parse(records: str) -> dict[UUID, Traits]:
    return {UUID(record): Traits(traits) for record, traits in json.loads(records).items()}


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


def renew_answers(good: Mapping[Key, Good]) -> None:
    """Store answers, each merged with what others have stored of the same list meanwhile."""
    values = [
        {
            **key._asdict(),
            "records": json.dumps({str(record): sorted(traits) for record, traits in answer.records.items()}),
            "read_at": answer.read_at,
            "asked": None if answer.asked is None else sorted(map(str, answer.asked)),
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


def note_suspicions(suspicions: Mapping[Key, str]) -> None:
    """Store why the latest answers about these lists were not believed."""
    _execute(_NOTE_SUSPICION, [{**key._asdict(), "why": why} for key, why in sorted(suspicions.items())])


def allay_suspicions(keys: Collection[Key]) -> None:
    """Delete the rows of these lists that are there for a suspicion alone, which has proven wrong."""
    for key in sorted(keys):
        LastGoodAnswer.objects.filter(**key._asdict()).exclude(suspicion="").delete()


def _execute(statement: str, values: Sequence[Mapping[str, Any]]) -> None:
    """Execute a statement for each of some rows, one by one: no worker waits for more than one row of another's."""
    if values:
        with connection.cursor() as cursor:
            cursor.executemany(statement, values)


def purge_past_answers(today: date) -> int:
    """Delete the answers about dates before `today`, and return how many there were."""
    is_over = Q(resource__in=DATED, scope__lt=today.isoformat())
    deleted, _ = LastGoodAnswer.objects.filter(is_over).delete()
    return deleted


def accept_answer(answer: LastGoodAnswer) -> None:
    """Accept, as a person, whatever the sibling answers next for this list; it becomes the last good answer.

    Answers that were read before this moment do not bring the former one back.
    """
    now = timezone.now()
    LastGoodAnswer.objects.filter(pk=answer.pk).update(
        records={}, read_at=now, accepted_at=now, suspicion="", suspected_at=None
    )
