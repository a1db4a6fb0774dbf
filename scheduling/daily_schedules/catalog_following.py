"""Following the catalog: its changes of departures are facts from outside, and a write of their own.

It comes before the planning of a date reads its documents, so that a plan is made on what is sold. Drafts follow; what
people were told of a departure waits for a person, as a conflict, unless FOLLOW_CATALOG_AT_ONCE is set.
"""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from scheduling import hooks
from scheduling.daily_schedules.authors import Author, AuthorKind
from scheduling.daily_schedules.catalog_listings import CatalogListings, read_listings
from scheduling.daily_schedules.changes import Change
from scheduling.daily_schedules.drafts import Draft, change_of, read_drafts
from scheduling.daily_schedules.guest_notices import tell_guests_of
from scheduling.daily_schedules.hard_rules import find_new_violations
from scheduling.daily_schedules.parts_of_dates import part_to_plan
from scheduling.daily_schedules.writer import write_daily_schedules
from scheduling.domain.catalog_changes import MOVED_BY_CATALOG, Place, is_announced, take_listing
from scheduling.domain.catalog_listing import CatalogListing
from scheduling.domain.document import (
    AssignmentStatus,
    Departure,
    DepartureStatus,
    ScheduleDocument,
)
from scheduling.domain.facts import Snapshot
from scheduling.errors import ContentionNotResolved, DepartureElsewhere
from scheduling.rules import Facts

CATALOG = Author(AuthorKind.CATALOG, "svc-trip-catalog", "the catalog changed", "worker")


@dataclass(frozen=True, slots=True)
class DatesInLine:
    """Dates as they were read that are as the catalog has them: for who plans them next, without reading them again."""

    drafts: Mapping[date, Draft]
    listings: CatalogListings


@dataclass(frozen=True, slots=True)
class Followed:
    """What was followed in drafts, and whether a departure of theirs is stored otherwise than the catalog has it."""

    listings: CatalogListings
    is_behind: bool


def follow_catalog(
    facts: Facts,
    *,
    region_ids: Collection[UUID],
    trip_ids: Collection[UUID] | None = None,
    deadline_seconds: float,
    planned_next: Collection[UUID] = (),
) -> DatesInLine | None:
    """Bring the departures of these regions on the snapshot's dates in line with the catalog.

    Returns the dates as they were read where they were in line with it before; None where something was written.

    `trip_ids` limits it to some trips, which the snapshot has to have read. Dates to which or from which departures
    moved are written too, all in one transaction, and departures without a team for their new time are queued for
    planning, except in the regions `planned_next`, which the caller plans on the snapshot's dates. Raises
    ContentionNotResolved.
    """
    part = part_to_plan(facts.snapshot, region_ids)
    drafts = read_drafts(facts.snapshot.days, departures=part.departures, candidates=part.candidates)
    following = _Following(
        _listings(drafts, facts, region_ids, trip_ids, deadline_seconds), facts, frozenset(planned_next)
    )
    preview = drafts | _read_further(following.listings, drafts)
    following.edit(preview)
    if not _has_changed(preview):
        return DatesInLine(drafts, following.listings)
    try:
        write_daily_schedules(
            following.listings.days,
            following.edit,
            author=CATALOG,
            after_write=following.after_write,
            departures=following.listings.by_id.keys(),
        )
    except DepartureElsewhere as elsewhere:
        raise ContentionNotResolved(elsewhere.message) from elsewhere
    return None


def follow_in_drafts(
    drafts: dict[date, Draft],
    facts: Facts,
    *,
    region_ids: Collection[UUID],
    trip_ids: Collection[UUID] | None = None,
    deadline_seconds: float,
) -> Followed:
    """Follow the catalog as `follow_catalog` would, in drafts of the snapshot's dates that nobody stores."""
    listings = _listings(drafts, facts, region_ids, trip_ids, deadline_seconds)
    edited = drafts | _read_further(listings, drafts)
    _Following(listings, facts, frozenset()).edit(edited)
    return Followed(listings, is_behind=_has_changed(edited))


def _read_further(listings: CatalogListings, drafts: Mapping[date, Draft]) -> dict[date, Draft]:
    """Read the listed departures of the dates that are not among the drafts."""
    days = listings.days - drafts.keys()
    return read_drafts(days, departures=listings.by_id.keys()) if days else {}


def _has_changed(drafts: Mapping[date, Draft]) -> bool:
    return any(change_of(draft).departure_ids for draft in drafts.values())


def _listings(
    drafts: Mapping[date, Draft],
    facts: Facts,
    region_ids: Collection[UUID],
    trip_ids: Collection[UUID] | None,
    deadline_seconds: float,
) -> CatalogListings:
    documents = {day: drafts[day].document for day in facts.snapshot.days}
    return read_listings(
        documents, facts.snapshot, region_ids=region_ids, trip_ids=trip_ids, deadline_seconds=deadline_seconds
    )


