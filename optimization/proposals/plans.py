"""What a proposal would change, as intent: who leads a departure on which trail, not a copy of its document. Pure."""

from collections.abc import Iterable, Mapping
from typing import Self
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict

from scheduling.domain.document import (
    AssignmentStatus,
    Departure,
    DepartureStatus,
    Role,
    TeamMember,
    UnassignedReason,
)
from scheduling.domain.facts import Span, Trail


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True)


class ProposedGuide(_Value):
    """A guide on a team. `score` is 0 to 1."""

    guide_id: UUID
    name: str
    is_lead: bool
    score: float
    is_pinned: bool = False


class TeamPlan(_Value):
    """The guides of a departure, its trail, and the reason for which it has no guides."""

    guides: tuple[ProposedGuide, ...] = ()
    trail_id: UUID | None = None
    trail_name: str = ""
    reason: UnassignedReason | None = None

    @classmethod
    def of(cls, departure: Departure, trails: Mapping[UUID, Trail]) -> Self:
        trail = trails.get(departure.trail_id) if departure.trail_id else None
        return cls(
            guides=tuple(
                ProposedGuide(
                    guide_id=member.guide_id,
                    name=member.guide_name,
                    is_lead=member.role is Role.LEAD,
                    score=member.score,
                    is_pinned=member.pinned,
                )
                for member in departure.team
            ),
            trail_id=departure.trail_id,
            trail_name=trail.name if trail else "",
            reason=departure.unassigned_reason,
        )

    @property
    def guide_ids(self) -> tuple[UUID, ...]:
        """The guides, the lead first."""
        return tuple(guide.guide_id for guide in sorted(self.guides, key=lambda guide: not guide.is_lead))

    def is_same_as(self, other: "TeamPlan") -> bool:
        """Return whether the same guides go in the same roles on the same trail."""
        return self._decided == other._decided

    @property
    def _decided(self) -> object:
        return {(guide.guide_id, guide.is_lead) for guide in self.guides}, self.trail_id

    def team(self) -> list[TeamMember]:
        """Return the team as a document has it, of guides whom nobody has confirmed."""
        return [
            TeamMember(
                guide_id=guide.guide_id,
                guide_name=guide.name,
                role=Role.LEAD if guide.is_lead else Role.ASSISTANT,
                assignment_status=AssignmentStatus.TENTATIVE,
                pinned=guide.is_pinned,
                score=guide.score,
            )
            for guide in self.guides
        ]


class ProposedDeparture(_Value):
    """A departure as it was read, with its plan then and the proposed one. `is_new`: the daily schedule lacks it."""

    trip_id: UUID
    trip_name: str
    activity_type: str
    region_id: UUID
    location_id: UUID | None
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    participants: int
    capacity: int
    status: DepartureStatus
    is_new: bool
    before: TeamPlan
    after: TeamPlan

    @classmethod
    def of(cls, planned: Departure, base: Departure | None, trails: Mapping[UUID, Trail]) -> Self:
        """Return the departure as it is planned; `base` is how it was stored, None where the document lacks it."""
        stored = base or planned
        return cls(
            trip_id=stored.trip_id,
            trip_name=stored.trip_name,
            activity_type=stored.activity_type,
            region_id=stored.region_id,
            location_id=stored.location_id,
            starts_at=stored.starts_at,
            ends_at=stored.ends_at,
            participants=planned.participants,
            capacity=stored.capacity,
            status=stored.status,
            is_new=base is None,
            before=TeamPlan.of(base, trails) if base else TeamPlan(),
            after=TeamPlan.of(planned, trails),
        )

    @property
    def span(self) -> Span:
        return Span(self.starts_at, self.ends_at)

    @property
    def is_change(self) -> bool:
        return self.is_new or not self.before.is_same_as(self.after)

    def is_outdated_by(self, current: Departure) -> bool:
        """Return whether what the plan was decided on differs from the departure as it is now."""
        return self._basis != (
            {(member.guide_id, member.role is Role.LEAD, member.pinned) for member in current.team},
            current.trail_id,
            current.status,
            current.starts_at,
            current.ends_at,
            current.capacity,
            current.location_id,
        )

    @property
    def _basis(self) -> object:
        return (
            {(guide.guide_id, guide.is_lead, guide.is_pinned) for guide in self.before.guides},
            self.before.trail_id,
            self.status,
            self.starts_at,
            self.ends_at,
            self.capacity,
            self.location_id,
        )

    def departure(self) -> Departure:
        """Return the departure without a team, as a document would have it."""
        kept = self.model_dump(exclude={"is_new", "before", "after"})
        return Departure(**kept)


class ProposedPlan(_Value):
    """What a proposal would change.

    `departures` are those whose guides or trail would change, by id. `hours` are those of the trailing 14 days, by
    guide, of everybody who is compared. `proof` is how good the plan is known to be; `unknown` what siblings did not
    answer; `standby` the names of the guides who are left free.
    """

    region_ids: tuple[UUID, ...]
    departures: dict[UUID, ProposedDeparture]
    hours: dict[UUID, float]
    moved: int
    proof: str
    unknown: tuple[str, ...] = ()
    standby: dict[UUID, str] = {}


class AcceptedPart(_Value):
    """The departures of a proposal that somebody accepted together, at the revision that this made.

    `made` tells which making of the proposal it was a part of: one that is made anew has another plan.
    """

    departure_ids: tuple[UUID, ...]
    by: str
    at: AwareDatetime
    rev: int
    made: int


def accepted_by_departure(parts: Iterable[AcceptedPart], made: int) -> dict[UUID, AcceptedPart]:
    """Return who accepted each departure of this making of a proposal."""
    return {key: part for part in parts if part.made == made for key in part.departure_ids}
