"""What the publish page shows: the departures that differ from what people were told, those with conflicts first."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from novatrek_scheduling.console.board.rows import name_of, zone_word
from novatrek_scheduling.console.departures.revisions import RevisionLine
from novatrek_scheduling.console.guides.health import EnteredBy, entered_by_teams
from novatrek_scheduling.console.open_conflicts import matters_of
from novatrek_scheduling.console.publishing.differences import (
    Difference,
    Recipient,
    differences_of,
    recipients_by_departure,
    summary_of,
)
from novatrek_scheduling.console.publishing.forms import Choices
from novatrek_scheduling.console.publishing.meanwhile import changes_since
from novatrek_scheduling.console.publishing.obstacles import Obstacles, obstacles_of
from novatrek_scheduling.console.states import DepartureState, states_by
from novatrek_scheduling.errors import DomainError
from scheduling.admin.formatting import team_words, times_text
from scheduling.domain.document import Departure
from scheduling.domain.facts import Region
from scheduling.publication.previews import PublicationPreview, preview_publication
from scheduling.snapshot import look_up_guides


class Standing(StrEnum):
    """How a departure stands: what is not CLEAR is looked at first, and is not ticked by itself."""

    FORBIDDEN = "FORBIDDEN"
    TO_CONFIRM = "TO_CONFIRM"
    TO_APPROVE = "TO_APPROVE"
    CLEAR = "CLEAR"


@dataclass(frozen=True, slots=True)
class Row:
    """A departure to be published. `meanwhile` is what others changed of it since the page was shown last.

    `entered` is what its guides entered for its dates, for those who may read it.
    """

    day: date
    id: UUID
    departure: Departure
    state: DepartureState
    differences: tuple[Difference, ...]
    recipients: tuple[Recipient, ...]
    obstacles: Obstacles
    standing: Standing
    meanwhile: tuple[RevisionLine, ...]
    is_ticked: bool
    is_confirmed: bool
    entered: tuple[EnteredBy, ...] = ()
    problem: str = ""

    @property
    def name(self) -> str:
        return self.departure.trip_name

    @property
    def times(self) -> str:
        return times_text(self.departure)

    @property
    def team(self) -> str:
        return team_words(self.departure.team)

    @property
    def summary(self) -> str:
        return summary_of(self.departure)

    @property
    def address(self) -> str:
        return reverse("console:departure", args=[self.day, self.id])

    @property
    def may_be_ticked(self) -> bool:
        return self.standing is not Standing.FORBIDDEN

    @property
    def takes_confirmation(self) -> bool:
        return self.standing is Standing.TO_CONFIRM

    @property
    def is_clear(self) -> bool:
        return self.standing is Standing.CLEAR


@dataclass(frozen=True, slots=True)
class RegionRows:
    """The departures of a region, the earliest first. `zone` is what its clocks are called: "PST"."""

    name: str
    zone: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Unstaffed:
    """A draft that nobody leads: it stays a draft."""

    address: str
    name: str
    times: str
    region: str


@dataclass(frozen=True, slots=True)
class PublishingPage:
    """What publishing a date at revision `rev` would do. `gone` are ticked departures that it would not touch now."""

    day: date
    rev: int
    preview: PublicationPreview
    first: tuple[RegionRows, ...]
    clear: tuple[RegionRows, ...]
    unstaffed: tuple[Unstaffed, ...]
    meanwhile: Mapping[UUID, tuple[RevisionLine, ...]]
    choices: Choices | None

    @property
    def rows(self) -> dict[UUID, Row]:
        return {row.id: row for region in (*self.first, *self.clear) for row in region.rows}

    def with_problems(self, problems: Mapping[UUID, str]) -> "PublishingPage":
        """Return the page with what is to be done about departures."""
        first, clear = (
            tuple(
                replace(region, rows=tuple(replace(row, problem=problems.get(row.id, "")) for row in region.rows))
                for region in regions
            )
            for regions in (self.first, self.clear)
        )
        return replace(self, first=first, clear=clear)

    @property
    def ticked_count(self) -> int:
        return sum(row.is_ticked for row in self.rows.values())

    @property
    def first_count(self) -> int:
        return sum(len(region.rows) for region in self.first)

    @property
    def clear_count(self) -> int:
        return sum(len(region.rows) for region in self.clear)

    @property
    def not_known(self) -> tuple[str, ...]:
        return self.preview.judgement.not_known

    @property
    def is_silent(self) -> bool:
        """Whether nothing could be read to judge by."""
        return self.preview.judgement.silence is not None

    @property
    def people_told(self) -> int:
        return len({notice.guide_id for notice in self.preview.notices})

    @property
    def board(self) -> str:
        return f"{reverse('console:board')}?date={self.day}"


def read_page(
    day: date, now: datetime, choices: Choices | None = None, *, may_override: bool, may_read_health: bool = False
) -> PublishingPage:
    """Return the page as of `now` (aware), with what a person has entered. Raises UnknownSchedule."""
    preview = preview_publication(day)
    departures = {key: preview.before[key] for key in preview.departures}
    snapshot = preview.known.facts.snapshot
    states, names = states_by(matters_of(day), day, departures, now, snapshot), _names(preview)
    recipients = recipients_by_departure(preview.notices, names)
    meanwhile = changes_since(day, choices.since_rev, preview.before, snapshot) if choices else {}
    entered = entered_by_teams(departures, snapshot.availability_notes) if may_read_health else {}
    rows = []
    for key, departure in departures.items():
        obstacles = obstacles_of(key, departure, states[key], preview.judgement)
        standing = _standing(departure, obstacles, may_override=may_override)
        rows.append(
            Row(
                day=day,
                id=key,
                departure=departure,
                state=states[key],
                differences=tuple(differences_of(departure, snapshot, names)),
                recipients=recipients.get(key, ()),
                obstacles=obstacles,
                standing=standing,
                meanwhile=meanwhile.get(key, ()),
                is_ticked=key in choices.ticked if choices else standing is Standing.CLEAR,
                is_confirmed=choices is not None and obstacles.token in choices.confirmed,
                entered=entered.get(key, ()),
            )
        )
    return PublishingPage(
        day=day,
        rev=preview.rev,
        preview=preview,
        first=_by_region(day, (row for row in rows if not row.is_clear), snapshot.regions),
        clear=_by_region(day, (row for row in rows if row.is_clear), snapshot.regions),
        unstaffed=tuple(_unstaffed(day, key, preview.before[key], snapshot.regions) for key in preview.unstaffed),
        meanwhile=meanwhile,
        choices=choices,
    )


def refusals_of(page: PublishingPage, going: Iterable[UUID]) -> dict[UUID, str]:
    """Return by departure why it cannot be published as it was ticked: forbidden, or not confirmed as it stands now."""
    rows = page.rows
    refusals = {}
    for key in going:
        row = rows[key]
        if not row.may_be_ticked:
            refusals[key] = _("It cannot be published as it is.")
        elif row.takes_confirmation and not row.is_confirmed:
            refusals[key] = _("Confirm what stands against it, or untick it.")
    return refusals


def _standing(departure: Departure, obstacles: Obstacles, *, may_override: bool) -> Standing:
    if obstacles.forbid or (obstacles.take_override and not may_override):
        return Standing.FORBIDDEN
    if obstacles.found:
        return Standing.TO_CONFIRM
    return Standing.TO_APPROVE if departure.needs_approval else Standing.CLEAR


def _by_region(day: date, rows: Iterable[Row], regions: Mapping[UUID, Region]) -> tuple[RegionRows, ...]:
    by_region: dict[UUID, list[Row]] = {}
    for row in sorted(rows, key=lambda row: (row.departure.starts_at, row.name, row.id)):
        by_region.setdefault(row.departure.region_id, []).append(row)
    found = []
    for name, key in sorted((name_of(key, regions), key) for key in by_region):
        here = by_region[key]
        zone = zone_word(day, regions.get(key), (row.departure for row in here))
        found.append(RegionRows(name, zone, tuple(here)))
    return tuple(found)


def _unstaffed(day: date, key: UUID, departure: Departure, regions: Mapping[UUID, Region]) -> Unstaffed:
    return Unstaffed(
        address=reverse("console:departure", args=[day, key]),
        name=departure.trip_name,
        times=times_text(departure),
        region=name_of(departure.region_id, regions),
    )


def _names(preview: PublicationPreview) -> dict[UUID, str]:
    """Return the names of all guides on the page, also of those who are on no team of the date any more."""
    names = {m.guide_id: m.guide_name for departure in preview.before.values() for m in departure.team}
    announced = (preview.before[key].published for key in preview.departures)
    concerned = {guide for announcement in announced if announcement for guide in announcement.guide_ids}
    concerned |= {notice.guide_id for notice in preview.notices}
    if missing := concerned - names.keys():
        names |= dict.fromkeys(missing, _("a guide whose name cannot be read now")) | _looked_up(missing)
    return names


def _looked_up(guide_ids: set[UUID]) -> dict[UUID, str]:
    try:
        return {guide_id: guide.name for guide_id, guide in look_up_guides(guide_ids).items()}
    except DomainError:
        return {}
