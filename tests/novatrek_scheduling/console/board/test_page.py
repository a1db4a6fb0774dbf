import csv
import io
from datetime import timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar
from pytest_django import DjangoAssertNumQueries

from novatrek_scheduling.console.board.page import board_version, read_board
from novatrek_scheduling.console.board.siblings_view import forget_views
from optimization.models import FragilityReport
from scheduling.domain.document import Announcement
from tests.conflicts.factories import overfull
from tests.factories import REGION_ID, TOMORROW, DepartureFactory, TeamMemberFactory, at
from tests.novatrek_scheduling.console.board.days import store_day
from tests.novatrek_scheduling.console.people import signed_in
from tests.scheduling.writes import put
from tests.siblings import SimulatedSiblings

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("groups", "siblings")]

DENVER = ZoneInfo("America/Denver")
ADDRESSES = ("board", "board_fresh", "board_aside", "board_csv", "board_calendar")


def board(client: Client | None = None, **query: str) -> str:
    shown = (client or signed_in("Auditor")).get(reverse("console:board"), {"date": TOMORROW.isoformat()} | query)
    return shown.content.decode()


def test_a_departure_carries_what_is_wrong_with_it_in_either_view() -> None:
    conflict = overfull()
    put({uuid4(): DepartureFactory(trip_name="Rim walk", team=[TeamMemberFactory(guide_name="Ana Ruiz")])})
    auditor = signed_in("Auditor")

    for view in ("table", "timeline"):
        shown = board(auditor, view=view)
        assert "Ana Ruiz" in shown
        assert conflict.details["description"] in shown


def test_what_needs_somebody_comes_first_and_only_that() -> None:
    store_day(
        {
            uuid4(): DepartureFactory(trip_name="Nobody leads it"),
            uuid4(): DepartureFactory(trip_name="All is well", team=[TeamMemberFactory()]),
        }
    )

    needs = board(view="table").split('id="needs-title"')[1].split("</section>")[0]

    assert "Nobody leads it" in needs
    assert "All is well" not in needs


def test_departures_out_since_the_day_before_are_on_the_board_with_both_dates() -> None:
    out = DepartureFactory(
        trip_name="Long traverse",
        starts_at=at(9) - timedelta(days=1),
        ends_at=at(15),
        team=[TeamMemberFactory(guide_name="Ana Ruiz")],
    )
    put({uuid4(): out}, TOMORROW - timedelta(days=1))

    shown = board(view="table")

    assert "Long traverse" in shown
    assert f"{out.starts_at:%d %b %H:%M}".replace(" ", "\u00a0") in shown


def test_the_board_of_a_region_has_its_departures_alone() -> None:
    other = uuid4()
    store_day(
        {
            uuid4(): DepartureFactory(trip_name="Here", team=[TeamMemberFactory()]),
            uuid4(): DepartureFactory(trip_name="There", region_id=other, team=[TeamMemberFactory()]),
        }
    )

    shown = board(view="table", region=str(REGION_ID))

    assert "Here" in shown
    assert "There" not in shown.split('id="board-live"')[1]


def test_times_are_those_of_the_departure() -> None:
    store_day({uuid4(): DepartureFactory(starts_at=at(16).astimezone(DENVER), ends_at=at(18).astimezone(DENVER))})

    assert f"{at(16).astimezone(DENVER):%H:%M} to {at(18).astimezone(DENVER):%H:%M}" in board(view="table")


def test_an_end_on_another_day_has_its_date() -> None:
    store_day({uuid4(): DepartureFactory(starts_at=at(20), ends_at=at(4) + timedelta(days=1))})

    ends = f"{TOMORROW + timedelta(days=1):%d %b} 04:00".replace(" ", "\u00a0")
    assert f"20:00 to {ends}" in board(view="table")


def test_a_silent_sibling_is_named_and_the_board_is_still_there(siblings: SimulatedSiblings) -> None:
    siblings.switch("svc-guide-management", "down")
    store_day({uuid4(): DepartureFactory(trip_name="Rim walk", team=[TeamMemberFactory()])})
    forget_views()

    shown = board(view="table")

    assert "svc-guide-management did not answer" in shown
    assert "whether the guides are available (svc-guide-management)" in shown
    assert "Rim walk" in shown


def test_who_may_not_change_plans_is_offered_to_open_them() -> None:
    store_day({uuid4(): DepartureFactory()})

    assert ">Assign<" in board(signed_in("Dispatcher"), view="table")
    assert ">Assign<" not in board(signed_in("Auditor"), view="table")


