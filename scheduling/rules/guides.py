"""The hard rules between a guide and a departure."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from uuid import UUID

from scheduling.domain.document import AvailabilityException, GuideAdjustments
from scheduling.domain.facts import Guide, Snapshot, Span
from scheduling.domain.limits import REST, TURNAROUND
from scheduling.domain.normalization import with_implied_certifications
from scheduling.domain.words import in_words, values_in_words
from scheduling.rules.inputs import NO_ADJUSTMENTS, Commitment, Demand, Facts
from scheduling.rules.restrictions import group_limit, restriction_violation
from scheduling.rules.violations import Exclusion, Rule


def exclusion_of(
    guide: Guide,
    demand: Demand,
    facts: Facts,
    adjustments: GuideAdjustments = NO_ADJUSTMENTS,
    *,
    with_certificates: bool = True,
) -> Exclusion | None:
    """Return the first rule that excludes `guide` from `demand`, other commitments aside, or None.

    `with_certificates` False leaves the certificates out. A first pass does so, and certificates are read only for
    the guides who pass it.
    """
    return next(exclusions_of(guide, demand, facts, adjustments, with_certificates=with_certificates), None)


def exclusions_of(
    guide: Guide,
    demand: Demand,
    facts: Facts,
    adjustments: GuideAdjustments = NO_ADJUSTMENTS,
    *,
    with_certificates: bool = True,
) -> Iterator[Exclusion]:
    """Yield every rule that excludes `guide` from `demand`, in the order of the checks."""
    yield from _profile_exclusions(guide, demand)
    yield from _availability_exclusions(guide, demand, facts.snapshot)
    yield from recorded_exclusions(guide.id, demand, facts, adjustments)
    if with_certificates:
        yield from _certification_exclusions(guide, demand, facts.snapshot)


def _profile_exclusions(guide: Guide, demand: Demand) -> Iterator[Exclusion]:
    if demand.region is None or not guide.works_in(demand.region):
        yield Exclusion(Rule.REGION, "works in another region")
    if demand.activity not in guide.activities:
        yield Exclusion(Rule.ACTIVITY, f"does not lead {in_words(demand.activity)}")
    if not guide.is_active:
        yield Exclusion(Rule.NOT_ACTIVE, in_words(guide.status))


def _availability_exclusions(guide: Guide, demand: Demand, snapshot: Snapshot) -> Iterator[Exclusion]:
    for day in demand.days:
        if guide.id not in snapshot.available.get(day, frozenset()):
            yield unavailability_on(day)


def recorded_exclusions(
    guide_id: UUID, demand: Demand, facts: Facts, adjustments: GuideAdjustments
) -> Iterator[Exclusion]:
    """Yield the rules against a guide that rest on our own records alone: entries and emergencies."""
    yield from absence_exclusions(demand, adjustments)
    yield from restriction_exclusions(demand, adjustments)
    yield from _emergency_exclusions(guide_id, demand, facts)


def absence_exclusions(demand: Demand, adjustments: GuideAdjustments) -> Iterator[Exclusion]:
    """Yield the entered absences that exclude their guide from `demand`."""
    for window in adjustments.availability_exceptions:
        if window.touches(demand.span):
            about = frozenset({f"{window.from_}/{window.to}"})
            yield Exclusion(Rule.AVAILABILITY_EXCEPTION, away_until(window, demand.span), about)


def away_until(window: AvailabilityException, span: Span) -> str:
    """Return until when an absence is, by the clock of `span`: "away until 2027-05-02". Why is for few to read."""
    if not isinstance(window.to, datetime):
        return f"away until {window.to}"
    return f"away until {window.to.astimezone(span.starts_at.tzinfo):%Y-%m-%d %H:%M}"


def unavailability_on(day: date) -> Exclusion:
    return Exclusion(Rule.NOT_AVAILABLE, f"not available on {day}", frozenset({day.isoformat()}))


def restriction_exclusions(demand: Demand, adjustments: GuideAdjustments) -> Iterator[Exclusion]:
    """Yield the entered restrictions that exclude their guide from `demand`."""
    for restriction in adjustments.restrictions:
        exclusion = restriction_violation(restriction, demand)
        if exclusion:
            yield exclusion


def _emergency_exclusions(guide_id: UUID, demand: Demand, facts: Facts) -> Iterator[Exclusion]:
    for hazard in facts.hazards:
        if guide_id in hazard.guide_ids and hazard.span.overlaps(demand.span):
            yield Exclusion(Rule.HELD_BY_EMERGENCY, f"held: {hazard.description}", frozenset({str(hazard.id)}))


def _certification_exclusions(guide: Guide, demand: Demand, snapshot: Snapshot) -> Iterator[Exclusion]:
    if demand.trip is None:
        yield Exclusion(Rule.CERTIFICATION, "not known to hold what the trip requires")
        return
    missing = demand.trip.required_certifications - certifications_on(guide, demand.days, snapshot)
    if missing:
        yield Exclusion(Rule.CERTIFICATION, f"lacks {values_in_words(missing)}", missing)


def certifications_on(guide: Guide, days: Sequence[date], snapshot: Snapshot) -> frozenset[str]:
    """Return the certifications of `guide` on all of `days`, which are in order.

    By certificates, or by the profile's list where none were read.
    """
    certificates = snapshot.certificates.get(guide.id)
    if certificates is None:
        return guide.certifications
    return with_implied_certifications(c.name for c in certificates if c.holds_on(days))


def clash_of(span: Span, day: date, commitments: Iterable[Commitment], *, ignoring: UUID) -> Exclusion | None:
    """Return the first clash of `span` with a guide's commitments, or None; parameters as of `clashes_of`."""
    return next(clashes_of(span, day, commitments, ignoring=ignoring), None)


