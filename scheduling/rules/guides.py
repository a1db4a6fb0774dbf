"""Which rule, if any, keeps a guide off a departure."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from scheduling.document import GuideAdjustments
from scheduling.facts import Difficulty, Guide, Snapshot, Span
from scheduling.rules.facts import Commitment, Demand, Facts
from scheduling.rules.violations import Exclusion, Rule
from scheduling.vocabulary import normalise_activity, with_implied_certifications

TURNAROUND = timedelta(minutes=30)
REST = timedelta(hours=8)
DEFAULT_GROUP_SIZE = 8
NO_ADJUSTMENTS = GuideAdjustments()


def exclusion_of(
    guide: Guide,
    demand: Demand,
    facts: Facts,
    adjustments: GuideAdjustments = NO_ADJUSTMENTS,
    *,
    with_certificates: bool = True,
) -> Exclusion | None:
    """The first rule that keeps `guide` off `demand`, apart from what else the guide is committed to.

    Without certificates the answer is about everything else: that is asked first, so that certificates
    are read only for guides who pass it.
    """
    return (
        _unfit(guide, demand)
        or _unavailable(guide, demand, facts.snapshot, adjustments)
        or _restricted(demand, adjustments)
        or _held(guide, demand, facts)
        or (_unqualified(guide, demand, facts.snapshot) if with_certificates else None)
    )


def _unfit(guide: Guide, demand: Demand) -> Exclusion | None:
    if not guide.is_active:
        return Exclusion(Rule.NOT_ACTIVE, guide.status.lower().replace("_", " "))
    if demand.region is None or not guide.works_in(demand.region):
        return Exclusion(Rule.REGION, "works in another region")
    if demand.activity not in guide.activities:
        return Exclusion(Rule.ACTIVITY, f"does not lead {demand.activity}")
    return None


def _unavailable(guide: Guide, demand: Demand, snapshot: Snapshot, adjustments: GuideAdjustments) -> Exclusion | None:
    for day in demand.days:
        if guide.id not in snapshot.available.get(day, frozenset()):
            return Exclusion(Rule.NOT_AVAILABLE, f"not available on {day}")
    for window in adjustments.availability_exceptions:
        if window.touches(demand.span):
            return Exclusion(Rule.AVAILABILITY_EXCEPTION, f"away: {window.reason or 'availability exception'}")
    return None


def _restricted(demand: Demand, adjustments: GuideAdjustments) -> Exclusion | None:
    for restriction in adjustments.restrictions:
        broken = restriction_broken(restriction, demand)
        if broken:
            return Exclusion(Rule.RESTRICTION, broken)
    return None


def restriction_broken(restriction: Any, demand: Demand) -> str | None:
    """Why a guide with `restriction` may not lead `demand`; one that cannot be read forbids everything."""
    unreadable = "has a restriction that cannot be read"
    if not isinstance(restriction, dict):
        return unreadable
    until = restriction.get("until")
    try:
        if until is not None and date.fromisoformat(str(until)[:10]) < demand.day:
            return None
        check = _RESTRICTIONS.get(restriction.get("kind", ""))
        return check(restriction.get("value"), demand) if check else unreadable
    except (ValueError, TypeError):
        return unreadable


def _altitude(value: Any, demand: Demand) -> str | None:
    gain = demand.trail.elevation_gain_m if demand.trail else None
    if gain is None:
        return f"restricted to {float(value):g} m, and the height of this trail is not known"
    return f"restricted to {float(value):g} m, the trail climbs {gain:g} m" if gain > float(value) else None


def _activity(value: Any, demand: Demand) -> str | None:
    if not isinstance(value, str):
        raise TypeError(value)
    forbidden = normalise_activity(value) == demand.activity
    return f"restricted from {demand.activity}" if forbidden else None


def _difficulty(value: Any, demand: Demand) -> str | None:
    allowed = Difficulty(str(value).upper())
    ranks = [level.rank for level in (_of_trip(demand), _of_trail(demand)) if level is not None]
    if not ranks:
        return f"restricted to {allowed.lower()}, and the difficulty is not known"
    return f"restricted to {allowed.lower()}" if max(ranks) > allowed.rank else None


def _of_trip(demand: Demand) -> Difficulty | None:
    return demand.trip.difficulty if demand.trip else None


def _of_trail(demand: Demand) -> Difficulty | None:
    return demand.trail.difficulty if demand.trail else None


def _group(value: Any, demand: Demand) -> str | None:
    return "restricted from leading groups" if int(value) < 1 else None


def _no_guiding(value: Any, demand: Demand) -> str | None:
    return "restricted from guiding"


_RESTRICTIONS = {
    "MAX_ALTITUDE_M": _altitude,
    "NO_ACTIVITY": _activity,
    "MAX_DIFFICULTY": _difficulty,
    "MAX_GROUP_SIZE": _group,
    "NO_GUIDING": _no_guiding,
}


def _held(guide: Guide, demand: Demand, facts: Facts) -> Exclusion | None:
    for hazard in facts.hazards:
        if guide.id in hazard.guide_ids and hazard.span.overlaps(demand.span):
            return Exclusion(Rule.HELD_BY_EMERGENCY, f"held: {hazard.description}")
    return None


def _unqualified(guide: Guide, demand: Demand, snapshot: Snapshot) -> Exclusion | None:
    if demand.trip is None:
        return Exclusion(Rule.CERTIFICATION, "what the trip requires is not known")
    missing = demand.trip.required_certifications - certifications_on(guide, demand.days[-1], snapshot)
    if missing:
        return Exclusion(Rule.CERTIFICATION, f"lacks {', '.join(sorted(missing)).upper()}")
    return None


def certifications_on(guide: Guide, day: date, snapshot: Snapshot) -> frozenset[str]:
    """What `guide` is certified for on `day`: by certificate, or by the guide's own list where none was told."""
    certificates = snapshot.certificates.get(guide.id)
    if certificates is None:
        return guide.certifications
    return with_implied_certifications(c.name for c in certificates if c.holds_on(day))


