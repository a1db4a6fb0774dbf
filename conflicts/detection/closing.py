"""Why a conflict is over: what changed in the plan, or that the fact itself is gone. No other reason is given.

Whether a fact is gone is asked of the rule that found it, on the plan as it was then: a hazard that is still in force
is found there again, and only the plan has changed.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from conflicts.detection.causes import Cause
from conflicts.detection.detect import RULES
from conflicts.detection.guests import are_too_late
from conflicts.detection.scene import Case, Scene
from conflicts.detection.seen_plans import Aspect, changes_of_plan, restored
from conflicts.detection.severity import WARNING_SEVERITIES
from scheduling.domain.document import Departure, DepartureStatus

TRAIL, TIME, TEAM, GUESTS, PLACES = Aspect
RESTS_ON: Mapping[Cause, frozenset[Aspect]] = {
    Cause.CERTIFICATION: frozenset({TEAM, TIME}),
    Cause.RESTRICTION: frozenset({TEAM, TIME, TRAIL, GUESTS}),
    Cause.NO_LEAD: frozenset({TEAM, GUESTS, TRAIL}),
    Cause.OVERLAP: frozenset({TEAM, TIME}),
    Cause.REST: frozenset({TEAM, TIME}),
    Cause.AVAILABILITY_EXCEPTION: frozenset({TEAM, TIME}),
    Cause.NOT_AVAILABLE: frozenset({TEAM, TIME}),
    Cause.HELD_BY_EMERGENCY: frozenset({TEAM, TIME}),
    Cause.GUIDE_NOTE: frozenset({TEAM}),
    Cause.NO_TRAIL: frozenset({TRAIL, TEAM}),
    Cause.TRAIL: frozenset({TRAIL, TIME}),
    Cause.TRAIL_HAZARD: frozenset({TRAIL, TIME}),
    Cause.WEATHER_WARNING: frozenset({TRAIL, TIME}),
    Cause.STORM_FORECAST: frozenset({TIME}),
    Cause.WEATHER_EMERGENCY: frozenset({TRAIL, TIME}),
    Cause.DEPARTURE_CAPACITY: frozenset({GUESTS, PLACES}),
    Cause.TRAIL_GROUP_SIZE: frozenset({TRAIL, GUESTS}),
    Cause.TEAM_GROUP_SIZE: frozenset({TEAM, GUESTS}),
    Cause.LOCATION_CAPACITY: frozenset(),
    Cause.CATALOG_MOVED: frozenset(),
    Cause.CATALOG_CANCELLED: frozenset(),
    Cause.GUESTS_WITHOUT_PLACE: frozenset({GUESTS}),
}
"""The aspects of a plan whose change may end a conflict of the cause."""

OF_THE_PLAN_ALONE = frozenset(
    {
        Cause.NO_LEAD,
        Cause.OVERLAP,
        Cause.REST,
        Cause.GUIDE_NOTE,
        Cause.NO_TRAIL,
        Cause.DEPARTURE_CAPACITY,
        Cause.GUESTS_WITHOUT_PLACE,
    }
)
"""Causes without a fact outside our own documents: where their plan changed, that is the reason."""


@dataclass(frozen=True, slots=True)
class HazardEnd:
    """How a hazard stands: released, ended by itself, or in force still."""

    is_released: bool = False
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Closing:
    """A conflict that is not found any more, by its stored details, and where its departures stand now.

    `departures` has those that were judged, None for one that was removed.
    """

    details: Mapping[str, Any]
    scene: Scene
    departures: Mapping[UUID, Departure | None]
    hazards: Mapping[str, HazardEnd] = field(default_factory=dict)

    @property
    def cause(self) -> Cause:
        return Cause(self.details["cause"])

    @property
    def told(self) -> Mapping[str, Any]:
        return self.details.get("evidence", {}).get("told", {})  # type: ignore[no-any-return]

    @property
    def is_of_all_its_departures(self) -> bool:
        """Whether all departures have to be over for the conflict to be: a camp is crowded by those that are left."""
        return self.cause is Cause.LOCATION_CAPACITY

    def end_of_departures(self) -> str | None:
        """Return how the departures ended that the conflict is about; None where it is about one that did not."""
        ends = [self._end_of(departure) for departure in self.departures.values()]
        known = [end for end in ends if end]
        if self.is_of_all_its_departures and not (len(known) == len(ends) == len(self.details["departure_ids"])):
            return None
        return known[0] if known else None

    def _end_of(self, departure: Departure | None) -> str | None:
        if departure is None:
            return "the departure was removed"
        if departure.status is DepartureStatus.CANCELLED:
            return "the departure is cancelled"
        return "the departure is over" if self.scene.is_over(departure) else None

    def changes(self) -> list[str]:
        """Return in words what of the plan changed that the conflict rests on."""
        seen, trails = self.details.get("plan", {}), self.scene.snapshot.trails
        return [
            change
            for key, departure in self.departures.items()
            if departure is not None and str(key) in seen
            for change in changes_of_plan(seen[str(key)], departure, RESTS_ON[self.cause], trails)
        ]

    def reason(self) -> str:
        """Return why the conflict is over, of one whose rule was judged and does not find it any more."""
        changes = self.changes()
        if not changes:
            return self._fact()
        if self.cause in OF_THE_PLAN_ALONE or self._is_fact_gone() is not True:
            return "; ".join(changes)
        return "; ".join([*changes, self._fact()])

    def _is_fact_gone(self) -> bool | None:
        """Return whether the rule finds nothing on the plan as it was; None where it cannot be judged."""
        seen = self.details.get("plan", {})
        is_gone: bool | None = True
        for key, departure in self.departures.items():
            if departure is None or str(key) not in seen:
                continue
            before = restored(departure, seen[str(key)])
            document = self.scene.document.with_departures({key: before})
            judgement = RULES[self.cause](Case(replace(self.scene, document=document), key, before))
            if any(found.fingerprint == self.details["fingerprint"] for found in judgement.conflicts):
                return False
            is_gone = is_gone if judgement.is_complete else None
        return is_gone

    def _fact(self) -> str:
        return ENDS_OF_FACTS[self.cause](self)


def _hazard_end(closing: Closing) -> str:
    what = "hazard" if closing.cause is Cause.TRAIL_HAZARD else "emergency"
    end = closing.hazards.get(closing.told.get("hazard_id", ""), HazardEnd())
    if end.is_released:
        return f"the {what} was released"
    if end.ended_at and end.ended_at <= closing.scene.now:
        return f"the {what} ended at {_local(closing, end.ended_at)}"
    return f"the {what} does not concern the departure any more"


def _alert_end(closing: Closing) -> str:
    span = closing.told.get("alert_span")
    ends_at = datetime.fromisoformat(span[1]) if span else None
    if ends_at and ends_at <= closing.scene.now:
        return f"the alert ended at {_local(closing, ends_at)}"
    listed = [alert for alerts in closing.scene.snapshot.alerts.values() for alert in alerts if alert.is_active]
    if any(str(alert.id) == closing.told.get("alert_id") for alert in listed):
        return "the alert does not concern the departure any more"
    return "svc-weather has ended the alert"


def _storm_end(closing: Closing) -> str:
    alerts = closing.scene.snapshot.alerts.get(UUID(closing.details["region_id"]), ())
    if any(alert.severity in WARNING_SEVERITIES for alert in alerts):
        return "an alert warns of the storm now"
    if closing.told["day"] < _here(closing, closing.scene.now).date().isoformat():
        return "the day of the storm is past"
    return "no storm is forecast any more"


def _camp(closing: Closing) -> str:
    region = closing.details.get("region_id")
    camp = closing.scene.snapshot.locations.get(UUID(region)) if region else None
    allowed = closing.told.get("allowed")
    if camp and camp.max_capacity is not None and allowed is not None and camp.max_capacity > allowed:
        return f"the base camp takes {camp.max_capacity} people now"
    return "fewer people are at the base camp at once"


def _catalog(closing: Closing) -> str:
    was, listed = closing.told.get("was", {}), closing.told.get("listed", {})
    for departure in closing.departures.values():
        base = departure.catalog.model_dump(mode="json", exclude={"read_at"}) if departure and departure.catalog else {}
        if base and base == listed:
            return "the change of the catalog was decided"
        if base and base == was:
            return "the catalog lists the departure as people were told again"
    return "the catalog changed again"


def _lead(closing: Closing) -> str:
    departures = [departure for departure in closing.departures.values() if departure]
    if departures and all(departure.lacks_trail for departure in departures):
        return "it is a trail that the departure lacks now"
    return "the departure has a lead, or needs none"


def _places(closing: Closing) -> str:
    now = closing.scene.now
    departures = [departure for departure in closing.departures.values() if departure]
    if departures and all(departure.ends_at <= now for departure in departures):
        return "the departure would be over by now"
    if not departures and are_too_late(closing.scene.day, now):
        return "the date is over"
    return "nobody is left without a place"


def _says(text: str) -> Callable[[Closing], str]:
    return lambda _: text


def _local(closing: Closing, moment: datetime) -> str:
    return f"{_here(closing, moment):%H:%M on %Y-%m-%d}"


def _here(closing: Closing, moment: datetime) -> datetime:
    """Return the moment by the clocks of the departure."""
    zones = [departure.starts_at.tzinfo for departure in closing.departures.values() if departure]
    return moment.astimezone(zones[0] if zones else moment.tzinfo)


ENDS_OF_FACTS: Mapping[Cause, Callable[[Closing], str]] = {
    Cause.CERTIFICATION: _says("the guide has the certificates that the trip requires"),
    Cause.RESTRICTION: _says("no restriction of the guide forbids it any more"),
    Cause.NO_LEAD: _lead,
    Cause.OVERLAP: _says("the departures no longer overlap"),
    Cause.REST: _says("there is enough rest between the departures"),
    Cause.AVAILABILITY_EXCEPTION: _says("the guide's absence was withdrawn or does not touch it any more"),
    Cause.NOT_AVAILABLE: _says("the guide is available"),
    Cause.HELD_BY_EMERGENCY: _hazard_end,
    Cause.GUIDE_NOTE: _says("the note is approved or withdrawn"),
    Cause.NO_TRAIL: _says("it is not for want of a trail any more that the departure has no team"),
    Cause.TRAIL: _says("the trail is open on the dates to come"),
    Cause.TRAIL_HAZARD: _hazard_end,
    Cause.WEATHER_WARNING: _alert_end,
    Cause.STORM_FORECAST: _storm_end,
    Cause.WEATHER_EMERGENCY: _hazard_end,
    Cause.DEPARTURE_CAPACITY: _says("there are places for all guests"),
    Cause.TRAIL_GROUP_SIZE: _says("the trail takes the group"),
    Cause.TEAM_GROUP_SIZE: _says("the team may lead the group"),
    Cause.LOCATION_CAPACITY: _camp,
    Cause.CATALOG_MOVED: _catalog,
    Cause.CATALOG_CANCELLED: _catalog,
    Cause.GUESTS_WITHOUT_PLACE: _places,
}