@pytest.fixture
def _within_five_minutes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Between two looks at a board not so much time passes that it is drawn anew for that alone."""
    now = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: now)


@pytest.mark.usefixtures("_within_five_minutes")
def test_an_open_board_hears_of_changes_and_of_nothing_else() -> None:
    key = uuid4()
    put({key: DepartureFactory(team=[TeamMemberFactory()])})
    auditor = signed_in("Auditor")
    version = board(auditor).split('data-version="')[1].split('"')[0]

    unchanged = fresh(auditor, version)
    put({key: DepartureFactory(trip_name="Renamed", team=[TeamMemberFactory()])})
    changed = fresh(auditor, version)

    assert unchanged.status_code == 204
    assert changed.status_code == 200
    assert "Renamed" in changed.content.decode()
    assert "<html" not in changed.content.decode()


def test_a_board_that_is_as_it_was_costs_three_queries_and_who_asks(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    out = DepartureFactory(starts_at=at(9) - timedelta(days=1), ends_at=at(15), team=[TeamMemberFactory()])
    put({uuid4(): out}, TOMORROW - timedelta(days=1))
    put({uuid4(): DepartureFactory(team=[TeamMemberFactory()])})
    now = timezone.now()
    version = read_board(TOMORROW, None, now, "ana").version

    with django_assert_num_queries(3):
        assert board_version(TOMORROW, now, "ana") == version


@pytest.mark.usefixtures("_within_five_minutes")
def test_who_edits_a_departure_is_on_the_board_of_the_others_and_not_on_their_own() -> None:
    key = uuid4()
    put({key: DepartureFactory(team=[TeamMemberFactory()])})
    ben, auditor = signed_in("Dispatcher"), signed_in("Auditor")
    version = board(auditor).split('data-version="')[1].split('"')[0]

    ben.get(reverse("console:departure", args=[TOMORROW, key]))

    heard = fresh(auditor, version)
    assert heard.status_code == 200
    for html in (board(auditor, view="table"), board(auditor, view="timeline")):
        assert "Being edited" in html
        assert "by a dispatcher since " in html
    assert "Being edited" not in board(ben, view="table")


def fresh(client: Client, version: str) -> object:
    return client.get(reverse("console:board_fresh"), {"date": TOMORROW.isoformat(), "version": version})


def test_the_table_can_be_taken_into_a_spreadsheet_which_runs_nothing_in_it() -> None:
    store_day({uuid4(): DepartureFactory(trip_name="=cmd()", team=[TeamMemberFactory(guide_name="Zoë Ruiz")])})

    answer = signed_in("Auditor").get(reverse("console:board_csv"), {"date": TOMORROW.isoformat()})

    [row] = csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")))
    assert answer.headers["Content-Disposition"] == f'attachment; filename="board-{TOMORROW}.csv"'
    assert (row["Adventure"], row["Guides"], row["Guests"]) == ("'=cmd()", "Zoë Ruiz (lead)", "8")


def test_the_calendar_tells_what_was_announced_from_what_was_not() -> None:
    guide = TeamMemberFactory()
    announcement = Announcement(guide_ids=[guide.guide_id], lead_id=guide.guide_id, starts_at=at(9), ends_at=at(12))
    announced, planned = uuid4(), uuid4()
    store_day(
        {
            announced: DepartureFactory(team=[guide], published=announcement),
            planned: DepartureFactory(team=[TeamMemberFactory()]),
        }
    )

    answer = signed_in("Auditor").get(reverse("console:board_calendar"), {"date": TOMORROW.isoformat()})

    events = {str(event["UID"]).split("@")[0]: event for event in Calendar.from_ical(answer.content).walk("VEVENT")}
    assert {UUID(key): event["STATUS"] for key, event in events.items()} == {
        announced: "CONFIRMED",
        planned: "TENTATIVE",
    }


@pytest.mark.parametrize("name", ADDRESSES)
def test_who_may_not_view_plans_gets_nothing_of_the_board(name: str) -> None:
    assert signed_in().get(reverse(f"console:{name}")).status_code == 403


@pytest.mark.parametrize("name", ADDRESSES)
def test_a_stranger_is_asked_to_sign_in(name: str) -> None:
    assert Client().get(reverse(f"console:{name}")).headers["Location"].startswith("/admin/login/")


def test_an_empty_date_says_what_would_fill_it() -> None:
    assert "No departures are planned on this date." in board(date="2031-05-05")


def test_what_single_losses_would_do_is_shown_as_it_was_found_and_nothing_is_solved() -> None:
    store_day({uuid4(): DepartureFactory()}, rev=4)
    loss = {
        "resource": {"kind": "GUIDE", "id": str(uuid4()), "name": "Ana Ruiz"},
        "guests": 12,
        "guests_on_duty": 12,
        "message": "Nobody else may lead it.",
    }
    hedge = {"kind": "STANDBY", "id": str(uuid4()), "message": "Keep Ben Ito ready."}
    kept = {"most_fragile": [loss], "hedges": [hedge], "unknown": []}
    kept |= {"without_team": [], "not_judged": [], "not_tried": []}
    FragilityReport.objects.create(schedule_date=TOMORROW, rev=3, found_at=timezone.now(), report=kept)

    answer = signed_in("Auditor").get(reverse("console:board_aside"), {"date": TOMORROW.isoformat()})

    shown = answer.content.decode()
    assert "worst: Ana Ruiz, 12 guests" in shown
    assert "Keep Ben Ito ready." in shown
    assert "The plan has changed since" in shown
