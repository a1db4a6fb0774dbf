"""Guide commitments: the advisory locks on guides and locations, and the table of the guides' occupied times."""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import F, Lookup
from django.db.models.sql.compiler import SQLCompiler

from novatrek_scheduling.pgpool.prepared import array_of, prepared_cursor
from novatrek_scheduling.pgpool.rows import columns_named, table_of
from scheduling.domain.document import DepartureStatus, ScheduleDocument
from scheduling.domain.facts import Span
from scheduling.domain.limits import REST
from scheduling.models import GuideCommitment
from scheduling.rules.inputs import Commitment

# The key of an advisory lock is two integers; the first distinguishes these locks from others.
GUIDE_LOCKS, LOCATION_LOCKS = 0x6775, 0x6C6F
LOCK_KEYS = 1024

_IDS = columns_named(GuideCommitment, "guide_id", "departure_id", "schedule_date")
_STARTS, _ENDS = (columns_named(GuideCommitment, name) for name in ("starts_at", "ends_at"))
# Times are read as text, which is parsed faster than the driver does.
_AROUND = f"""
    SELECT {_IDS}, {_STARTS}::text AS begins, {_ENDS}::text AS ends
    FROM {table_of(GuideCommitment)} WHERE {{conditions}} ORDER BY starts_at, departure_id
"""  # noqa: S608 (of constants alone)

_DELETE = """
    DELETE FROM scheduling.guide_commitments WHERE schedule_date = %s AND departure_id = ANY(%s::uuid[])
"""
_STORE = """
    INSERT INTO scheduling.guide_commitments
        (schedule_date, guide_id, departure_id, trip_id, trail_id, starts_at, ends_at)
    SELECT %s::date, committed.*
    FROM unnest(%s::uuid[], %s::uuid[], %s::uuid[], %s::uuid[], %s::timestamptz[], %s::timestamptz[]) AS committed
"""


def lock_guides(guide_ids: Iterable[UUID]) -> None:
    """Lock the guides until the transaction ends, so that no concurrent write plans them.

    Keys are hashed onto 1,024 values, so that no date exhausts the lock table, and taken in ascending order, so
    that two writers cannot deadlock.
    """
    _lock(GUIDE_LOCKS, guide_ids)


def lock_locations(location_ids: Iterable[UUID]) -> None:
    """Lock locations until the transaction ends: departures of several dates share their capacity.

    Always taken after the documents, so that no writer waits for a document while it holds a location.
    """
    _lock(LOCATION_LOCKS, location_ids)


def _lock(kind: int, ids: Iterable[UUID]) -> None:
    keys = sorted({_lock_key(entity_id) for entity_id in ids})
    if keys:
        with prepared_cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s::int, key) FROM unnest(%s::int[]) AS key", [kind, keys])


def _lock_key(entity_id: UUID) -> int:
    return int.from_bytes(hashlib.blake2b(entity_id.bytes, digest_size=4).digest()) % LOCK_KEYS


def commitments_in(document: ScheduleDocument, day: date, departure_ids: Iterable[UUID]) -> list[Commitment]:
    """Return the commitments of the given departures' guides; a cancelled departure commits no guide."""
    return [
        Commitment(guide_id, departure_id, day, departure.span)
        for departure_id in departure_ids
        if (departure := document.departures.get(departure_id)) is not None
        and departure.status is not DepartureStatus.CANCELLED
        for guide_id in departure.guide_ids
    ]


def commitments_around(
    span: Span, guide_ids: Collection[UUID] | None = None, *, besides: date | None = None
) -> dict[UUID, tuple[Commitment, ...]]:
    """Return the stored commitments that a span could clash with, rest included, by guide.

    Of all guides by default; `besides` is a schedule date whose own are left out.
    """
    if guide_ids is not None and not guide_ids:
        return {}
    with_rest = span.widened(REST)
    conditions: dict[str, Any] = {"starts_at < %s": with_rest.ends_at, "ends_at > %s": with_rest.starts_at}
    if guide_ids is not None:
        conditions["guide_id = ANY(%s::uuid[])"] = array_of(guide_ids)
    if besides is not None:
        conditions["schedule_date <> %s"] = besides
    with prepared_cursor() as cursor:
        # Thousands on a full date: as plain values they take a third of the time.
        cursor.execute(_AROUND.format(conditions=" AND ".join(conditions)), list(conditions.values()))
        return by_guide(
            Commitment(guide_id, departure_id, day, Span(datetime.fromisoformat(begins), datetime.fromisoformat(ends)))
            for guide_id, departure_id, day, begins, ends in cursor.fetchall()
        )


def departures_committing(guide_ids: Collection[UUID], day: date) -> set[UUID]:
    """Return the departures of a date to which any of these guides is committed, as it is stored."""
    rows = GuideCommitment.objects.filter(AnyOf(F("guide_id"), guide_ids), schedule_date=day)
    return set(rows.values_list("departure_id", flat=True).distinct())


def departures_with_guides_of(departure_ids: Collection[UUID], day: date) -> set[UUID]:
    """Return these departures of a date and those to which any of their guides is committed too, as it is stored."""
    rows = GuideCommitment.objects.filter(AnyOf(F("departure_id"), departure_ids), schedule_date=day)
    return {*departure_ids, *departures_committing(set(rows.values_list("guide_id", flat=True)), day)}


class AnyOf(Lookup[bool]):
    """That a column has one of these ids: one parameter for all of them, however many.

    PostgreSQL looks them up in a table of hashes. A sub-query in its place it may run through for each row, where it
    takes a date that was filled a moment ago for an empty one.
    """

    prepare_rhs = False

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, tuple[Any, ...]]:
        column, parameters = self.process_lhs(compiler, connection)
        return f"{column} = ANY(%s::uuid[])", (*parameters, list(self.rhs))


def by_guide(commitments: Iterable[Commitment]) -> dict[UUID, tuple[Commitment, ...]]:
    """Return the commitments grouped by guide, each guide's in their given order."""
    grouped: dict[UUID, list[Commitment]] = defaultdict(list)
    for commitment in commitments:
        grouped[commitment.guide_id].append(commitment)
    return {guide_id: tuple(held) for guide_id, held in grouped.items()}


def without_departures(
    commitments: Mapping[UUID, tuple[Commitment, ...]], departure_ids: Collection[UUID]
) -> list[Commitment]:
    """Return the commitments to departures other than these."""
    return [c for held in commitments.values() for c in held if c.departure_id not in departure_ids]


def delete_commitments(day: date, departure_ids: Collection[UUID]) -> None:
    """Delete the rows of the given departures of a date: of all that a write touches, before it stores the first."""
    if departure_ids:
        with prepared_cursor() as cursor:
            cursor.execute(_DELETE, [day, array_of(departure_ids)])


def store_commitments(document: ScheduleDocument, day: date, departure_ids: Collection[UUID]) -> None:
    """Write the rows of the given departures from the document just written."""
    commitments = commitments_in(document, day, sorted(departure_ids))
    if not commitments:
        return
    departures = [document.departures[commitment.departure_id] for commitment in commitments]
    columns = (
        array_of(commitment.guide_id for commitment in commitments),
        array_of(commitment.departure_id for commitment in commitments),
        array_of(departure.trip_id for departure in departures),
        [departure.trail_id for departure in departures],
        [commitment.span.starts_at for commitment in commitments],
        [commitment.span.ends_at for commitment in commitments],
    )
    with prepared_cursor() as cursor:
        cursor.execute(_STORE, [day, *columns])
