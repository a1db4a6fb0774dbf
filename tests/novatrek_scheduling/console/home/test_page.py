"""The home page over HTTP: who sees what, where its links lead, and how little it reads."""

import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone
from pytest_django.fixtures import DjangoAssertNumQueries

from events.dead_letters import record_dead_letter
from novatrek_scheduling.console.days import company_day
from scheduling.admin.region_names import forget_regions
from tests.factories import DepartureFactory, TeamMemberFactory
from tests.novatrek_scheduling.console.board.days import store_day
from tests.novatrek_scheduling.console.home.days import conflict_about
from tests.novatrek_scheduling.console.people import signed_in
from tests.novatrek_scheduling.console.rows import a_run
from tests.siblings import SimulatedSiblings
from tests.words import codes_and_ids_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("groups", "siblings")]

MOST_QUERIES = 20
LINK = re.compile(r'<a [^>]*?href="([^"#]+)')


@pytest.fixture(autouse=True)
def _the_catalog_is_asked_again() -> Iterator[None]:
    forget_regions()
    yield
    forget_regions()


def a_day_with_something_of_everything(departures: int = 4) -> None:
    for ahead in (0, 1):
        day = company_day() + timedelta(days=ahead)
        noon = timezone.now().replace(hour=12) + timedelta(days=ahead)
        planned = {
            uuid4(): DepartureFactory(
                region_id=uuid4(), starts_at=noon, ends_at=noon + timedelta(hours=9), team=[TeamMemberFactory()]
            )
            for _ in range(departures)
        } | {uuid4(): DepartureFactory(starts_at=noon, ends_at=noon + timedelta(hours=9), trip_name="Canyon descent")}
        store_day(planned, day)
        for key, departure in planned.items():
            conflict_about(key, departure, day)
        a_run(day)
    record_dead_letter(source="a topic", reason="it broke", payload={})


def home(role: str | None = "Operations manager") -> Any:
    return signed_in(role).get("/admin/")


def content(page: str) -> str:
    return page[page.index('id="home"') :]


def test_every_link_of_the_page_leads_somewhere_even_for_who_may_only_look() -> None:
    a_day_with_something_of_everything(1)
    auditor = signed_in("Auditor")
    page = content(auditor.get("/admin/").content.decode())

    addresses = {unescape(link) for link in LINK.findall(page)}
    answers = {address: auditor.get(address).status_code for address in addresses}

    assert len(addresses) > 20
    assert {address: status for address, status in answers.items() if status != 200} == {}


def test_an_auditor_sees_it_all_and_is_offered_nothing_to_change() -> None:
    a_day_with_something_of_everything()

    page = content(home("Auditor").content.decode())

    for words in ("Canyon descent", "Open conflicts", "What plans rest on", "Score by date", "Dead letters"):
        assert words in page
    assert "To be published" in page
    assert "Publish <" not in page
    assert "/optimize/" not in page


def test_who_is_in_no_group_is_told_whom_to_ask_and_sees_nothing() -> None:
    a_day_with_something_of_everything()

    answer = home(None)

    page = content(answer.content.decode())
    assert "ask for the group" in page
    assert LINK.findall(page) == []
    assert answer.context["home"].is_empty
    assert signed_in("Auditor").get("/admin/home/fresh/").status_code == 200


def test_where_nothing_is_planned_a_dispatcher_is_offered_to_plan_and_an_auditor_is_not() -> None:
    assert content(home("Dispatcher").content.decode()).count("/optimize/") == 2
    assert content(home("Auditor").content.decode()).count("Nothing is planned yet.") == 2


def test_a_region_that_the_catalog_does_not_know_has_no_id_for_a_name(siblings: SimulatedSiblings) -> None:
    a_day_with_something_of_everything(1)

    page = re.sub(r"<[^>]+>", " ", content(home().content.decode()))

    assert "A region that is not in the catalog" in page
    assert codes_and_ids_in(page) == []


def test_what_refreshes_itself_is_the_page_without_its_frame() -> None:
    a_day_with_something_of_everything()

    part = signed_in("Dispatcher").get("/admin/home/fresh/").content.decode()

    assert "Canyon descent" in part
    assert "<html" not in part
    assert 'id="home-live"' not in part


def test_a_full_house_takes_as_few_queries_as_an_empty_one(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    a_day_with_something_of_everything(20)
    manager = signed_in("Operations manager")

    with django_assert_max_num_queries(MOST_QUERIES):
        assert manager.get("/admin/").status_code == 200
