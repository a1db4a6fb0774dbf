"""One box finds people, departures, requests and conflicts, whatever accents they are written with."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.cache import caches
from django.db import connection
from django.db.models import Model, QuerySet
from django.urls import reverse
from django.utils import timezone
from pytest_django.fixtures import DjangoAssertNumQueries

from conflicts.models import ScheduleConflict
from conflicts.models.conflicts import DESCRIPTION_WORDS
from novatrek_scheduling.console.search.find import find
from scheduling.models import RequestStatus, ScheduleRequest
from scheduling.models.search_words import Folded, SearchWords, beginning_with, folded, words_of
from tests.conflicts.factories import conflict_of
from tests.factories import TOMORROW, DepartureFactory, TeamMemberFactory
from tests.novatrek_scheduling.console.people import signed_in
from tests.scheduling.writes import put
from tests.siblings import SimulatedSiblings

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("groups", "siblings")]

WRITTEN = "Gráinne Ó Søren-Łódź, ÑANDÚ"
PLAIN = "grainne o soren-lodz, nandu"
WORDS = ("grainne", "o", "soren", "lodz", "nandu")


def found(query: str) -> dict[str, list[str]]:
    groups = find(query, timezone.now(), lambda _permission: True)
    return {group.title: [entry.text for entry in group.found] for group in groups}


def a_request(by: str) -> ScheduleRequest:
    return ScheduleRequest.objects.create(schedule_date=TOMORROW, requested_by=by, status=RequestStatus.PENDING)


def test_python_and_the_database_fold_alike() -> None:
    a_request(WRITTEN)

    assert folded(WRITTEN) == PLAIN
    assert words_of(WRITTEN) == WORDS
    assert tuple(ScheduleRequest.objects.annotate(plain=Folded("requested_by")).get().plain.split()) == WORDS


def test_a_name_is_found_without_its_accents_wherever_it_stands(siblings: SimulatedSiblings) -> None:
    guide = siblings.call("svc-guide-management", "/guides").json()["data"][0]
    siblings.alter("guides", guide["id"], first_name="Gráinne", last_name="Walsh")
    caches["siblings"].clear()
    put({uuid4(): DepartureFactory(trip_name="Rim walk", team=[TeamMemberFactory(guide_name="Gráinne Walsh")])})
    conflict_of(description="Gráinne Walsh is away during Rim walk.")
    a_request("Gráinne's desk")

    everywhere = found("grainne")

    assert everywhere == {
        "Guides": ["Gráinne Walsh"],
        "Departures": ["Rim walk"],
        "Conflicts": ["Gráinne Walsh is away during Rim walk."],
        "Requests": ["Request of Gráinne's desk"],
    }
    assert found("WALSH gráinne")["Departures"] == ["Rim walk"]
    assert found("grainne nobody") == {}


def test_one_letter_and_what_is_resolved_find_nothing() -> None:
    conflict_of(description="Rim Trail is closed.")
    ScheduleConflict.objects.update(resolved=True)

    assert found("r") == {}
    assert "Conflicts" not in found("rim trail")


def test_a_word_is_found_by_its_beginning_in_whatever_stands_between_words() -> None:
    a_request("ops@rim-walks.example (night desk)")

    for query in ("ops", "walks", "RIM-WALKS", "example night", "des"):
        assert "Requests" in found(query), query
    assert "Requests" not in found("alks")


def put_many_others() -> None:
    """Enough rows without the words, and counted by the planner: of a handful any index is as good as another."""
    waiting = {"schedule_date": TOMORROW, "status": RequestStatus.PENDING}
    ScheduleRequest.objects.bulk_create(ScheduleRequest(**waiting, requested_by=f"desk {n}") for n in range(2000))
    conflict = conflict_of(description="Too many guests.")
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO schedule_conflicts (conflict_id, schedule_id, conflict_type, details, resolved, detected_at)"
            " SELECT gen_random_uuid(), schedule_id, conflict_type,"
            "   details || jsonb_build_object('fingerprint', n::text), false, detected_at"
            " FROM schedule_conflicts, generate_series(1, 2000) AS n WHERE conflict_id = %s",
            [conflict.pk],
        )
        cursor.execute("ANALYZE schedule_requests, schedule_conflicts")


@pytest.mark.parametrize(
    ("rows", "index"),
    [
        (ScheduleRequest.objects.alias(words=SearchWords("requested_by")), "schedule_requests_words"),
        (ScheduleConflict.objects.open().alias(words=DESCRIPTION_WORDS), "idx_conflict_open_words"),
    ],
    ids=["requests", "conflicts"],
)
def test_words_are_looked_up_in_an_index(rows: QuerySet[Model], index: str) -> None:
    put_many_others()

    assert index in rows.filter(words=beginning_with(("rim", "wa"))).order_by().explain()


def test_a_wildcard_of_the_database_is_a_letter_like_others() -> None:
    a_request("dana")

    assert "Requests" not in found("d%a")


def test_the_page_and_the_suggestions_lead_to_what_was_found() -> None:
    key = uuid4()
    put({key: DepartureFactory(trip_name="Rim walk")})
    auditor = signed_in("Auditor")

    for name in ("search", "search_suggestions"):
        shown = auditor.get(reverse(f"console:{name}"), {"q": "rim"}).content.decode()
        assert reverse("console:departure", args=[TOMORROW, key]) in shown
    assert signed_in().get(reverse("console:search"), {"q": "rim"}).status_code == 403


def test_what_somebody_may_not_see_is_not_found() -> None:
    a_request("dana")

    assert find("dana", timezone.now(), lambda permission: permission != "scheduling.view_schedulerequest") == ()


def test_more_than_is_shown_is_said_and_costs_no_more_queries(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    ScheduleRequest.objects.bulk_create(
        ScheduleRequest(
            schedule_date=TOMORROW,
            requested_by="dana",
            status=RequestStatus.PENDING,
            created_at=timezone.now() - timedelta(minutes=n),
        )
        for n in range(30)
    )

    find("dana", timezone.now(), lambda _permission: True)

    with django_assert_max_num_queries(4):
        [requests] = find("dana", timezone.now(), lambda _permission: True)

    assert (len(requests.found), requests.is_cut) == (20, True)