def clashes_of(span: Span, day: date, commitments: Iterable[Commitment], *, ignoring: UUID) -> Iterator[Exclusion]:
    """Yield the clashes of `span`, of schedule date `day`, with a guide's commitments: overlap or too little rest.

    Departures overlap with less than `TURNAROUND` between them; commitments of other dates need `REST`. `ignoring` is
    the departure that `span` belongs to.
    """
    for commitment in commitments:
        if (commitment.day, commitment.departure_id) == (day, ignoring):
            continue
        if commitment.span.overlaps(span.widened(TURNAROUND)):
            yield _clash(Rule.OVERLAP, "on another departure at", commitment)
        elif commitment.day != day and commitment.span.overlaps(span.widened(REST)):
            yield _clash(Rule.REST, "less than 8 h of rest around", commitment)


def _clash(rule: Rule, what: str, commitment: Commitment) -> Exclusion:
    when = commitment.span.starts_at.astimezone(UTC)
    return Exclusion(rule, f"{what} {when:%Y-%m-%d %H:%M} UTC", frozenset({str(commitment.departure_id)}))


def has_unread_certificates(guide: Guide, demand: Demand, snapshot: Snapshot) -> bool:
    """Return whether certificates are required that could not be read, so that a person has to approve."""
    return bool(demand.trip and demand.trip.required_certifications) and guide.id not in snapshot.certificates


def notes_of(guide_id: UUID, demand: Demand, snapshot: Snapshot, adjustments: GuideAdjustments) -> str | None:
    """Return the free-text notes of a guide on the dates of `demand`, or None. They need a person's approval."""
    windows = [snapshot.availability_notes.get((guide_id, day)) for day in demand.days]
    notes = [note.strip() for note in (adjustments.guide_notes, *windows) if note and note.strip()]
    return "; ".join(dict.fromkeys(notes)) or None


def capacity_of(guide: Guide, adjustments: GuideAdjustments, day: date) -> int:
    """Return the number of guests that the guide may lead on `day`; the override by an entry precedes the profile."""
    sizes = [guide.max_group_size]
    if adjustments.max_group_size is not None:
        sizes = [adjustments.max_group_size]
    limits = (group_limit(restriction, day) for restriction in adjustments.restrictions)
    return min(sizes + [limit for limit in limits if limit is not None])
