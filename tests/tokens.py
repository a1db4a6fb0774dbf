"""Bearer tokens that the settings of the tests accept."""

import os
import time
from collections.abc import Iterable
from typing import Any

import jwt

ALL_SCOPES = (
    "scheduling:read",
    "scheduling:write",
    "scheduling:resolve",
    "scheduling:override",
    "scheduling:publish",
    "guide-adjustments:write",
)


def bearer(scopes: Iterable[str] | None = ALL_SCOPES, *, subject: str = "ana", **claims: Any) -> dict[str, str]:
    """Return the headers of a request by `subject`; `scopes=None` omits the claim."""
    return {"Authorization": f"Bearer {token(scopes, subject=subject, **claims)}"}


def token(scopes: Iterable[str] | None = ALL_SCOPES, *, subject: str = "ana", **claims: Any) -> str:
    """Return a signed token; claims that are None are omitted."""
    payload = claims_of(scopes, subject=subject, **claims)
    return jwt.encode(payload, os.environ["JWT_SECRET"], algorithm="HS256")


def claims_of(scopes: Iterable[str] | None = ALL_SCOPES, *, subject: str = "ana", **claims: Any) -> dict[str, Any]:
    """Return the claims of a token valid for ten minutes, updated by `claims`."""
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
