"""What the panel of a departure shows, in the words in which it does."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from novatrek_scheduling.console.board.hearing import Source, silent_sources
from novatrek_scheduling.console.board.rows import name_of, zone_word
from novatrek_scheduling.console.board.siblings_view import siblings_view
from novatrek_scheduling.console.departures.guests import Party, RequestLine, parties_of, requests_of
from novatrek_scheduling.console.departures.revisions import RevisionLine, revisions_of
from novatrek_scheduling.console.states import DepartureState, states_of
from scheduling.admin.formatting import team_words, times_text
from scheduling.daily_schedules.drafts import Draft, read_drafts
from scheduling.domain.document import Departure, DepartureStatus, TeamMember
from scheduling.domain.facts import Snapshot, Trail
from scheduling.errors import UnknownDeparture


@dataclass(frozen=True, slots=True)
class Panel:
    """A departure of a date at revision `rev`, as it was at `now`, and what the siblings said of it seconds ago."""

    day: date
    id: UUID
    rev: int
    now: datetime
    departure: Departure
    state: DepartureState
    snapshot: Snapshot
    silent: tuple[Source, ...]
    requests: tuple[RequestLine, ...]
    parties: tuple[Party, ...]
    history: tuple[RevisionLine, ...]

    @property
    def address(self) -> str:
        return reverse("console:departure", args=[self.day, self.id])

    @property
    def undo(self) -> str:
        return reverse("console:departure_undo", args=[self.day, self.id])

    @property
    def redo(self) -> str:
        return reverse("console:departure_redo", args=[self.day, self.id])

    @property
    def is_completed(self) -> bool:
        return self.departure.status is DepartureStatus.COMPLETED

    @property
    def board(self) -> str:
        return f"{reverse('console:board')}?date={self.day}"

    @property
    def times(self) -> str:
        return times_text(self.departure)

    @property
    def zone(self) -> str:
        """What the clocks of the departure are called: "PST"."""
        return zone_word(self.day, self.snapshot.regions.get(self.departure.region_id), [self.departure])

    @property
    def clock(self) -> tzinfo | None:
        """The zone by which its times are told."""
        region = self.snapshot.regions.get(self.departure.region_id)
        return region.timezone if region else self.departure.starts_at.tzinfo

    @property
    def region(self) -> str:
        return name_of(self.departure.region_id, self.snapshot.regions)

    @property
    def trail(self) -> str:
        return trail_name(self.departure.trail_id, self.snapshot)

    @property
    def trail_is_unknown(self) -> bool:
        return self.departure.trail_id not in {trail.id for trail in self.trails}

    @property
    def team(self) -> str:
        return team_words(self.departure.team)

    @property
    def members(self) -> list[TeamMember]:
        """The team, the lead first."""
        return sorted(self.departure.team, key=lambda member: (member.role.value != "LEAD", member.guide_name))

    @property
    def why_nobody(self) -> str:
        reason = self.departure.unassigned_reason
        return reason.message if reason and not self.departure.team else ""

    @property
    def trails(self) -> list[Trail]:
        """The trails of its region by name."""
        return sorted(self.snapshot.trails_of(self.departure.region_id), key=lambda trail: (trail.name, trail.id))

    @property
    def guide_names(self) -> Mapping[UUID, str]:
        """The names of everybody who could be on the team, and of who is."""
        names = {guide.id: guide.name for guide in self.snapshot.guides.values()}
        return names | {m.guide_id: m.guide_name for m in self.departure.team if m.guide_id not in names}


def trail_name(trail_id: UUID | None, snapshot: Snapshot) -> str:
    """Return the trail's name; a trail that cannot be read now has none."""
    if trail_id is None:
        return _("no trail")
    return snapshot.trails[trail_id].name if trail_id in snapshot.trails else _("a trail that cannot be read now")


def read_panel(day: date, departure_id: UUID, now: datetime, draft: Draft | None = None) -> Panel:
    """Return the panel of a departure at `now` (aware), of `draft` where the date is read already.

    Raises UnknownDeparture.
    """
    draft = draft or read_drafts([day])[day]
    departure = draft.document.departures.get(departure_id)
    if departure is None:
        raise UnknownDeparture(f"The daily schedule of {day} has no departure {departure_id}.")
    trail_ids = {departure.trail_id} if departure.trail_id else set()
    snapshot = siblings_view(day, {departure.region_id}, trail_ids)
    clock = departure.starts_at.tzinfo
    return Panel(
        day=day,
        id=departure_id,
        rev=draft.rev,
        now=now,
        departure=departure,
        state=states_of(day, {departure_id: departure}, now, snapshot)[departure_id],
        snapshot=snapshot,
        silent=silent_sources(snapshot),
        requests=requests_of(departure_id, clock),
        parties=parties_of(departure_id, departure.reservations, clock),
        history=revisions_of(day, departure_id, snapshot, clock),
    )
