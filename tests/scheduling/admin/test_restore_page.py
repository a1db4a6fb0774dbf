"""The page that restores a revision: permissions, preview and confirmation."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import DjangoAssertNumQueries

from scheduling.domain.document import DepartureStatus
from scheduling.models import ScheduleRevision
from tests.factories import TOMORROW, DepartureFactory, TeamMemberFactory
from tests.novatrek_scheduling.console.people import signed_in
from tests.scheduling.writes import change, put, stored, write_in_sql
from tests.siblings import SimulatedSiblings

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("groups")]

FIRST, SECOND = UUID(int=1), UUID(int=2)


def address(rev: int = 2, page: str = "restore") -> str:
    shown = reverse("admin:scheduling_schedulerevision_change", args=[ScheduleRevision.objects.get(rev=rev).pk])
    return shown if page == "change" else shown.replace("/change/", f"/{page}/")


def confirm(person: Client, *departure_ids: UUID, since_rev: int = 4, rev: int = 2) -> Any:
    chosen = {"since_rev": since_rev, "departure_ids": [str(key) for key in departure_ids]}
    return person.post(address(rev), chosen, follow=True)


@pytest.fixture
def assigned() -> None:
    """Two departures without guides at revision 2; both staffed at revision 4."""
    put({key: DepartureFactory() for key in (FIRST, SECOND)})
    for key in (FIRST, SECOND):
        change(key, team=[TeamMemberFactory(guide_name="Ana Ruiz")])


@pytest.mark.usefixtures("assigned")
def test_the_confirm_page_lists_what_will_change_and_what_stays() -> None:
    change(SECOND, status=DepartureStatus.CANCELLED, rescheduled_to=uuid4())

    page = signed_in("Dispatcher").get(address()).content.decode()

    assert "team: Ana Ruiz (lead) → nothing" in page
    assert "it is cancelled" in page
    assert 'name="since_rev" value="5"' in page
    assert all(departure.team for departure in stored().values())


@pytest.mark.usefixtures("assigned", "siblings")
def test_confirming_restores_under_the_name_of_the_person() -> None:
    page = confirm(signed_in("Dispatcher"), FIRST, SECOND)

    latest = ScheduleRevision.objects.get(rev=5)
    assert "Restored: 2 departures of" in page.content.decode()
    assert not any(departure.team for departure in stored().values())
    assert (latest.author, latest.kind, latest.cause) == ("a dispatcher", "dispatcher", "revision 2 restored")
    assert LogEntry.objects.get().change_message == "Restored 2 departures as of revision 2"


@pytest.mark.usefixtures("assigned", "siblings")
def test_only_what_was_chosen_is_restored() -> None:
    confirm(signed_in("Dispatcher"), FIRST)

    assert [bool(stored()[key].team) for key in (FIRST, SECOND)] == [False, True]


@pytest.mark.usefixtures("assigned", "siblings")
def test_from_the_page_of_a_departure_it_alone_is_offered_and_the_way_leads_back() -> None:
    person, taking_back = signed_in("Dispatcher"), f"{address()}?departure={FIRST}"
    page = person.get(taking_back).content.decode()

    answer = person.post(taking_back, {"since_rev": 4, "departure_ids": [str(FIRST)]})

    assert (f'value="{FIRST}"' in page, f'value="{SECOND}"' in page) == (True, False)
    assert answer["Location"] == reverse("console:departure", args=[TOMORROW, FIRST])
    assert [bool(stored()[key].team) for key in (FIRST, SECOND)] == [False, True]


@pytest.mark.usefixtures("assigned")
def test_whoever_chooses_nothing_is_told_so() -> None:
    page = confirm(signed_in("Dispatcher"))

    assert "Choose at least one departure" in page.content.decode()
    assert ScheduleRevision.objects.count() == 4


@pytest.mark.usefixtures("assigned", "siblings")
def test_what_others_did_not_change_is_restored_although_the_plan_is_another() -> None:
    page = confirm(signed_in("Dispatcher"), FIRST, SECOND, since_rev=3).content.decode()

    assert [bool(stored()[key].team) for key in (FIRST, SECOND)] == [False, True]
    assert "team: nothing → Ana Ruiz (lead) (ana)" in page
    assert f'id="restore-{SECOND}" checked' in page
    assert 'name="since_rev" value="5"' in page


@pytest.mark.usefixtures("assigned", "siblings")
def test_whoever_looked_at_an_older_plan_is_told_and_keeps_their_choice() -> None:
    page = confirm(signed_in("Dispatcher"), SECOND, since_rev=3).content.decode()

    assert "was changed meanwhile and is not restored yet" in page
    assert 'name="since_rev" value="4"' in page
    assert f'id="restore-{SECOND}" checked' in page
    assert f'id="restore-{FIRST}">' in page
    assert ScheduleRevision.objects.count() == 4


def test_a_broken_rule_is_shown_with_its_departure(siblings: SimulatedSiblings) -> None:
    put({FIRST: DepartureFactory(team=[TeamMemberFactory(guide_name="Ana Ruiz")])})
    change(FIRST, team=[])

    page = confirm(signed_in("Dispatcher"), FIRST, since_rev=3).content.decode()

    assert "Nothing was restored." in page
    assert "Sunrise hike: Ana Ruiz:" in page
    assert stored()[FIRST].team == []


@pytest.mark.usefixtures("assigned")
def test_an_auditor_neither_sees_nor_does_it() -> None:
    auditor = signed_in("Auditor")

    assert address() not in auditor.get(address(page="change")).content.decode()
    assert auditor.get(address()).status_code == 403
    assert confirm(auditor, FIRST).status_code == 403
    assert all(departure.team for departure in stored().values())


@pytest.mark.usefixtures("assigned")
@pytest.mark.parametrize("role", ["Dispatcher", "Operations manager"])
def test_whoever_plans_finds_the_button_and_cannot_edit_the_row(role: str) -> None:
    person = signed_in(role)

    assert address() in person.get(address(page="change")).content.decode()
    assert person.post(address(page="change"), {"author": "nobody"}).status_code == 403


@pytest.mark.usefixtures("assigned")
def test_the_latest_revision_has_nothing_to_restore() -> None:
    page = signed_in("Dispatcher").get(address(rev=4)).content.decode()

    assert "every plan that can still be changed is as in this revision" in page
    assert 'type="submit" class="bg-primary-600' not in page


def test_a_revision_whose_document_nobody_can_read_is_shown_all_the_same() -> None:
    put({FIRST: DepartureFactory()})
    write_in_sql("{departures,by_hand}", '{"capacity": "many"}')

    page = signed_in("Auditor").get(address(rev=3, page="change"))

    assert page.status_code == 200
    assert "many" in page.content.decode()


@pytest.mark.usefixtures("assigned")
def test_the_confirm_page_costs_few_queries(django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    for _ in range(20):
        change(FIRST, team=[TeamMemberFactory()])
    put({uuid4(): DepartureFactory() for _ in range(10)})
    person, page = signed_in("Dispatcher"), address()

    with django_assert_max_num_queries(12):
        assert person.get(page).status_code == 200
