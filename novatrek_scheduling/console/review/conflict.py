"""One conflict under review: what is wrong, how that is known, whom it touches, and what became of it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from uuid import UUID

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from conflicts.choices import CAUSE_LABELS, TYPE_LABELS, ResolutionStatus
from conflicts.detection import Cause, ConflictType
from conflicts.detection.findings import OURSELVES
from conflicts.history.sentences import describe
from conflicts.models import ConflictEvent, ConflictResolution, RiskAcceptance, ScheduleConflict
from conflicts.resolution.acceptance import latest_expiry
from novatrek_scheduling.console.board.rows import zone_word
from novatrek_scheduling.console.days import company_zone
from novatrek_scheduling.console.guides.health import EnteredBy, entered_by_teams
from novatrek_scheduling.console.marks import SEVERITIES, Look
from novatrek_scheduling.console.states import DepartureState, states_of
from scheduling.admin.formatting import team_words, times_text
from scheduling.admin.region_names import known_regions, region_names
from scheduling.daily_schedules.dated_departures import departures_named
from scheduling.domain.document import Departure
from scheduling.domain.facts import Region
from scheduling.models import DepartureDate

MOST_EVENTS = 50


@dataclass(frozen=True, slots=True)
class Affected:
    """A departure that the conflict is about, with its state."""

    id: UUID
    day: date
    departure: Departure
    state: DepartureState

    @property
    def address(self) -> str:
        return reverse("console:departure", args=[self.day, self.id])

    @property
    def times(self) -> str:
        return times_text(self.departure)

    @property
    def team(self) -> str:
        return team_words(self.departure.team)

    @property
    def zone(self) -> str:
        return zone_word(self.day, _region_of(self.departure), [self.departure])


@dataclass(frozen=True, slots=True)
class Reading:
    """From whom something was read, and when."""

    source: str
    when: str


@dataclass(frozen=True, slots=True)
class Happening:
    """An event of the conflict's history."""

    when: str
    what: str
    by: str
    text: str


@dataclass(frozen=True, slots=True)
class Reviewed:
    """The conflict as it is at `now`. Times are by the clocks of its departures, or the company's without any."""

    conflict: ScheduleConflict
    now: datetime
    affected: tuple[Affected, ...]
    resolution: ConflictResolution | None
    acceptance: RiskAcceptance | None
    history: tuple[Happening, ...]

    @property
    def is_open(self) -> bool:
        return not self.conflict.resolved

    @property
    def description(self) -> str:
        return str(self.conflict.details.get("description", ""))

    @property
    def cause(self) -> Cause:
        return Cause(self.conflict.details["cause"])

    @property
    def cause_words(self) -> str:
        words = _(CAUSE_LABELS[self.cause])
        return words[:1].upper() + words[1:]

    @property
    def kind(self) -> str:
        return _(TYPE_LABELS[ConflictType(self.conflict.conflict_type)])

    @property
    def look(self) -> Look:
        return SEVERITIES[self.conflict.severity]

    @property
    def region(self) -> str:
        return region_names().get(self.conflict.details.get("region_id", ""), "")

    @property
    def clock(self) -> tzinfo:
        return _clock_of(self.affected)

    def moment(self, instant: datetime) -> str:
        """Return a moment with what its clock is called: "27 Nov 14:05 PST"."""
        return _moment(instant, self.clock)

    @property
    def latest(self) -> datetime:
        """Until when the risk may be accepted at the latest, by the conflict's clocks."""
        return latest_expiry(self.conflict, self.now).astimezone(self.clock)

    @property
    def latest_text(self) -> str:
        return self.moment(self.latest)

    @property
    def readings(self) -> list[Reading]:
        read_at: Mapping[str, str] = self.conflict.details.get("evidence", {}).get("read_at", {})
        return [
            Reading(_("our own daily schedule") if source == OURSELVES else source, self.moment(_instant(when)))
            for source, when in sorted(read_at.items())
        ]

    @property
    def reservations(self) -> list[str]:
        """The reservations that it is about, as the records know them."""
        evidence = self.conflict.details.get("evidence", {}).get("told", {})
        return sorted(evidence.get("reservations", {}))

    @property
    def hazard_id(self) -> str:
        return str(self.conflict.details.get("evidence", {}).get("told", {}).get("hazard_id", ""))

    @property
    def what_would_help(self) -> list[str]:
        return list(self.conflict.details.get("what_would_help", []))

    @property
    def resolved_text(self) -> str:
        """How the conflict ended: by whom, with what and when."""
        if self.resolution is None:
            return _("It is not open any more.")
        facts = {"who": self.resolution.resolved_by, "when": self.moment(self.resolution.resolved_at)}
        if not self.resolution.strategy:
            return _("It was over, and cleared, at %(when)s.") % facts
        facts["how"] = self.resolution.get_strategy_display()
        return _("Resolved by %(who)s at %(when)s: %(how)s.") % facts

    @property
    def acceptance_text(self) -> str:
        if self.acceptance is None:
            return ""
        until = self.moment(self.acceptance.expires_at)
        facts = {"who": self.acceptance.owner, "until": until, "why": self.acceptance.reason}
        return _("%(who)s answers for the risk until %(until)s: %(why)s") % facts


