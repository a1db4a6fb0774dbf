"""Authentication by bearer tokens."""

import time
from dataclasses import dataclass
from functools import lru_cache
from threading import Lock
from typing import Any, ClassVar

import jwt
from django.conf import settings
from jwt.exceptions import InvalidTokenError, PyJWKClientError
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from novatrek_scheduling.api.jwks import SigningKeys
from novatrek_scheduling.api.verified_tokens import VerifiedTokens
from novatrek_scheduling.environment import TokenSettings

MAX_SUBJECT_LENGTH = 100
CLOCK_SKEW_SECONDS = 10
REQUIRED_CLAIMS = ["exp", "sub", "iss", "aud"]


@dataclass(frozen=True, slots=True)
class Principal:
    """The caller of the API. `scopes` is None where the token has no scope claim at all."""

    subject: str
    scopes: frozenset[str] | None = None

    is_authenticated: ClassVar[bool] = True
    is_anonymous: ClassVar[bool] = False
    is_active: ClassVar[bool] = True

    def __str__(self) -> str:
        return self.subject

    @property
    def pk(self) -> str:
        return self.subject

    def has_scope(self, scope: str) -> bool:
        """True where the token names `scope`; never for a token without scopes."""
        return scope in (self.scopes or ())


class BearerAuthentication(BaseAuthentication):
    """`Authorization: Bearer <JWT>`, verified with the keys and algorithms of the settings."""

    def authenticate(self, request: Request) -> tuple[Principal, None] | None:
        header = get_authorization_header(request).split()
        if not header:
            return None
        if len(header) != 2 or header[0].lower() != b"bearer":  # noqa: PLR2004 (scheme and token)
            raise AuthenticationFailed("Send the header Authorization: Bearer <token>.")
        return principal_of(header[1]), None

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="scheduling"'


def principal_of(token: bytes) -> Principal:
    """The principal of a signed token.

    Its signature is checked once: again only when the key or the settings are others, which are looked at each time.
    Raises AuthenticationFailed with the reason, and SigningKeysUnavailable where no signing key can be read.
    """
    expected: TokenSettings = settings.JWT
    try:
        key = _key(token, expected)
        principal = _verified.holder_of(token, key=key, expected=expected, now=time.time())
        if principal is not None:
            return principal
        claims = _verified_claims(token, key, expected)
    except (InvalidTokenError, PyJWKClientError, ValueError) as error:
        raise AuthenticationFailed(f"The token is not valid: {error}.") from error
    principal = _principal_in(claims)
    valid_until = int(claims["exp"]) + CLOCK_SKEW_SECONDS
    _verified.remember(token, principal, key=key, expected=expected, valid_until=valid_until)
    return principal


def _principal_in(claims: dict[str, Any]) -> Principal:
    subject = claims["sub"]
    if not subject.strip() or len(subject) > MAX_SUBJECT_LENGTH or "\x00" in subject:
        raise AuthenticationFailed(f"The token's subject must have 1 to {MAX_SUBJECT_LENGTH} characters.")
    return Principal(subject, _scopes(claims))


def _verified_claims(token: bytes, key: Any, expected: TokenSettings) -> dict[str, Any]:
    # The algorithms come from the settings: a token must not choose how it is verified.
    claims: dict[str, Any] = jwt.decode(
        token,
        key,
        algorithms=list(expected.algorithms),
        audience=expected.audience,
        issuer=expected.issuer,
        leeway=CLOCK_SKEW_SECONDS,
        options={"require": REQUIRED_CLAIMS},
    )
    return claims


def _key(token: bytes, expected: TokenSettings) -> Any:
    if expected.secret:
        return expected.secret
    key_id = jwt.get_unverified_header(token).get("kid")
    if not isinstance(key_id, str):
        raise InvalidTokenError("its header names no key (kid)")
    with _one_client_per_issuer:
        keys = _signing_keys(expected.jwks_url)
    return keys.get_signing_key(key_id)


@lru_cache(maxsize=4)
def _signing_keys(url: str) -> SigningKeys:
    return SigningKeys(url)


_one_client_per_issuer = Lock()
_verified: VerifiedTokens[Principal] = VerifiedTokens()


def _scopes(claims: dict[str, Any]) -> frozenset[str] | None:
    if "scope" not in claims:
        return None
    claim = claims["scope"]
    if isinstance(claim, str):
        return frozenset(claim.split())
    if isinstance(claim, list) and all(isinstance(scope, str) for scope in claim):
        return frozenset(claim)
    raise AuthenticationFailed("The token's scope must be one string, its scopes separated by spaces.")
