"""A departure: when and where it goes, who leads it, and who comes."""

from collections.abc import Collection, Mapping
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from pydantic import AwareDatetime, Field

from scheduling.domain.catalog_listing import CatalogListing
from scheduling.domain.document.announcement import Announcement
from scheduling.domain.document.team import AssignmentStatus, Role, TeamMember
from scheduling.domain.facts import Span
from scheduling.domain.part import Part


class DepartureStatus(StrEnum):
    DRAFT = "DRAFT"
    PUBLISHED = "PUBLISHED"
    IN_PROGRESS = "IN_PROGRESS"
    COMPLETED = "COMPLETED"
    CANCELLED = "CANCELLED"


NO_TRAIL = "NO_TRAIL"
"""The code of the reason for no team that no trail can be used; other codes are the optimizer's."""


class UnassignedReason(Part):
    """The reason for an empty team; `counts` is the number of excluded guides by their first failed rule.

    `trail_ids` are the trails of which none can be used, where that is the reason.
    """

    code: str
    message: str
    counts: dict[str, int] = Field(default_factory=dict)
    trail_ids: list[UUID] | None = None


class Departure(Part):
    trip_id: UUID
    trip_name: str
    activity_type: str
    region_id: UUID
    trail_id: UUID | None = None
    location_id: UUID | None = None
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    participants: int = Field(default=0, ge=0)
    capacity: int = Field(ge=0)
    status: DepartureStatus = DepartureStatus.DRAFT
    team: list[TeamMember] = Field(default_factory=list)
    unassigned_reason: UnassignedReason | None = None
    published: Announcement | None = None
    reservations: dict[UUID, int] = Field(default_factory=dict)
    language: str | None = None
    catalog_participants: int | None = Field(default=None, ge=0)
    moved_guests: dict[UUID, int] | None = None
    rescheduled_to: UUID | None = None
    catalog: CatalogListing | None = None
    catalog_change: CatalogListing | None = None

    def count_participants(self) -> None:
        """Set `participants` by their formula: max(catalog's total - available, sum of active reservations).

        The catalog's figure is the latest that was read, without guests who were moved off; absent, it counts as 0.
        """
        self.participants = max(self.catalog_participants or 0, sum(self.reservations.values()))

    @property
    def sold_seats(self) -> int | None:
        """The catalog's figure as it was read, with the guests who were moved off and whom it counts; None before."""
        if self.catalog_participants is None:
            return None
        return self.catalog_participants + sum((self.moved_guests or {}).values())

    def count_sold(self, sold_spots: int) -> None:
        """Take over the catalog's figure, less the guests who were moved off and whom it counts, and count again.

        Where it fell, it may have dropped those guests: as many of them are not taken off any more, from then on. That
        counts too many where others cancelled, and never too few.
        """
        before = self.sold_seats
        if before is not None and sold_spots < before:
            self._count_no_longer(before - sold_spots)
        self.catalog_participants = max(0, sold_spots - sum((self.moved_guests or {}).values()))
        self.count_participants()

    def _count_no_longer(self, guests: int) -> None:
        """Take as many guests as these for dropped by the catalog among those who were moved off."""
        left: dict[UUID, int] = {}
        for key, moved in sorted((self.moved_guests or {}).items()):
            if moved > guests:
                left[key] = moved - guests
            guests = max(0, guests - moved)
        self.moved_guests = left or None

    def take_guests(self, reservations: Mapping[UUID, int]) -> None:
        """Give the departure these reservations in place of its own, and count its participants.

        Of a cancelled one no figure of the catalog is read any more: what it had sold beyond the reservations remains.
        """
        if self.status is DepartureStatus.CANCELLED and self.catalog_participants:
            sold_besides = max(0, self.catalog_participants - sum(self.reservations.values()))
            self.catalog_participants = sold_besides + sum(reservations.values())
        self.reservations = dict(reservations)
        self.forget_moved(reservations)
        self.count_participants()

    def release_guests(self, reservations: Collection[UUID]) -> None:
        """Take these reservations off the departure, and off the catalog's figure, which counts them as sold here."""
        released = {key: guests for key, guests in self.reservations.items() if key in reservations}
        self.reservations = {key: guests for key, guests in self.reservations.items() if key not in reservations}
        if self.catalog_participants is not None:
            self.catalog_participants = max(0, self.catalog_participants - sum(released.values()))
            # Without a figure there is none that counts them.
            self.moved_guests = {**(self.moved_guests or {}), **released} or None
        self.count_participants()

    def forget_moved(self, reservations: Collection[UUID]) -> None:
        """Forget that these reservations were moved off: they are back, or the catalog does not count them any more."""
        left = {key: guests for key, guests in (self.moved_guests or {}).items() if key not in reservations}
        self.moved_guests = left or None

    @property
    def span(self) -> Span:
        return Span(self.starts_at, self.ends_at)

    @property
    def guide_ids(self) -> frozenset[UUID]:
        return frozenset(member.guide_id for member in self.team)

    @property
    def is_cancelled(self) -> bool:
        return self.status is DepartureStatus.CANCELLED

    @property
    def lead_id(self) -> UUID | None:
        """The guide who leads the team; None without a lead."""
        return next((member.guide_id for member in self.team if member.role is Role.LEAD), None)

    @property
    def is_open_to_planning(self) -> bool:
        """Return whether its status allows the optimizer to plan it: neither cancelled nor under way nor completed."""
        return self.status in {DepartureStatus.DRAFT, DepartureStatus.PUBLISHED}

    @property
    def is_off_sale(self) -> bool:
        """Return whether the catalog, as last read, does not sell it: a person says whether it goes."""
        latest = self.catalog_change or self.catalog
        return latest is not None and not latest.is_for_sale

    @property
    def is_pinned(self) -> bool:
        """Return whether a person fixed the team, in part or in full."""
        return any(member.pinned for member in self.team)

    @property
    def lacks_trail(self) -> bool:
        """Return whether the departure has no team because no trail can be used."""
        return not self.team and self.unassigned_reason is not None and self.unassigned_reason.code == NO_TRAIL

    @property
    def needs_approval(self) -> bool:
        return any(member.assignment_status is AssignmentStatus.PENDING_APPROVAL for member in self.team)

    @property
    def has_unpublished_changes(self) -> bool:
        """Return whether the plan differs from the last announcement."""
        is_cancelled = self.status is DepartureStatus.CANCELLED
        if self.published is None:
            return bool(self.team) and not is_cancelled
        if is_cancelled:
            return bool(self.published.guide_ids)
        return (
            self.guide_ids != frozenset(self.published.guide_ids)
            or self.trail_id != self.published.trail_id
            or self.starts_at != self.published.starts_at
            or self.published.has_other_end(self.ends_at)
            or self.published.has_other_lead(self.lead_id)
        )

    def is_as_told(self, guide_id: UUID) -> bool:
        """Return whether the plan is the one that was announced, to this guide among others."""
        is_told = self.published is not None and guide_id in self.published.guide_ids
        return is_told and not self.has_unpublished_changes

    def take_plan(self, planned: "Departure") -> None:
        """Copy what the optimizer decides: team, trail, unassigned reason, and the seats sold that it planned with."""
        self.team = [member.model_copy() for member in planned.team]
        self.trail_id = planned.trail_id
        self.unassigned_reason = planned.unassigned_reason
        if planned.sold_seats is None:
            self.catalog_participants = None
            self.count_participants()
        else:
            self.count_sold(planned.sold_seats)

    def copy_with_team(self) -> "Departure":
        """Return a copy that may be edited: members of a team are edited in place, everything else is set anew."""
        return self.model_copy(update={"team": [member.model_copy() for member in self.team]})

    def may_be_replanned(self, now: datetime) -> bool:
        """Return whether a plan may still change it: open to planning and not started at `now` (aware)."""
        return self.is_open_to_planning and not self.has_started(now)

    def has_started(self, now: datetime) -> bool:
        return self.starts_at <= now or self.status in {
            DepartureStatus.IN_PROGRESS,
            DepartureStatus.COMPLETED,
        }
