from dataclasses import replace
from datetime import timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from conflicts.detection import Severity
from conflicts.options import accept_risk
from conflicts.resolution.services import resolve_conflict
from novatrek_scheduling.console.marks import PINNED, Tone
from novatrek_scheduling.console.open_conflicts import Matters, open_conflicts_on
from novatrek_scheduling.console.state_texts import risk_text
from novatrek_scheduling.console.states import Phase, state_of, states_by, states_of
from novatrek_scheduling.console.unknown import unknown_about
from scheduling.domain.accepted_risks import AcceptedRisk
from scheduling.domain.document import Announcement, Departure, DepartureStatus
from scheduling.domain.facts import Sibling
from scheduling.models import ScheduleRevision
from tests.conflicts.factories import conflict_of, overfull
from tests.factories import TOMORROW, DepartureFactory, TeamMemberFactory, at, snapshot_of
from tests.scheduling.writes import put, stored

pytestmark = pytest.mark.django_db

NOON = at(12)


def phase_of(**fields: object) -> Phase:
    key = uuid4()
    return states_of(TOMORROW, {key: DepartureFactory(**fields)}, NOON)[key].phase


@pytest.mark.parametrize(
    ("phase", "fields"),
    [
        (Phase.CANCELLED, {"status": DepartureStatus.CANCELLED}),
        (Phase.DONE, {"starts_at": at(9), "ends_at": at(12), "team": [TeamMemberFactory()]}),
        (Phase.OUT, {"starts_at": at(12), "ends_at": at(13), "team": [TeamMemberFactory()]}),
        (Phase.NEEDS_GUIDE, {"starts_at": at(13), "ends_at": at(14)}),
        (Phase.ON_TRACK, {"starts_at": at(13), "ends_at": at(14), "team": [TeamMemberFactory()]}),
    ],
)
def test_a_departure_has_the_first_word_that_is_true_of_it(phase: Phase, fields: dict[str, object]) -> None:
    assert phase_of(**fields) is phase


def test_a_conflict_is_shown_on_its_own_departure_alone() -> None:
    conflict, other = overfull(), overfull()

    shown = {found.id: found.departure_ids for found in open_conflicts_on(TOMORROW)}

    assert shown.keys() == {conflict.pk, other.pk}
    assert shown[conflict.pk].isdisjoint(shown[other.pk])


def test_conflicts_of_a_departure_out_since_the_day_before_are_shown_too() -> None:
    until_noon = {"ends_at": at(12) + timedelta(days=1), "team": [TeamMemberFactory()]}
    conflict, _ = overfull(**until_noon), overfull(TOMORROW - timedelta(days=1))

    assert [found.id for found in open_conflicts_on(TOMORROW + timedelta(days=1))] == [conflict.pk]


def test_an_accepted_risk_is_shown_instead_of_its_conflict() -> None:
    conflict = overfull()
    option = accept_risk(conflict.pk, conflict.details)
    resolve_conflict(conflict.pk, option.id, by="ana", notes="Two bring a car.", override_warnings=True)
    departures = conflict.schedule.document.departures

    [state] = states_of(TOMORROW, departures, timezone.now()).values()

    assert state.conflicts == ()
    assert [risk.owner for risk in state.risks] == ["ana"]


def test_the_loudest_tone_is_that_of_the_worst_conflict_until_it_is_over() -> None:
    conflict = overfull(team=[TeamMemberFactory()])
    departures = conflict.schedule.document.departures

    [before] = states_of(TOMORROW, departures, NOON - timedelta(days=1)).values()
    [after] = states_of(TOMORROW, departures, NOON + timedelta(days=1)).values()

    assert before.tone is before.conflicts[0].mark.look.tone
    assert after.tone is Tone.QUIET


def test_what_is_said_first_is_the_louder_of_its_worst_conflict_and_its_phase() -> None:
    unstaffed, led = DepartureFactory(), DepartureFactory(team=[TeamMemberFactory()])

    def first_of(departure: Departure, severity: Severity) -> str:
        conflict_of(severity=severity)
        [*_others, found] = (conflict for conflict in open_conflicts_on(TOMORROW) if conflict.severity is severity)
        return str(state_of(departure, [found], [], at(6)).loudest.word)

    assert first_of(unstaffed, Severity.CRITICAL) == "Critical"
    assert first_of(unstaffed, Severity.LOW) == "Needs guide"
    assert first_of(led, Severity.LOW) == "Low"


def test_what_people_were_told_otherwise_is_said() -> None:
    guide = TeamMemberFactory(pinned=True, guide_name="Ana Ruiz")
    announced = Announcement(guide_ids=[guide.guide_id], starts_at=at(8), ends_at=at(12))
    key, departure = uuid4(), DepartureFactory(team=[guide], published=announced)

    state = states_of(TOMORROW, {key: departure}, at(6))[key]

    assert [(str(mark.look.word), mark.detail) for mark in state.marks] == [
        ("Pinned", "No machine takes off: Ana Ruiz"),
        ("Changed since published", f"Not told yet: the start, announced for {at(8):%d %b %H:%M}"),
    ]


def test_the_risk_is_accepted_until_a_time_of_the_departures_own_clocks() -> None:
    local = DepartureFactory(starts_at=at(16).astimezone(ZoneInfo("America/Denver")))
    risk = AcceptedRisk(frozenset(), "Rim Trail is closed.", "ana", "The guests know", at(20))

    assert risk_text(risk, local) == (
        f"Rim Trail is closed. Accepted by ana until {TOMORROW:%d %b} "
        f"{at(20).astimezone(ZoneInfo('America/Denver')):%H:%M}: The guests know"
    )


def test_a_silent_sibling_leaves_open_what_the_departure_rests_on() -> None:
    day, hidden = TOMORROW, uuid4()
    known = snapshot_of()
    silent = replace(known, unknown={Sibling.WEATHER: "svc-weather did not answer.", Sibling.TRAIL_MANAGEMENT: "…"})
    departure = DepartureFactory(trail_id=hidden, team=[TeamMemberFactory()])

    assert unknown_about(departure, day, known) == ()
    assert [open_fact.sibling for open_fact in unknown_about(departure, day, silent)] == [
        Sibling.WEATHER,
        Sibling.TRAIL_MANAGEMENT,
    ]


def test_what_is_over_has_nothing_unknown_any_more() -> None:
    silent = replace(snapshot_of(), unknown={Sibling.WEATHER: "svc-weather did not answer."})
    key, departure = uuid4(), DepartureFactory(team=[TeamMemberFactory()])

    assert states_by(Matters((), ()), TOMORROW, {key: departure}, at(11), silent)[key].unknown
    assert not states_by(Matters((), ()), TOMORROW, {key: departure}, at(13), silent)[key].unknown


def test_who_is_pinned_is_said_with_by_whom_and_since_when_by_the_clocks_of_the_departure() -> None:
    key, east = uuid4(), ZoneInfo("America/New_York")
    team = [TeamMemberFactory(guide_name="Ana Ruiz", pinned=True), TeamMemberFactory(guide_name="Ben Ito")]
    put({key: DepartureFactory(starts_at=at(13).astimezone(east), ends_at=at(15).astimezone(east), team=team)})

    [mark] = [mark for mark in states_of(TOMORROW, stored(), NOON)[key].marks if mark.look is PINNED]

    since = ScheduleRevision.objects.latest("rev").changed_at.astimezone(east)
    assert mark.detail == f"No machine takes off: Ana Ruiz, pinned by ana since {since:%d %b %H:%M}"