@dataclass(slots=True)
class _Following:
    listings: CatalogListings
    facts: Facts
    planned_next: frozenset[UUID]
    moved: set[UUID] = field(default_factory=set)
    to_plan: set[tuple[date, UUID]] = field(default_factory=set)

    def edit(self, drafts: Mapping[date, Draft]) -> None:
        self.moved.clear()
        self.to_plan.clear()
        documents = {day: draft.document for day, draft in drafts.items()}
        where = _cancel_copies(documents, self.listings.by_id)
        # Only then the published departures of whole dates are counted.
        counted = documents if settings.FOLLOW_CATALOG_AT_ONCE else {}
        left = Counter({day: _allowed_on(document) for day, document in counted.items()})
        replanned: dict[UUID, date] = {}
        for key, theirs in sorted(self.listings.by_id.items()):
            place = _place_of(theirs, self.facts.snapshot)
            if key in where and place:
                day = self._take(key, where[key], theirs, place, documents, left)
                replanned |= {key: day} if day else {}
        self._unstaff(replanned, drafts)

    def after_write(self, changes: Mapping[date, Change]) -> None:
        """Tell guests of departures that people had been told of, and queue what nobody plans next."""
        announced = {
            key
            for change in changes.values()
            for key in change.departure_ids
            if (departure := change.before.departures.get(key)) and is_announced(departure)
        }
        tell_guests_of(changes, announced)
        for day, region_id in sorted(self.to_plan):
            if day not in self.facts.snapshot.days or region_id not in self.planned_next:
                hooks.optimization_requested(day, region_id)

    def _take(
        self,
        key: UUID,
        day: date,
        theirs: CatalogListing,
        place: Place,
        documents: Mapping[date, ScheduleDocument],
        left: Counter[date],
    ) -> date | None:
        """Take a listing over, and return the date of a departure whose team has to be judged again."""
        departure = documents[day].departures[key]
        status, counts = departure.status, is_announced(departure)
        at_once = settings.FOLLOW_CATALOG_AT_ONCE and left[day] > 0
        followed = take_listing(
            departure, day, theirs, place, timezone.now(), is_ours=key in self.listings.ours, at_once=at_once
        )
        is_cancelled = departure.status is not status and departure.status is DepartureStatus.CANCELLED
        if counts and (is_cancelled or followed.moves_to):
            left[day] -= 1
        if followed.moves_to:
            documents[followed.moves_to].departures[key] = documents[day].departures.pop(key)
            self.moved.add(key)
            self.to_plan.add((day, departure.region_id))
        if not followed.is_moved:
            return None
        self.to_plan.add((followed.moves_to or day, departure.region_id))
        return followed.moves_to or day

    def _unstaff(self, replanned: Mapping[UUID, date], drafts: Mapping[date, Draft]) -> None:
        """Take off the teams that may not go at the new time, or of which that is not known.

        It is known on the dates of the snapshot, for what did not move between dates; the commitments are those under
        the locks of the write.
        """
        staffed = {key: day for key, day in replanned.items() if drafts[day].document.departures[key].team}
        known = {key for key, day in staffed.items() if day in self.facts.snapshot.days and key not in self.moved}
        for key in staffed.keys() - known:
            _take_team_off(drafts[staffed[key]].document.departures[key])
        if known:
            changes = {day: change_of(draft) for day, draft in drafts.items()}
            violating = {violation.departure_id for violation in find_new_violations(changes, self.facts)}
            for key in known:
                departure = drafts[staffed[key]].document.departures[key]
                if key in violating:
                    _take_team_off(departure)
                _unconfirm(departure)


def _cancel_copies(
    documents: Mapping[date, ScheduleDocument], listings: Mapping[UUID, CatalogListing]
) -> dict[UUID, date]:
    """Return the date of each listed departure in these documents, cancelling its copies on other ones.

    Copies are from before a departure was held to one date. The one on the catalog's date stays, or else the last one.
    """
    where: dict[UUID, date] = {}
    for key, theirs in listings.items():
        days = [day for day, document in sorted(documents.items()) if key in document.departures]
        if days:
            where[key] = theirs.schedule_date if theirs.schedule_date in days else days[-1]
        for day in set(days) - {where.get(key)}:
            departure = documents[day].departures[key]
            if departure.may_be_replanned(timezone.now()):
                departure.status = DepartureStatus.CANCELLED
    return where


def _take_team_off(departure: Departure) -> None:
    departure.team, departure.unassigned_reason = [], MOVED_BY_CATALOG.model_copy()


def _unconfirm(departure: Departure) -> None:
    """Nobody on the team has confirmed the new time."""
    for member in departure.team:
        if member.assignment_status is AssignmentStatus.CONFIRMED:
            member.assignment_status = AssignmentStatus.TENTATIVE


def _allowed_on(document: ScheduleDocument) -> int:
    """Return how many departures of a date that people were told of a machine may cancel or move off it at once."""
    announced = len(document.departures.where(_may_be_announced, is_announced))
    count: int = settings.MAX_UNSTAFFED_BY_MACHINE
    return max(count, int(settings.MAX_UNSTAFFED_SHARE_BY_MACHINE * announced))


def _may_be_announced(raw: Mapping[str, Any]) -> bool:
    return bool(raw.get("published")) or raw.get("status") == DepartureStatus.PUBLISHED


def _place_of(theirs: CatalogListing, snapshot: Snapshot) -> Place | None:
    region = snapshot.regions.get(theirs.region_id)
    location = snapshot.locations.get(theirs.region_id)
    return Place(region.timezone, location.id if location else None) if region else None
