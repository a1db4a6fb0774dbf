"""Guide commitments: the locks taken on guides and locations, and the table that says who is free."""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from uuid import UUID

from django.db import connection

from scheduling.domain.document import DepartureStatus, ScheduleDocument
from scheduling.domain.facts import Span
from scheduling.domain.limits import REST
from scheduling.models import GuideCommitment
from scheduling.rules.inputs import Commitment

# Two integers make the key of an advisory lock; this one tells these locks from others.
GUIDE_LOCKS, LOCATION_LOCKS = 0x6775, 0x6C6F
LOCK_KEYS = 1024


def lock_guides(guide_ids: Iterable[UUID]) -> None:
    """Hold the guides until the transaction ends, so that nobody else plans them meanwhile.

    Keys are hashed onto a fixed number, so that no day exhausts the lock table, and taken in ascending
    order, so that two writers cannot wait for each other.
    """
    _lock(GUIDE_LOCKS, guide_ids)


def lock_locations(location_ids: Iterable[UUID]) -> None:
    """Hold locations until the transaction ends: their capacity is shared by departures of several dates.

    Taken behind the documents, always, so that nobody waits for a document with a location in hand.
    """
    _lock(LOCATION_LOCKS, location_ids)


def _lock(kind: int, ids: Iterable[UUID]) -> None:
    keys = sorted({_lock_key(entity_id) for entity_id in ids})
    if keys:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, key) FROM unnest(%s::int[]) AS key", [kind, keys])


def _lock_key(entity_id: UUID) -> int:
    return int.from_bytes(hashlib.blake2b(entity_id.bytes, digest_size=4).digest()) % LOCK_KEYS


def commitments_in(document: ScheduleDocument, day: date, departure_ids: Iterable[UUID]) -> list[Commitment]:
    """Return the commitments of the given departures' guides; a cancelled departure commits nobody."""
    return [
        Commitment(guide_id, departure_id, day, departure.span)
        for departure_id in departure_ids
        if (departure := document.departures.get(departure_id)) is not None
        and departure.status is not DepartureStatus.CANCELLED
        for guide_id in departure.guide_ids
    ]


def commitments_around(span: Span, guide_ids: Collection[UUID] | None = None) -> dict[UUID, tuple[Commitment, ...]]:
    """The stored commitments that a span could clash with, rest included, by guide; of all guides by default."""
    wide = span.widened(REST)
    rows = GuideCommitment.objects.filter(starts_at__lt=wide.ends_at, ends_at__gt=wide.starts_at)
    if guide_ids is not None:
        rows = rows.filter(guide_id__in=guide_ids)
    return by_guide(
        Commitment(row.guide_id, row.departure_id, row.schedule_date, Span(row.starts_at, row.ends_at))
        for row in rows.order_by("starts_at", "departure_id")
    )


def by_guide(commitments: Iterable[Commitment]) -> dict[UUID, tuple[Commitment, ...]]:
    grouped: dict[UUID, list[Commitment]] = defaultdict(list)
    for commitment in commitments:
        grouped[commitment.guide_id].append(commitment)
    return {guide_id: tuple(held) for guide_id, held in grouped.items()}


def without_departures(
    commitments: Mapping[UUID, tuple[Commitment, ...]], departure_ids: Collection[UUID]
) -> list[Commitment]:
    return [c for held in commitments.values() for c in held if c.departure_id not in departure_ids]


def forget_commitments(departure_ids: Collection[UUID]) -> None:
    """Delete the rows of the given departures; of all that a write touches, before it stores the first."""
    GuideCommitment.objects.filter(departure_id__in=departure_ids).delete()


def store_commitments(document: ScheduleDocument, day: date, departure_ids: Collection[UUID]) -> None:
    """Write the rows of the given departures from the document just written."""
    GuideCommitment.objects.bulk_create(
        GuideCommitment(
            guide_id=commitment.guide_id,
            departure_id=commitment.departure_id,
            schedule_date=day,
            trip_id=document.departures[commitment.departure_id].trip_id,
            trail_id=document.departures[commitment.departure_id].trail_id,
            starts_at=commitment.span.starts_at,
            ends_at=commitment.span.ends_at,
        )
        for commitment in commitments_in(document, day, sorted(departure_ids))
    )
