"""A client generated from the published contract, unchanged, against this service."""

import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from importlib import import_module, invalidate_caches
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from django.test import Client

from conflicts.options import accept_risk
from optimization.requests.processing import process_request
from tests.conflicts.factories import conflict_of, overfull
from tests.factories import TOMORROW
from tests.siblings import SimulatedSiblings
from tests.tokens import bearer

pytestmark = pytest.mark.django_db

CONTRACT = Path(__file__).parents[2] / "contracts" / "published.yaml"
PACKAGE = "client_of_the_contract"
ADDRESS = "http://testserver/scheduling/v1"


class InProcess(httpx.BaseTransport):
    """Sends the requests of a client of httpx, byte by byte as it made them, through Django's test client."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        target, content_type = request.url.raw_path.decode(), request.headers.get("content-type", "")
        headers = {name: value for name, value in request.headers.items() if not name.startswith("content-")}
        answer = Client().generic(request.method, target, request.read(), content_type, headers=headers)
        return httpx.Response(answer.status_code, headers=dict(answer.headers), content=answer.content)


class GeneratedClient:
    """The generated package: its operations, each a function, and its models."""

    def __init__(self, *, token: str = "") -> None:
        options = {"httpx_args": {"transport": InProcess()}}
        self.models = import_module(f"{PACKAGE}.models")
        package = import_module(PACKAGE)
        self._client = package.AuthenticatedClient(base_url=ADDRESS, token=token or _token(), **options)

    def call(self, operation: str, *arguments: Any, **parameters: Any) -> tuple[int, Any]:
        """The status, and the response as the operation's model."""
        module = import_module(f"{PACKAGE}.api.default.{operation}")
        response = module.sync_detailed(*arguments, client=self._client, **parameters)
        return int(response.status_code), response.parsed


def _token() -> str:
    return bearer()["Authorization"].removeprefix("Bearer ")


@pytest.fixture(scope="module")
def _generated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    folder = tmp_path_factory.mktemp("generated")
    # The generator formats what it wrote; nobody reads this.
    (folder / "generator.yaml").write_text("post_hooks: []\n")
    target = ["--output-path", str(folder / PACKAGE), "--config", str(folder / "generator.yaml"), "--meta", "none"]
    command = [sys.executable, "-m", "openapi_python_client", "generate", "--path", str(CONTRACT), *target]
    generated = subprocess.run([*command, "--fail-on-warning"], capture_output=True, text=True, check=False)
    assert generated.returncode == 0, generated.stdout + generated.stderr
    sys.path.insert(0, str(folder))
    invalidate_caches()
    yield
    sys.path.remove(str(folder))


@pytest.fixture
def client(_generated: None) -> GeneratedClient:
    return GeneratedClient()


def a_hike(siblings: SimulatedSiblings) -> UUID:
    trips = siblings.call("svc-trip-catalog", "/trips", params={"activity_type": "HIKING", "status": "ACTIVE"})
    return UUID(trips.json()["data"][0]["id"])


def two_guides(siblings: SimulatedSiblings) -> list[UUID]:
    return [UUID(guide_id) for guide_id in siblings.summary()["guide_ids"][:2]]


def test_a_request_with_lists_of_two_is_accepted_processed_and_read(
    client: GeneratedClient, siblings: SimulatedSiblings
) -> None:
    models, days = client.models, [siblings.today + timedelta(days=n) for n in (3, 4)]
    needs = models.ScheduleConstraintsAccessibilityRequirementsItem
    constraints = models.ScheduleConstraints(
        excluded_guide_ids=two_guides(siblings),
        min_group_size=2,
        accessibility_requirements=[needs("LOW_ALTITUDE"), needs("FAMILY_FRIENDLY")],
    )
    body = models.CreateScheduleRequestBody(a_hike(siblings), days, constraints=constraints)

    status, accepted = client.call("create_schedule_request", body=body)
    process_request(accepted.id)
    read_status, read = client.call("get_schedule_request", accepted.id)

    assert (status, read_status) == (202, 200)
    assert accepted.constraints.excluded_guide_ids == two_guides(siblings)
    assert read.status == models.ScheduleRequestStatus.COMPLETED
    assert {entry.date for entry in read.result.recommended_dates} == set(days)
    assert not {entry.guide_id for entry in read.result.guide_assignments} & set(two_guides(siblings))


def test_the_least_that_the_contract_requires_is_enough(client: GeneratedClient) -> None:
    body = client.models.CreateScheduleRequestBody(uuid4(), [TOMORROW])

    status, accepted = client.call("create_schedule_request", body=body)

    assert (status, accepted.status) == (202, client.models.ScheduleRequestStatus.PENDING)
    assert accepted.completed_at is None


def test_a_question_prefers_two_guides(client: GeneratedClient, siblings: SimulatedSiblings) -> None:
    first, last = siblings.today + timedelta(days=1), siblings.today + timedelta(days=3)
    question = {"trip_id": a_hike(siblings), "date_range_start": first, "date_range_end": last}

    status, result = client.call("get_schedule_optimization", **question, guide_ids=two_guides(siblings), max_results=2)

    assert (status, len(result.recommended_dates)) == (200, 2)
    assert result.optimization_score == result.recommended_dates[0].score
    assert client.call("get_schedule_optimization", **question, guide_ids=[])[0] == 200


def test_conflicts_are_listed_by_every_filter_page_by_page_and_resolved(client: GeneratedClient) -> None:
    models, conflict = client.models, overfull()
    for _ in range(2):
        conflict_of(severity=conflict.severity)
    filters = {"date": TOMORROW, "severity": models.ConflictSeverity(conflict.severity), "resolved": False}

    status, page = client.call("list_schedule_conflicts", **filters, page_size=2)
    _, rest = client.call("list_schedule_conflicts", **filters, page_size=2, page_token=page.next_page_token)

    assert (status, len(page.conflicts), len(rest.conflicts), page.total_count) == (200, 2, 1, 3)
    option = accept_risk(conflict.pk, conflict.details)
    choice = models.ConflictResolutionRequest(conflict.pk, option.id, operator_notes="a family", override_warnings=True)
    status, resolution = client.call("resolve_schedule_conflict", body=choice)
    assert (status, resolution.resolution_status.value) == (200, "RESOLVED")
    assert client.call("resolve_schedule_conflict", body=choice)[1].code == "CONFLICT_ALREADY_RESOLVED"


def test_refusals_are_the_contracts_errors(client: GeneratedClient) -> None:
    models = client.models
    unknown = models.ConflictResolutionRequest(uuid4(), uuid4())
    no_dates = models.CreateScheduleRequestBody(uuid4(), [])

    answers = [
        client.call("create_schedule_request", body=no_dates),
        client.call("get_schedule_request", uuid4()),
        client.call("resolve_schedule_conflict", body=unknown),
        GeneratedClient(token="none").call("get_schedule_request", uuid4()),
    ]

    assert [(status, error.code) for status, error in answers] == [
        (400, "INVALID_INPUT"),
        (404, "UNKNOWN_SCHEDULE_REQUEST"),
        (404, "UNKNOWN_CONFLICT"),
        (401, "INVALID_TOKEN"),
    ]
    assert answers[0][1].details[0].field == "preferred_dates"
