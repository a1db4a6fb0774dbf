"""Bearer tokens for the tests, signed as the settings of the tests expect."""

import os
import time
from collections.abc import Iterable
from typing import Any

import jwt

ALL_SCOPES = (
    "scheduling:read",
    "scheduling:write",
    "scheduling:resolve",
    "scheduling:publish",
    "guide-adjustments:write",
)


def bearer(scopes: Iterable[str] | None = ALL_SCOPES, *, subject: str = "ana", **claims: Any) -> dict[str, str]:
    """The `headers` of a request by `subject`; `scopes=None` leaves the claim out altogether."""
    return {"Authorization": f"Bearer {token(scopes, subject=subject, **claims)}"}


def token(scopes: Iterable[str] | None = ALL_SCOPES, *, subject: str = "ana", **claims: Any) -> str:
    """A signed token; a claim given as None is left out."""
    payload = claims_of(scopes, subject=subject, **claims)
    return jwt.encode(payload, os.environ["JWT_SECRET"], algorithm="HS256")


def claims_of(scopes: Iterable[str] | None = ALL_SCOPES, *, subject: str = "ana", **claims: Any) -> dict[str, Any]:
    """The claims of a token that is good for ten minutes, changed by `claims`."""
    now = int(time.time())
    payload: dict[str, Any] = {
        "iss": os.environ["JWT_ISSUER"],
        "aud": os.environ["JWT_AUDIENCE"],
        "sub": subject,
        "iat": now,
        "exp": now + 600,
        "scope": None if scopes is None else " ".join(scopes),
    }
    return {name: value for name, value in (payload | claims).items() if value is not None}
