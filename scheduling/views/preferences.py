"""The preference of a client that writes: the daily schedule as it is then, or only that it was written (RFC 7240)."""

from rest_framework.request import Request

APPLIED = {"Preference-Applied": "return=minimal"}


def prefers_minimal(request: Request) -> bool:
    """Return whether the client needs no representation of what it wrote."""
    preferences = request.headers.get("Prefer", "").lower().split(",")
    return "return=minimal" in (name.partition(";")[0].replace('"', "").replace(" ", "") for name in preferences)
