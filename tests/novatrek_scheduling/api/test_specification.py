from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client, override_settings

from tests.contracts import parsed

SPECIFICATION = "/scheduling/v1/openapi.yaml"


@pytest.fixture(scope="module")
def specification() -> dict[str, Any]:
    """The specification of the real addresses and of those in `urls_for_tests`, made once."""
    with override_settings(ROOT_URLCONF="tests.novatrek_scheduling.api.urls_for_tests"):
        return parsed(Client().get(SPECIFICATION).content)


def test_the_specification_is_valid_and_complete(tmp_path: Path) -> None:
    call_command("spectacular", "--validate", "--fail-on-warn", "--file", tmp_path / "openapi.yaml")


def test_every_operation_documents_what_can_always_happen(specification: dict[str, Any]) -> None:
    operations = [op for path in specification["paths"].values() for op in path.values()]

    assert operations
    for operation in operations:
        assert {"401", "403", "429", "500", "503"} <= operation["responses"].keys(), operation["operationId"]
        # A calendar program knows no bearer tokens: its address carries a token of its own.
        has_own_token = operation["operationId"] == "getGuideCalendar"
        assert operation["security"] == ([] if has_own_token else [{"bearerAuth": []}])


def test_paths_are_below_the_server_as_in_the_contract(specification: dict[str, Any]) -> None:
    assert specification["servers"][0]["url"] == "/scheduling/v1"
    assert "/schedule-requests" in specification["paths"]


def test_a_list_in_a_query_is_one_comma_separated_parameter(specification: dict[str, Any]) -> None:
    parameters = {p["name"]: p for p in specification["paths"]["/echo"]["get"]["parameters"] if "name" in p}
    page_size = specification["components"]["parameters"]["PageSize"]

    assert (parameters["guide_ids"]["style"], parameters["guide_ids"]["explode"]) == ("form", False)
    assert page_size["schema"] == {"type": "integer", "minimum": 1, "maximum": 100, "default": 25}


def test_an_operation_names_the_scope_it_needs(specification: dict[str, Any]) -> None:
    assert "`scheduling:write`" in specification["paths"]["/echo"]["post"]["description"]


def test_an_optional_field_of_an_answer_is_absent_and_not_null(specification: dict[str, Any]) -> None:
    answer = specification["components"]["schemas"]["EchoAnswer"]

    assert answer["required"] == ["name"]
    assert {name for name, field in answer["properties"].items() if field.get("nullable")} == {"closed_at"}


def test_a_calendar_is_said_to_be_one(specification: dict[str, Any]) -> None:
    operation = specification["paths"]["/guides/{guide_id}/calendar.ics"]["get"]

    assert operation["responses"]["200"]["content"].keys() == {"text/calendar"}
    assert "content" not in operation["responses"]["304"]
    assert {p["name"]: p.get("required") for p in operation["parameters"]} == {
        "guide_id": True,
        "token": True,
        "If-None-Match": None,
    }


def test_a_body_that_knows_no_other_fields_says_so(specification: dict[str, Any]) -> None:
    schemas = specification["components"]["schemas"]

    assert schemas["EchoBody"]["additionalProperties"] is False
    assert schemas["Size"]["additionalProperties"] is False
    assert "additionalProperties" not in schemas["EchoAnswer"]


def test_an_error_is_the_contracts(specification: dict[str, Any]) -> None:
    error = specification["components"]["schemas"]["Error"]

    assert error["required"] == ["code", "message"]
    assert specification["components"]["securitySchemes"] == {
        "bearerAuth": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
    }


@pytest.mark.parametrize("page", ["docs", "redoc", "openapi.yaml", "asyncapi.yaml"])
def test_a_document_is_read_and_nothing_else(client: Client, page: str) -> None:
    response = client.options(f"/scheduling/v1/{page}")

    assert (response.status_code, response["Allow"]) == (405, "GET, HEAD")
    assert client.head(f"/scheduling/v1/{page}").status_code == 200


@pytest.mark.parametrize("page", ["docs", "redoc"])
def test_documentation_pages_load_nothing_from_elsewhere(client: Client, page: str) -> None:
    html = client.get(f"/scheduling/v1/{page}").content.decode()

    assert "/static/drf_spectacular_sidecar/" in html
    assert "://" not in html
    assert "<script>" not in html
