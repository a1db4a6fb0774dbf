"""One guide: the next two weeks, hours against others, certificates with their runway, and what binds them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from novatrek_scheduling.console.board.hearing import last_heard
from novatrek_scheduling.console.days import company_day
from novatrek_scheduling.console.guides.entries import Entered, entered_by
from novatrek_scheduling.console.guides.profile import Profile, read_profile
from novatrek_scheduling.console.guides.runway import Runway, runway_of
from novatrek_scheduling.console.open_conflicts import matters_of
from novatrek_scheduling.console.proposals.texts import moment_text
from novatrek_scheduling.console.states import DepartureState, states_by
from optimization.candidates.workload import Workload, hours_led, workloads
from scheduling.admin.formatting import times_text
from scheduling.admin.region_names import region_name
from scheduling.daily_schedules.dated_departures import DatedDeparture, departures_of_guide
from scheduling.daily_schedules.decision_facts import recent_work
from scheduling.domain.document import Role
from scheduling.domain.facts import Region, Sibling, local_dates
from scheduling.domain.limits import LONGEST_TRIP
from scheduling.domain.words import in_words, listed
from scheduling.models import CalendarToken


class NobodyKnows(LookupError):
    """Neither svc-guide-management nor a plan of ours knows the guide."""


DAYS_SHOWN = 14
"""How many days a guide's page looks ahead, the company's day among them."""


@dataclass(frozen=True, slots=True)
class Led:
    """A departure with the guide on its team."""

    name: str
    times: str
    region: str
    role: str
    guests: str
    address: str
    state: DepartureState


@dataclass(frozen=True, slots=True)
class GuideDay:
    """A date. `standing` is said where nothing is led: free, away, or not known."""

    day: date
    led: tuple[Led, ...]
    standing: str


@dataclass(frozen=True, slots=True)
class GuidePage:
    """A guide at a moment. `silence` says what is missing because svc-guide-management does not answer, else empty."""

    id: UUID
    name: str
    facts: tuple[tuple[str, str], ...]
    days: tuple[GuideDay, ...]
    workload: Workload | None
    hours_ahead: float
    certificates: tuple[Runway, ...] | None
    entered: tuple[Entered, ...]
    calendar: str
    calendar_address: str
    silence: str


def read_guide_page(guide_id: UUID, now: datetime, *, may_read_health: bool) -> GuidePage:
    """Return the page of a guide at `now` (aware). Raises NobodyKnows."""
    today = company_day(now)
    last = today + timedelta(days=DAYS_SHOWN - 1)
    profile = read_profile(guide_id, today, last)
    dated = departures_of_guide(guide_id, today - LONGEST_TRIP, last)
    token = CalendarToken.objects.filter(guide_id=guide_id, revoked_at=None).first()
    name = _name(guide_id, profile, dated, token)
    if name is None:
        raise NobodyKnows(_("Nobody knows this guide."))
    ahead = [found for found in dated if found.departure.ends_at > now and not found.departure.is_cancelled]
    entered = entered_by(guide_id, today, last, profile.windows or (), may_read_health=may_read_health)
    return GuidePage(
        id=guide_id,
        name=name,
        facts=tuple(_facts(profile)),
        days=tuple(_days(guide_id, today, dated, entered, profile, now)),
        workload=_workload(guide_id, profile, today),
        hours_ahead=hours_led(found.departure for found in ahead).get(guide_id, 0.0),
        certificates=None if profile.certificates is None else runway_of(profile.certificates, today),
        entered=entered,
        calendar=_calendar(token),
        calendar_address=_calendar_address(token),
        silence=_silence(profile),
    )


def _name(guide_id: UUID, profile: Profile, dated: Iterable[DatedDeparture], token: CalendarToken | None) -> str | None:
    """Return the name by the sibling, else that of the last team or the calendar."""
    if profile.guide:
        return profile.guide.name
    names = [m.guide_name for found in dated for m in found.departure.team if m.guide_id == guide_id]
    known = names[-1] if names else token.guide_name if token else ""
    return known or (_("A guide whose name is not known") if profile.is_silent else None)


def _facts(profile: Profile) -> Iterator[tuple[str, str]]:
    """Yield what a dispatcher asks about a guide first, as a label and words."""
    guide = profile.guide
    if guide is None:
        return
    regions = profile.snapshot.regions.values()
    yield (
        _("Works in"),
        listed((_region_name(spelling, regions) for spelling in guide.region_ids), conjunction=_("and")),
    )
    yield _("Leads"), listed(sorted(_(in_words(activity)) for activity in guide.activities), conjunction=_("and"))
    yield _("Group"), _("at most %(guests)s guests") % {"guests": guide.max_group_size}
    if guide.years_experience is not None:
        yield _("Experience"), ngettext("%d year", "%d years", guide.years_experience) % guide.years_experience
    if not guide.is_active:
        yield _("Status"), capfirst(_(in_words(guide.status)))


def _region_name(spelling: str, regions: Iterable[Region]) -> str:
    known = (region.name for region in regions if spelling in {str(region.id), region.slug})
    return next(known, in_words(spelling))


def _days(
    guide_id: UUID,
    today: date,
    dated: list[DatedDeparture],
    entered: Iterable[Entered],
    profile: Profile,
    now: datetime,
) -> Iterator[GuideDay]:
    last = today + timedelta(days=DAYS_SHOWN - 1)
    departures = {found.id: found.departure for found in dated}
    states = states_by(matters_of(today, last), today, departures, now)
    away = [entry for entry in entered if entry.is_away]
    for offset in range(DAYS_SHOWN):
        day = today + timedelta(days=offset)
        here = [found for found in dated if _touches(found, day)]
        why_away = next((entry.text for entry in away if entry.first <= day <= entry.last), "")
        free = _("not known") if profile.windows is None else _("free")
        yield GuideDay(
            day=day,
            led=tuple(_led(guide_id, found, states[found.id]) for found in here),
            standing=why_away or ("" if here else free),
        )


def _touches(found: DatedDeparture, day: date) -> bool:
    first, last = local_dates(found.departure.span)
    return first <= day <= last


def _led(guide_id: UUID, found: DatedDeparture, state: DepartureState) -> Led:
    departure = found.departure
    leads = any(member.guide_id == guide_id and member.role is Role.LEAD for member in departure.team)
    return Led(
        name=departure.trip_name,
        times=times_text(departure),
        region=region_name(departure.region_id),
        role=_("leads") if leads else _("assists"),
        guests=f"{departure.participants} / {departure.capacity}",
        address=reverse("console:departure", args=[found.schedule_date, found.id]),
        state=state,
    )


def _workload(guide_id: UUID, profile: Profile, today: date) -> Workload | None:
    """Return the hours of the last 14 days against the mean of those at home in the same region."""
    guide, snapshot = profile.guide, profile.snapshot
    home = next((region for region in snapshot.regions.values() if guide and guide.is_at_home_in(region)), None)
    if home is None:
        hours = recent_work([guide_id], today).get(guide_id)
        return workloads([guide_id], {guide_id: hours.hours})[guide_id] if hours else None
    at_home = {key for key, other in snapshot.guides.items() if other.is_active and other.is_at_home_in(home)}
    recent: Mapping[UUID, float] = {key: work.hours for key, work in recent_work(at_home | {guide_id}, today).items()}
    return workloads(at_home | {guide_id}, recent)[guide_id]


def _calendar(token: CalendarToken | None) -> str:
    if token is None:
        return _("No calendar address has been issued.")
    issued = _("Issued %(when)s by %(who)s.") % {
        "when": moment_text(token.created_at, with_day=True),
        "who": token.created_by,
    }
    return (
        issued
        if token.stopped_at is None
        else _("%(issued)s Closed while the guide is not active.") % {"issued": issued}
    )


def _calendar_address(token: CalendarToken | None) -> str:
    """Return where the address is issued or revoked: it is shown once, to whoever issues it."""
    if token is None:
        return reverse("admin:scheduling_calendartoken_changelist")
    return reverse("admin:scheduling_calendartoken_change", args=[token.pk])


def _silence(profile: Profile) -> str:
    if not profile.is_silent and profile.guide and None not in {profile.certificates, profile.windows}:
        return ""
    if profile.guide is None and not profile.is_silent:
        return _("svc-guide-management does not know this guide any more. This is what we know ourselves.")
    heard = last_heard([Sibling.GUIDE_MANAGEMENT]).get(Sibling.GUIDE_MANAGEMENT)
    when = _(" It last did at %(when)s.") % {"when": moment_text(heard, with_day=True)} if heard else ""
    sentence = _("svc-guide-management does not answer.%(when)s Profile, certificates and absences may be missing.")
    return sentence % {"when": when}
