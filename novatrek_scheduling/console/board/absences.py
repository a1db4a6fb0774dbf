"""When a guide is away on a date, and in a word what for: nothing that the guide entered is told."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from scheduling.domain.document import AvailabilityException, GuideAdjustments
from scheduling.domain.facts import Region, Snapshot, Span
from scheduling.domain.local_time import span_of_day
from scheduling.rules import HazardFact

AWAY, HELD, NOT_AVAILABLE = _("away"), _("held by an emergency"), _("not available")


@dataclass(frozen=True, slots=True)
class Absences:
    """`entered` are the guide's own that touch the date, `held` those for which an emergency keeps them where they are.

    `all_day` is the word for what lasts the whole date, empty where the guide is there for a part of it.
    """

    entered: tuple[Span, ...]
    held: tuple[Span, ...]
    all_day: str | Promise


def absences_of(
    guide_id: UUID,
    day: date,
    region: Region | None,
    snapshot: Snapshot,
    entries: GuideAdjustments | None,
    hazards: Sequence[HazardFact],
) -> Absences:
    """Return the absences of a guide by the clocks of `region`; without it only those of whole days are known."""
    held = tuple(_held(guide_id, day, region, hazards))
    return Absences(
        entered=tuple(_entered(entries, day, region)),
        held=held,
        all_day=_all_day(guide_id, day, region, snapshot, entries, held),
    )


def _all_day(
    guide_id: UUID,
    day: date,
    region: Region | None,
    snapshot: Snapshot,
    entries: GuideAdjustments | None,
    held: Iterable[Span],
) -> str | Promise:
    whole = span_of_day(day, region.timezone) if region else None
    if whole and any(span.starts_at <= whole.starts_at and whole.ends_at <= span.ends_at for span in held):
        return HELD
    if any(_covers(exception, day, region) for exception in (entries.availability_exceptions if entries else ())):
        return AWAY
    return NOT_AVAILABLE if guide_id not in snapshot.available.get(day, {guide_id}) else ""


def _held(guide_id: UUID, day: date, region: Region | None, hazards: Iterable[HazardFact]) -> Iterator[Span]:
    if region is None:
        return
    whole = span_of_day(day, region.timezone)
    yield from (h.span for h in hazards if guide_id in h.guide_ids and h.span.overlaps(whole))


def _covers(exception: AvailabilityException, day: date, region: Region | None) -> bool:
    """Return whether the absence lasts the whole of the date; a part of it leaves the guide free for the rest."""
    if not isinstance(exception.from_, datetime) and not isinstance(exception.to, datetime):
        return exception.from_ <= day <= exception.to
    whole = span_of_day(day, region.timezone) if region else None
    absent = _span(exception, region)
    return bool(whole and absent and absent.starts_at <= whole.starts_at and whole.ends_at <= absent.ends_at)


def _entered(entries: GuideAdjustments | None, day: date, region: Region | None) -> Iterable[Span]:
    if entries is None or region is None:
        return
    whole = span_of_day(day, region.timezone)
    for exception in entries.availability_exceptions:
        span = _span(exception, region)
        if span and span.overlaps(whole):
            yield span


def _span(exception: AvailabilityException, region: Region | None) -> Span | None:
    """Return an absence as a span of the region's clocks; whole days are from midnight to midnight."""
    if region is None:
        return None
    starts_at, ends_at = exception.from_, exception.to
    if not isinstance(starts_at, datetime):
        starts_at = span_of_day(starts_at, region.timezone).starts_at
    if not isinstance(ends_at, datetime):
        ends_at = span_of_day(ends_at, region.timezone).ends_at
    return Span(starts_at, ends_at)
