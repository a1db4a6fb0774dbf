"""The guides for a departure over the API: ranked, or with the rule that rules them out."""

import math
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.cache import caches
from django.http import HttpResponse
from django.test import Client

from scheduling.domain.document import AvailabilityException, Departure, DepartureStatus, GuideAdjustments
from tests.conflicts.planned import enter_absence
from tests.factories import DepartureFactory, TeamMemberFactory
from tests.optimization.departures import DEPARTURE_ID
from tests.scheduling.adjusting import enter
from tests.scheduling.writes import change, put
from tests.siblings import SimulatedSiblings
from tests.tokens import bearer

pytestmark = pytest.mark.django_db

Ask = Callable[..., HttpResponse]


@pytest.fixture
def ask(client: Client, departure: Departure) -> Ask:
    def asking(
        *,
        day: object = departure.starts_at.date(),
        key: object = DEPARTURE_ID,
        scopes: Any = ("scheduling:read",),
        **query: str,
    ) -> Any:
        path = f"/scheduling/v1/daily-schedules/{day}/departures/{key}/candidates"
        return client.get(path, query, headers=bearer(scopes))

    return asking


def candidates_of(ask: Ask) -> list[dict[str, Any]]:
    response = ask()
    assert response.status_code == 200, response.content
    return response.json()["candidates"]


def able(ask: Ask) -> list[dict[str, Any]]:
    return [guide for guide in candidates_of(ask) if "ruled_out_by" not in guide]


def rule_against(ask: Ask, guide_id: str) -> str:
    return next(guide["ruled_out_by"]["code"] for guide in candidates_of(ask) if guide["guide_id"] == guide_id)


def test_everybody_is_listed_those_who_could_go_by_score_and_other_regions_last(
    ask: Ask, siblings: SimulatedSiblings
) -> None:
    listed = candidates_of(ask)

    assert len({guide["guide_id"] for guide in listed}) == len(listed) == siblings.summary()["counts"]["guides"]
    scores = [guide["score"] for guide in listed if "score" in guide]
    assert scores
    assert scores == sorted(scores, reverse=True)
    ruled_out = [guide["ruled_out_by"]["code"] for guide in listed[len(scores) :]]
    elsewhere = ruled_out.count("REGION")
    assert set(ruled_out[-elsewhere:]) == {"REGION"}
    assert ruled_out[-elsewhere - 1] == "ACTIVITY"


def test_a_score_is_the_product_of_its_parts(ask: Ask) -> None:
    best = able(ask)[0]

    assert best["score_parts"].keys() == {
        "certifications",
        "proximity",
        "familiarity",
        "language",
        "experience",
        "preference",
    }
    assert math.prod(best["score_parts"].values()) == pytest.approx(best["score"], abs=0.001)
    assert best["capacity"] > 0
    assert best["on_team"] is False


def test_the_answer_names_the_revision_it_is_about(ask: Ask) -> None:
    body = ask().json()

    assert (body["_rev"], body["departure_id"], body["warnings"]) == (2, str(DEPARTURE_ID), [])


def test_whoever_is_on_the_team_now_is_judged_without_this_departure(ask: Ask, departure: Departure) -> None:
    chosen = able(ask)[0]
    change(DEPARTURE_ID, departure.starts_at.date(), team=[TeamMemberFactory(guide_id=chosen["guide_id"])])

    again = next(guide for guide in able(ask) if guide["guide_id"] == chosen["guide_id"])

    assert again == chosen | {"on_team": True}


@pytest.mark.parametrize(
    ("hours_before", "days_before", "rule"), [(1, 0, "OVERLAP"), (6, 0, None), (9, 1, "REST"), (22, 1, None)]
)
def test_what_a_guide_is_committed_to_elsewhere_counts(
    ask: Ask, departure: Departure, hours_before: int, days_before: int, rule: str | None
) -> None:
    guide_id = able(ask)[0]["guide_id"]
    starts_at = departure.starts_at - timedelta(hours=hours_before)
    other = DepartureFactory(
        starts_at=starts_at, ends_at=starts_at + timedelta(hours=2), team=[TeamMemberFactory(guide_id=guide_id)]
    )
    put({uuid4(): other}, departure.starts_at.date() - timedelta(days=days_before))

    guide = next(guide for guide in candidates_of(ask) if guide["guide_id"] == guide_id)

    assert guide.get("ruled_out_by", {}).get("code") == rule


def test_what_a_guide_entered_rules_the_guide_out(ask: Ask, departure: Departure) -> None:
    away, restricted = (guide["guide_id"] for guide in able(ask)[:2])
    day = departure.starts_at.date()
    enter_absence(UUID(away), day)
    enter({UUID(restricted): GuideAdjustments(restrictions=[{"kind": "NO_GUIDING"}])}, day)

    assert rule_against(ask, away) == "AVAILABILITY_EXCEPTION"
    assert rule_against(ask, restricted) == "RESTRICTION"


def test_an_absence_on_a_later_day_of_a_trip_counts(ask: Ask, departure: Departure) -> None:
    day = departure.starts_at.date()
    change(DEPARTURE_ID, day, ends_at=departure.ends_at + timedelta(days=1))
    guide_id = able(ask)[0]["guide_id"]
    tomorrow = day + timedelta(days=1)
    away = AvailabilityException.model_validate({"from": tomorrow, "to": tomorrow})
    enter({UUID(guide_id): GuideAdjustments(availability_exceptions=[away])}, tomorrow)

    assert rule_against(ask, guide_id) == "AVAILABILITY_EXCEPTION"


