from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from conflicts.options import accept_risk
from conflicts.resolution.services import resolve_conflict
from novatrek_scheduling.console.states import Phase, open_conflicts_on, states_of
from scheduling.domain.document import DepartureStatus
from tests.conflicts.factories import overfull
from tests.factories import TOMORROW, DepartureFactory, TeamMemberFactory, at

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
    conflict = overfull()

    assert [found.id for found in open_conflicts_on(TOMORROW + timedelta(days=1))] == [conflict.pk]


def test_an_accepted_risk_is_shown_instead_of_its_conflict() -> None:
    conflict = overfull()
    option = accept_risk(conflict.pk, conflict.details)
    resolve_conflict(conflict.pk, option.id, by="ana", notes="Two bring a car.", override_warnings=True)
    departures = conflict.schedule.document.departures

    [state] = states_of(TOMORROW, departures, timezone.now()).values()

    assert state.conflicts == ()
    assert [risk.owner for risk in state.risks] == ["ana"]
