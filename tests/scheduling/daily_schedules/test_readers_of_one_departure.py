"""Who asks for one departure reads it alone, and whatever cannot be read beside it matters to nobody."""

from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories import TOMORROW, DepartureFactory, GuideFactory, lead
from tests.novatrek_scheduling.console.people import signed_in
from tests.scheduling.whole_documents import no_whole_document_is_read
from tests.scheduling.writes import put, write_in_sql
from tests.siblings import SimulatedSiblings
from tests.tokens import bearer

pytestmark = pytest.mark.django_db

ASKED, SICK = uuid4(), uuid4()


@pytest.fixture
def asked(siblings: SimulatedSiblings) -> UUID:
    """A departure of the siblings' world on a date with one that cannot be read."""
    trip = siblings.get("trips", siblings.summary()["trip_ids"][0])
    fields = {name: trip[name] for name in ("activity_type", "region_id")}
    team = [lead(GuideFactory(name="Ana Ruiz"))]
    put({ASKED: DepartureFactory(trip_id=trip["id"], team=team, **fields), SICK: DepartureFactory()})
    write_in_sql(f"{{departures,{SICK},team}}", '[{"guide_id": "nobody", "role": "CAPTAIN"}]')
    return ASKED


def test_the_candidates_of_a_departure(client: Client, asked: UUID) -> None:
    address = f"/scheduling/v1/daily-schedules/{TOMORROW}/departures"

    with no_whole_document_is_read():
        found, sick, gone = (
            client.get(f"{address}/{key}/candidates", headers=bearer()) for key in (asked, SICK, uuid4())
        )

    assert (found.status_code, found.json()["departure_id"]) == (200, str(asked))
    assert sick.json()["message"] == f"Departure {SICK} is stored in a form that cannot be read."
    assert gone.json()["message"].startswith(f"The daily schedule of {TOMORROW} has no departure")


@pytest.mark.usefixtures("groups")
@pytest.mark.parametrize("part", ["departure", "departure_guides"])
def test_the_panel_of_a_departure_and_the_ranking_in_it(asked: UUID, part: str) -> None:
    person = signed_in("Auditor")

    with no_whole_document_is_read():
        page = person.get(reverse(f"console:{part}", args=[TOMORROW, asked]))

    assert "Ana Ruiz" in page.content.decode()


def test_why_a_departure_has_its_team(client: Client, asked: UUID) -> None:
    address = f"/scheduling/v1/daily-schedules/{TOMORROW}/departures/{asked}/candidates?explain=true"

    with no_whole_document_is_read():
        explained = client.get(address, headers=bearer())

    assert explained.status_code == 200, explained.content