def read_reviewed(conflict_id: UUID, now: datetime) -> Reviewed | None:
    """Return the conflict, None where there is none of this id."""
    rows = ScheduleConflict.objects.prefetch_related("acceptances", "resolutions")
    conflict = rows.filter(pk=conflict_id).first()
    if conflict is None:
        return None
    affected = tuple(_affected(conflict, now))
    return Reviewed(
        conflict=conflict,
        now=now,
        affected=affected,
        resolution=next((r for r in conflict.resolutions.all() if r.status != ResolutionStatus.FAILED), None),
        acceptance=next((a for a in conflict.acceptances.all() if a.is_in_force(now)), None),
        history=tuple(_history(conflict, _clock_of(affected))),
    )


def entered_about(reviewed: Reviewed) -> tuple[EnteredBy, ...]:
    """Return what the guides entered whom the conflict is about, for its dates. For those who may read about health."""
    about = reviewed.conflict.details.get("affected_guide_ids", ())
    found = entered_by_teams({affected.id: affected.departure for affected in reviewed.affected})
    return tuple(dict.fromkeys(e for entered in found.values() for e in entered if str(e.guide_id) in about))


def _affected(conflict: ScheduleConflict, now: datetime) -> Iterator[Affected]:
    """Yield its departures; where it is between two dates, those of the later one as well."""
    about = conflict.departure_ids
    found = {conflict.day: departures_named(conflict.day, about)}
    elsewhere = about - found[conflict.day].keys()
    if elsewhere:
        days = DepartureDate.objects.filter(departure_id__in=elsewhere).values_list("schedule_date", flat=True)
        found |= {day: departures_named(day, about) for day in sorted(set(days) - {conflict.day})}
    for day, own in found.items():
        states = states_of(day, own, now) if own else {}
        for key, departure in sorted(own.items(), key=lambda item: (item[1].starts_at, item[0])):
            yield Affected(key, day, departure, states[key])


def _region_of(departure: Departure) -> Region | None:
    return next((region for region in known_regions() if region.id == departure.region_id), None)


def _clock_of(affected: Sequence[Affected]) -> tzinfo:
    """The clock of the first departure's region, as far as it is known, else that of its times, else the company's."""
    departures = [found.departure for found in affected[:1]]
    zones = [region.timezone for departure in departures if (region := _region_of(departure))]
    return next(filter(None, [*zones, *(departure.starts_at.tzinfo for departure in departures)]), company_zone())


def _history(conflict: ScheduleConflict, zone: tzinfo) -> Iterator[Happening]:
    events = ConflictEvent.objects.filter(fingerprint=conflict.details["fingerprint"]).order_by("-id")
    for event in events[:MOST_EVENTS]:
        what = event.get_kind_display()
        by = event.by or _("the service")
        yield Happening(_moment(event.occurred_at, zone), what[:1].upper() + what[1:], by, describe(event))


def _moment(instant: datetime, zone: tzinfo) -> str:
    local = instant.astimezone(zone)
    return f"{date_format(local, 'j M H:i')} {local.tzname()}"


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)