def clash_of(span: Span, day: date, commitments: Iterable[Commitment], *, ignoring: UUID) -> Exclusion | None:
    """What a guide's commitments have against `span`: overlap (turnaround of 30 min) or too little rest (8 h)."""
    for commitment in commitments:
        if commitment.departure_id == ignoring:
            continue
        if commitment.span.overlaps(span.widened(TURNAROUND)):
            return Exclusion(Rule.OVERLAP, f"on another departure at {commitment.span.starts_at:%Y-%m-%d %H:%M} UTC")
        if commitment.day != day and commitment.span.overlaps(span.widened(REST)):
            return Exclusion(Rule.REST, f"less than 8 h of rest around {commitment.span.starts_at:%Y-%m-%d %H:%M} UTC")
    return None


def shortfall_of(guide: Guide, demand: Demand, snapshot: Snapshot) -> bool:
    """Whether the guide's certificates could not be read, so that a person has to approve."""
    return bool(demand.trip and demand.trip.required_certifications) and guide.id not in snapshot.certificates


def has_notes(guide_id: UUID, demand: Demand, snapshot: Snapshot, adjustments: GuideAdjustments) -> str | None:
    """A free-text note on the date: no machine understands it, so a person has to."""
    windows = [snapshot.availability_notes.get((guide_id, day)) for day in demand.days]
    notes = [note.strip() for note in (adjustments.guide_notes, *windows) if note and note.strip()]
    return "; ".join(dict.fromkeys(notes)) or None


def capacity_of(guide: Guide, adjustments: GuideAdjustments, day: date) -> int:
    """How many guests the guide may lead on `day`; an override of the guide's own wins over the profile."""
    sizes = [guide.max_group_size]
    if adjustments.max_group_size is not None:
        sizes = [adjustments.max_group_size]
    sizes += [size for size in map(_group_limit, adjustments.restrictions) if size is not None]
    return min(sizes)


def _group_limit(restriction: Any) -> int | None:
    if isinstance(restriction, dict) and restriction.get("kind") == "MAX_GROUP_SIZE":
        try:
            return int(restriction.get("value", 0))
        except (TypeError, ValueError):
            return 0
    return None
