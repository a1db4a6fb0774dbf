"""Calls of the PATCH, as its two kinds of caller make them."""

from datetime import date
from typing import Any

from django.http import HttpResponse
from django.test import Client

from tests.factories import TOMORROW
from tests.tokens import bearer

DISPATCHER_SCOPES = ("scheduling:read", "scheduling:write")
GUIDE_MANAGEMENT_SCOPES = ("guide-adjustments:write",)
MERGE_PATCH = "application/merge-patch+json"


def address(day: object = TOMORROW) -> str:
    return f"/scheduling/v1/daily-schedules/{day}"


def patch(
    client: Client,
    body: Any,
    *,
    at: object = TOMORROW,
    scopes: tuple[str, ...] = DISPATCHER_SCOPES,
    subject: str = "ana",
    **headers: str,
) -> HttpResponse:
    all_headers = bearer(scopes, subject=subject) | {name.replace("_", "-"): value for name, value in headers.items()}
    return client.patch(address(at), body, content_type=MERGE_PATCH, headers=all_headers)


def change(client: Client, departure_id: object, fields: Any, *, rev: int | None = None, **call: Any) -> HttpResponse:
    """As a dispatcher: some fields of one departure."""
    body: dict[str, Any] = {"assignments": {"departures": {str(departure_id): fields}}}
    return patch(client, body | ({} if rev is None else {"_rev": rev}), **call)


def enter(client: Client, guide_id: object, entry: Any, *, day: date = TOMORROW, **call: Any) -> HttpResponse:
    """As svc-guide-management: what one guide entered."""
    body = {"assignments": {"guide_adjustments": {str(guide_id): entry}}}
    return patch(client, body, at=day, scopes=GUIDE_MANAGEMENT_SCOPES, subject="svc-guide-management", **call)


def named(response: HttpResponse) -> list[str]:
    """The fields that an error names."""
    return [detail.get("field", "") for detail in response.json().get("details", [])]
