"""Every operation of the simulated siblings, held against the contracts that they simulate."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from novatrek_scheduling.sandbox.siblings.app import SERVICES
from novatrek_scheduling.sandbox.siblings.notifications import TEMPLATES
from tests.contracts import operations, problems_of
from tests.siblings import SimulatedSiblings

READS = [
    ("svc-trip-catalog", "/trips", {}),
    ("svc-trip-catalog", "/trips", {"activity_type": "HIKING", "sort": "price_desc", "page_size": 3, "page": 2}),
    ("svc-trip-catalog", "/trips/{trip_id}", {}),
    ("svc-trip-catalog", "/trips/{trip_id}/schedule", {"available_only": "true"}),
    ("svc-trip-catalog", "/trips/{trip_id}/requirements", {}),
    ("svc-trip-catalog", "/regions", {"country": "US", "has_active_trips": "true"}),
    ("svc-guide-management", "/guides", {"certification": "rope rescue", "limit": 100}),
    ("svc-guide-management", "/guides/{guide_id}", {}),
    ("svc-guide-management", "/guides/{guide_id}/availability", {}),
    ("svc-guide-management", "/guides/{guide_id}/schedule", {}),
    ("svc-guide-management", "/guides/{guide_id}/certifications", {}),
    ("svc-trail-management", "/trails", {"difficulty": "EASY", "sort_by": "distance_km", "limit": 100}),
    ("svc-trail-management", "/trails/{trail_id}", {}),
    ("svc-trail-management", "/trails/{trail_id}/closures", {"include_past": "true"}),
    ("svc-trail-management", "/trails/{trail_id}/conditions", {}),
    ("svc-weather", "/weather/forecast", {"station_id": "WX-PNW-01", "days": 10}),
    ("svc-weather", "/weather/alerts", {"region_id": "{region_id}"}),
    ("svc-weather", "/trail-conditions", {"trail_id": "{trail_id}"}),
    ("svc-location-services", "/locations", {"page_size": 100}),
    ("svc-location-services", "/locations/{location_id}", {}),
    ("svc-location-services", "/locations/{location_id}/capacity", {"date": "2026-12-24"}),
]
WRONG = [
    ("svc-trip-catalog", "/trips", {"page": 0}, 400),
    ("svc-trip-catalog", "/trips", {"sort": "by_colour"}, 400),
    ("svc-trip-catalog", "/trips", {"region": "not-a-uuid"}, 400),
    ("svc-guide-management", "/guides", {"limit": 101}, 400),
    ("svc-guide-management", "/guides", {"availability_date": "tomorrow"}, 400),
    ("svc-guide-management", "/guides/available", {"date": "2026-12-24"}, 400),
    ("svc-weather", "/weather/forecast", {}, 400),
    ("svc-weather", "/weather/forecast", {"station_id": "WX-PNW-01", "days": 11}, 400),
    ("svc-weather", "/weather/forecast", {"station_id": "WX-NONE"}, 404),
    ("svc-weather", "/trail-conditions", {"trail_id": "{unknown}"}, 404),
    ("svc-trip-catalog", "/trips/{unknown}", {}, 404),
    ("svc-guide-management", "/guides/{unknown}/certifications", {}, 404),
    ("svc-trail-management", "/trails/{unknown}/closures", {}, 404),
    ("svc-location-services", "/locations/{unknown}", {}, 404),
]
EVERYTHING = [(name, *operation) for name in SERVICES for operation in operations(name)]
LISTS = [
    ("svc-trip-catalog", "/trips", "data"),
    ("svc-guide-management", "/guides", "data"),
    ("svc-trail-management", "/trails", "trails"),
    ("svc-location-services", "/locations", "locations"),
]


@pytest.fixture
def ids(siblings: SimulatedSiblings) -> dict[str, str]:
    summary = siblings.summary()
    kinds = ("trip", "guide", "trail", "region", "location")
    return {f"{kind}_id": summary[f"{kind}_ids"][0] for kind in kinds} | {"unknown": str(uuid4())}


def test_every_operation_of_the_contracts_is_simulated() -> None:
    for name, service in SERVICES.items():
        assert {(operation.method, operation.path) for operation in service.operations} == set(operations(name))


@pytest.mark.parametrize(("service", "path", "query"), READS)
def test_what_is_read_meets_the_contract(
    siblings: SimulatedSiblings, ids: dict[str, str], service: str, path: str, query: dict[str, Any]
) -> None:
    response = siblings.call(service, path.format(**ids), params=_filled(query, ids))

    assert response.status_code == 200
    assert problems_of(service, "GET", path, 200, response.json()) == []


@pytest.mark.parametrize(("service", "path", "query", "status"), WRONG)
def test_what_cannot_be_read_is_refused_in_the_words_of_the_service(
    siblings: SimulatedSiblings, ids: dict[str, str], service: str, path: str, query: dict[str, Any], status: int
) -> None:
    response = siblings.call(service, path.format(**ids), params=_filled(query, ids))

    assert response.status_code == status
    template = next(template for _, template in operations(service) if _matches(template, path))
    assert problems_of(service, "GET", template, status, response.json()) == []


@pytest.mark.parametrize(
    ("service", "method", "path"), [(name, *operation) for name in SERVICES for operation in operations(name)]
)
def test_a_caller_without_the_token_is_refused(
    siblings: SimulatedSiblings, ids: dict[str, str], service: str, method: str, path: str
) -> None:
    response = siblings.call(service, path.format(**ids), method, headers={"Authorization": "Bearer another"})

    assert response.status_code == 401
    assert problems_of(service, method, path, 401, response.json()) == []


@pytest.mark.parametrize(("service", "path", "key"), LISTS)
def test_pages_together_hold_everything_once(siblings: SimulatedSiblings, service: str, path: str, key: str) -> None:
    size = {"page_size": 7} if service in {"svc-trip-catalog", "svc-location-services"} else {"limit": 7}
    seen: list[str] = []
    following: dict[str, Any] | None = {}
    while following is not None:
        page = siblings.call(service, path, params=size | following).json()
        seen += [entity["id"] for entity in page[key]]
        following = _next(page, len(seen))

    counts = siblings.summary()["counts"]
    assert len(seen) == len(set(seen)) == counts[path[1:]]


def test_a_departure_that_is_added_is_sold_from_then_on(siblings: SimulatedSiblings, ids: dict[str, str]) -> None:
    path, day = f"/trips/{ids['trip_id']}/schedule", (siblings.today + timedelta(days=9)).isoformat()
    body = {"departure_date": day, "departure_time": "03:15", "meeting_point": "The old bridge"}

    created = siblings.call("svc-trip-catalog", path, "POST", json=body)
    again = siblings.call("svc-trip-catalog", path, "POST", json=body)

    assert (created.status_code, again.status_code) == (201, 409)
    template = "/trips/{trip_id}/schedule"
    assert problems_of("svc-trip-catalog", "POST", template, 201, created.json()) == []
    assert problems_of("svc-trip-catalog", "POST", template, 409, again.json()) == []
    sold = siblings.call("svc-trip-catalog", path, params={"date_from": day, "date_to": day}).json()["data"]
    assert created.json() in sold


def test_a_closure_that_is_recorded_closes_the_trail(siblings: SimulatedSiblings, ids: dict[str, str]) -> None:
    path, template = f"/trails/{ids['trail_id']}/closures", "/trails/{trail_id}/closures"
    body = {"reason": "Bears", "start_date": siblings.today.isoformat(), "severity": "CRITICAL"}

    created = siblings.call("svc-trail-management", path, "POST", json=body)

    assert created.status_code == 201
    assert problems_of("svc-trail-management", "POST", template, 201, created.json()) == []
    report = siblings.call("svc-trail-management", f"/trails/{ids['trail_id']}/conditions").json()
    assert created.json() in report["active_closures"]


def test_a_guide_can_be_changed_and_keeps_the_rest(siblings: SimulatedSiblings, ids: dict[str, str]) -> None:
    path = f"/guides/{ids['guide_id']}"
    before = siblings.call("svc-guide-management", path).json()

    changed = siblings.call("svc-guide-management", path, "PATCH", json={"status": "ON_LEAVE"})

    assert problems_of("svc-guide-management", "PATCH", "/guides/{guide_id}", 200, changed.json()) == []
    assert changed.json() == before | {"status": "ON_LEAVE", "updated_at": changed.json()["updated_at"]}


def test_what_is_told_to_people_and_to_analytics_can_be_read_back(siblings: SimulatedSiblings) -> None:
    message = {"recipient_id": str(uuid4()), "channel": "PUSH", "template_id": str(TEMPLATES["guide_assigned"])}
    event = {"event_type": "schedule.optimized", "occurred_at": "2026-12-01T02:00:00Z", "score_after": 91.5}
    event |= {"source": "svc-scheduling-orchestrator", "unassigned_count": 2, "duration_ms": 310}

    sent = siblings.call("svc-notifications", "/notifications", "POST", json=message)
    taken = siblings.call("svc-analytics", "/events", "POST", json=event)

    assert (sent.status_code, taken.status_code) == (202, 202)
    assert problems_of("svc-notifications", "POST", "/notifications", 202, sent.json()) == []
    (received,) = siblings.received("svc-notifications")
    assert message.items() <= received["body"].items()
    assert [call["body"] for call in siblings.received("svc-analytics")] == [event]


def test_a_template_that_the_service_does_not_have_is_refused(siblings: SimulatedSiblings) -> None:
    message = {"recipient_id": str(uuid4()), "channel": "PUSH", "template_id": str(uuid4())}

    refused = siblings.call("svc-notifications", "/notifications", "POST", json=message)

    assert refused.status_code == 422
    assert problems_of("svc-notifications", "POST", "/notifications", 422, refused.json()) == []


@pytest.mark.parametrize(
    ("service", "path", "body"),
    [
        ("svc-notifications", "/notifications", {"channel": "PIGEON"}),
        ("svc-analytics", "/events", {"event_type": "lunch"}),
        ("svc-trip-catalog", "/trips/{trip_id}/schedule", {"departure_date": "2026-12-24", "departure_time": "8 am"}),
        ("svc-trail-management", "/trails/{trail_id}/closures", {"reason": "No severity", "start_date": "2026-12-24"}),
    ],
)
def test_a_body_off_the_contract_is_refused(
    siblings: SimulatedSiblings, ids: dict[str, str], service: str, path: str, body: dict[str, Any]
) -> None:
    response = siblings.call(service, path.format(**ids), "POST", json=body)

    assert response.status_code == 400
    assert problems_of(service, "POST", path, 400, response.json()) == []
    assert siblings.received(service) == []


def test_guides_who_are_away_are_not_listed_for_the_day(siblings: SimulatedSiblings, ids: dict[str, str]) -> None:
    day = siblings.today + timedelta(days=3)
    siblings.send_guide_away(ids["guide_id"], day, day)

    query = {"availability_date": day.isoformat(), "limit": 100}
    pages = [siblings.call("svc-guide-management", "/guides", params=query | {"offset": at}) for at in (0, 100)]

    assert ids["guide_id"] not in {guide["id"] for page in pages for guide in page.json()["data"]}


def test_a_region_is_searched_by_id_and_by_slug(siblings: SimulatedSiblings) -> None:
    region = siblings.call("svc-trip-catalog", "/regions").json()["data"][0]

    totals = {
        siblings.call("svc-guide-management", "/guides", params={"region": spelling}).json()["pagination"]["total"]
        for spelling in (region["id"], region["name"].lower().replace(" ", "_"))
    }

    assert len(totals) == 1
    assert totals.pop() >= 20


def _filled(query: dict[str, Any], ids: dict[str, str]) -> dict[str, Any]:
    return {name: str(value).format(**ids) for name, value in query.items()}


def _matches(template: str, path: str) -> bool:
    pairs = zip(template.split("/"), path.split("/"), strict=False)
    is_equal = all(part == other or ("{" in part and "{" in other) for part, other in pairs)
    return is_equal and template.count("/") == path.count("/")


def _next(page: dict[str, Any], seen: int) -> dict[str, Any] | None:
    match page:
        case {"pagination": {"page": number, "total_pages": last}}:
            return {"page": number + 1} if number < last else None
        case {"pagination": {"has_more": more}}:
            return {"offset": seen} if more else None
        case {"offset": _, "total_count": total}:
            return {"offset": seen} if seen < total else None
        case {"next_page_token": token}:
            return {"page_token": token}
    return None
