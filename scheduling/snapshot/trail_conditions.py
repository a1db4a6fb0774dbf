"""Trails for a snapshot: a region's list, and the details of the trails that a departure could use."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import partial
from uuid import UUID

from scheduling.domain import normalization
from scheduling.domain.facts import Closure, RecordKind, Region, Sibling, Trail, TrailCondition, Trip
from scheduling.rules.trails import fits_trip
from scheduling.siblings import SiblingFailure, SiblingNotFound, trail_management, weather
from scheduling.siblings.client import SiblingReader
from scheduling.siblings.last_good import NO_TRAITS
from scheduling.siblings.last_good import TRAILS as JUDGED_TRAILS
from scheduling.siblings.parallel import Each, Lookups
from scheduling.siblings.records import Records, SickRecord
from scheduling.siblings.trail_management import ClosurePayload, ConditionsPayload, TrailPayload
from scheduling.siblings.weather import AssessmentPayload
from scheduling.snapshot.gaps import Gaps, with_default
from scheduling.snapshot.translation import UNKNOWN_STATUS, closure_of, trail_of, unreadable_closure

TRAILS = Sibling.TRAIL_MANAGEMENT

# The least strict first; UNKNOWN_STATUS is what no list and no report states.
_STRICTNESS = (UNKNOWN_STATUS, "OPEN", "PARTIALLY_CLOSED", "SEASONAL_CLOSURE", "CLOSED")

_NO_CLOSURES: Records[ClosurePayload] = Records([])
_read_closures = with_default(trail_management.read_closures, _NO_CLOSURES)
_read_conditions = with_default(trail_management.read_conditions, ConditionsPayload())
_read_assessment = with_default(weather.read_assessment, AssessmentPayload())


async def read_trails(
    reader: SiblingReader,
    lookups: Lookups,
    gaps: Gaps,
    region: Region,
    trips_by_region: Mapping[UUID, Collection[Trip]],
    named: Collection[UUID],
) -> list[Trail]:
    """Read all trails of a region; in detail the `named` ones, and those that suit a trip and are not closed."""
    judged = _judged_trails(reader, lookups, region.id)
    listed = await gaps.answer_or_note(TRAILS, f"the trails of {region.name}", judged)
    if listed is None:
        return []
    trails = {payload.id: payload.translated_by(trail_of) for payload in gaps.sound(TRAILS, RecordKind.TRAIL, listed)}
    relevant = [
        trail
        for trail in trails.values()
        if trail.id in named or _is_usable(trail, trips_by_region.get(trail.region_id, ()))
    ]
    return list((trails | await _read_details(reader, lookups, gaps, relevant)).values())


async def _judged_trails(reader: SiblingReader, lookups: Lookups, region_id: UUID) -> Records[TrailPayload]:
    listed = await trail_management.read_trails(reader, lookups, region_id)
    reader.answers.judge(JUDGED_TRAILS, {trail.id: NO_TRAITS for trail in listed.entries}, scope=str(region_id))
    return listed


async def read_named_trail(reader: SiblingReader, lookups: Lookups, gaps: Gaps, trail_id: UUID) -> list[Trail]:
    """Read one trail in detail that is in no list that was read; an empty list for an unknown trail."""
    try:
        payload = await trail_management.read_trail(reader, trail_id)
    except SiblingNotFound:
        return []
    except SiblingFailure as failure:
        if failure.reason != "off_contract":
            raise
        gaps.leave_out(TRAILS, RecordKind.TRAIL, [SickRecord(trail_id, failure.why)])
        return []
    return list((await _read_details(reader, lookups, gaps, [trail_of(payload)])).values())


def _is_usable(trail: Trail, trips: Collection[Trip]) -> bool:
    return trail.status != "CLOSED" and any(fits_trip(trail, trip) for trip in trips)


async def _read_details(
    reader: SiblingReader, lookups: Lookups, gaps: Gaps, trails: Collection[Trail]
) -> dict[UUID, Trail]:
    running = await _Details.read(reader, lookups, [trail.id for trail in trails])
    return {trail.id: running.detailed(trail, gaps) for trail in trails}


@dataclass(frozen=True, slots=True)
class _Details:
    """What was answered of some trails."""

    closures: Each[UUID, Records[ClosurePayload]]
    conditions: Each[UUID, ConditionsPayload]
    assessments: Each[UUID, AssessmentPayload]

    @classmethod
    async def read(cls, reader: SiblingReader, lookups: Lookups, trail_ids: Collection[UUID]) -> "_Details":
        trail_management.look_up_details(reader, trail_ids)
        weather.look_up_assessments(reader, trail_ids)
        closures = lookups.each(TRAILS, partial(_read_closures, reader), trail_ids)
        conditions = lookups.each(TRAILS, partial(_read_conditions, reader), trail_ids)
        assessments = lookups.each(Sibling.WEATHER, partial(_read_assessment, reader), trail_ids)
        return cls(await closures, await conditions, await assessments)

    def detailed(self, trail: Trail, gaps: Gaps) -> Trail:
        """Return the trail with its closures, ground conditions and assessment, as far as they were answered."""
        key, name = trail.id, trail.name
        closures = gaps.read_or_note(TRAILS, f"closures of {name}", lambda: self.closures.of(key))
        conditions = gaps.read_or_note(TRAILS, f"the ground conditions of {name}", lambda: self.conditions.of(key))
        assessment = gaps.read_or_note(Sibling.WEATHER, f"an assessment of {name}", lambda: self.assessments.of(key))
        today = datetime.now(UTC).date()
        detailed = _with_ground(trail, conditions or ConditionsPayload(), assessment or AssessmentPayload())
        return replace(
            detailed,
            closures=_closures(closures, today) if closures else (),
            conditions_known=closures is not None and conditions is not None and assessment is not None,
        )


def _closures(listed: Records[ClosurePayload], today: date) -> tuple[Closure, ...]:
    """Return the closures that were not lifted. One that cannot be read closes the trail: it must not be overlooked."""
    known = [closure_of(closure) for closure in listed.entries if not _is_lifted(closure, today)]
    return (*known, *(unreadable_closure(record.id, record.reason) for record in listed.sick))


def _with_ground(trail: Trail, conditions: ConditionsPayload, assessment: AssessmentPayload) -> Trail:
    return replace(
        trail,
        status=_stricter(trail.status, conditions.trail_status),
        surface=_surface(conditions.surface_condition, assessment.surface_condition),
        assessment=_assessed(assessment),
        water_crossings_passable=assessment.water_crossings_passable,
    )


def _stricter(listed: str, reported: str | None) -> str:
    """Return the stricter of a trail's status in the list and in the report of its conditions, read at other times."""
    return listed if reported is None else max(listed, reported, key=_STRICTNESS.index)


def _surface(reported: str | None, assessed: str | None) -> str | None:
    """Return the surface by svc-trail-management, else by svc-weather's assessment; FLOODED by either counts."""
    return "FLOODED" if "FLOODED" in {reported, assessed} else reported or assessed


def _assessed(assessment: AssessmentPayload) -> TrailCondition | None:
    status = assessment.overall_status
    return normalization.condition_of_assessment(status) if status else None


def _is_lifted(closure: ClosurePayload, today: date) -> bool:
    """Return whether a closure was lifted: begun and inactive. A future one is inactive too, and counts."""
    return closure.is_active is False and closure.start_date is not None and closure.start_date <= today