def test_a_note_is_for_a_person_to_read(ask: Ask, departure: Departure, siblings: SimulatedSiblings) -> None:
    first, second = (guide["guide_id"] for guide in able(ask)[:2])
    enter({UUID(first): GuideAdjustments(guide_notes="Bad knee.")}, departure.starts_at.date())
    siblings.leave_note(second, departure.starts_at.date(), "Back at four.")
    caches["siblings"].clear()

    notes = {guide["guide_id"]: guide.get("to_approve") for guide in able(ask)}

    assert notes.pop(first) == ["left a note"]
    assert notes.pop(second) == ["left a note"]


def test_a_certificate_that_ran_out_rules_the_guide_out(ask: Ask, siblings: SimulatedSiblings) -> None:
    guide_id = able(ask)[0]["guide_id"]
    siblings.expire_certificates(guide_id)
    caches["siblings"].clear()

    assert rule_against(ask, guide_id) == "CERTIFICATION"


def test_a_guide_on_the_team_whom_nobody_knows_any_more_is_listed(ask: Ask, departure: Departure) -> None:
    gone = TeamMemberFactory(guide_name="Long Gone")
    change(DEPARTURE_ID, departure.starts_at.date(), team=[gone])

    last = candidates_of(ask)[-1]

    assert (last["guide_name"], last["on_team"], last["ruled_out_by"]["code"]) == ("Long Gone", True, "NOT_AVAILABLE")


def test_without_the_guides_the_caller_is_asked_to_come_back(ask: Ask, siblings: SimulatedSiblings) -> None:
    siblings.switch("svc-guide-management", "down")

    response = ask()

    assert (response.status_code, response.json()["code"]) == (503, "SIBLING_UNAVAILABLE")
    assert int(response["Retry-After"]) > 0


def test_other_silent_siblings_are_named_in_warnings(ask: Ask, siblings: SimulatedSiblings) -> None:
    siblings.switch("svc-weather", "down")

    body = ask().json()

    assert [warning["source_service"] for warning in body["warnings"]] == ["svc-weather"]
    assert body["candidates"]


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"day": uuid4()}, "UNKNOWN_DAILY_SCHEDULE"),
        ({"day": "2020-01-01"}, "UNKNOWN_DAILY_SCHEDULE"),
        ({"key": uuid4()}, "UNKNOWN_DEPARTURE"),
        ({"key": "nonsense"}, "UNKNOWN_DEPARTURE"),
    ],
)
def test_what_is_not_there_has_no_candidates(ask: Ask, asked: dict[str, object], code: str) -> None:
    response = ask(**asked)

    assert (response.status_code, response.json()["code"]) == (404, code)


def test_candidates_need_the_scope_to_read(ask: Ask) -> None:
    assert ask(scopes=None).status_code == 403


def test_whoever_could_be_asked_has_their_hours_against_the_mean(ask: Ask) -> None:
    listed = candidates_of(ask)

    workloads = [guide["fairness"] for guide in listed if "fairness" in guide]
    mean = sum(workload["trailing_hours"] for workload in workloads) / len(workloads)
    assert all(workload["mean_hours"] == pytest.approx(mean, abs=0.1) for workload in workloads)
    assert all("fairness" in guide for guide in listed if "score" in guide)


def test_an_explanation_prices_everybody_who_could_go(ask: Ask) -> None:
    body = ask(explain="true").json()

    explanation = body["explanation"]
    could = [guide for guide in body["candidates"] if "score" in guide]
    chosen = {member["guide_id"] for member in explanation["team"]}
    assert (explanation["standing"], explanation["differs"]) == ("STAFFED", True)
    assert chosen
    assert {guide["guide_id"] for guide in could if "price" in guide} == {guide["guide_id"] for guide in could} - chosen
    assert all("alternative" in member for member in explanation["team"])
    assert explanation["lines"]


def test_without_being_asked_for_it_nothing_is_explained(ask: Ask) -> None:
    assert "explanation" not in ask().json()
    assert "explanation" not in ask(explain="false").json()


def test_a_departure_that_was_cancelled_is_not_planned_any_more(ask: Ask, departure: Departure) -> None:
    change(DEPARTURE_ID, departure.starts_at.date(), status=DepartureStatus.CANCELLED)

    explanation = ask(explain="true").json()["explanation"]

    assert (explanation["standing"], explanation["team"]) == ("NOT_PLANNED", [])


def test_a_departure_without_a_team_says_what_would_be_enough(ask: Ask, departure: Departure) -> None:
    change(DEPARTURE_ID, departure.starts_at.date(), reservations={uuid4(): 40}, participants=40, capacity=40)

    explanation = ask(explain="true").json()["explanation"]

    assert explanation["standing"] == "UNSTAFFED"
    assert explanation["reason"]["message"]
    assert any("fewer" in remedy["message"] for remedy in explanation["possible_if"])


@pytest.mark.parametrize("query", [{"explain": "maybe"}, {"explained": "true"}])
def test_a_query_that_nobody_understands_is_refused(ask: Ask, query: dict[str, str]) -> None:
    response = ask(**query)

    assert (response.status_code, response.json()["details"][0]["field"]) == (400, next(iter(query)))
