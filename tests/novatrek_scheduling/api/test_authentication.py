import base64
import hashlib
import hmac
import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.test import Client

from novatrek_scheduling.api import authentication
from novatrek_scheduling.api.jwks import SigningKeysUnavailable
from tests.novatrek_scheduling.api.issuers import EC_KEY, RSA_KEY, Issuer, signed
from tests.tokens import bearer, claims_of

ECHO = "/scheduling/v1/echo"
SCOPED = "/scheduling/v1/scoped"
LONG_AGO, IN_A_LIFETIME = 1_000_000_000, 4_000_000_000


def raw(header: dict[str, Any], key: bytes = b"") -> dict[str, str]:
    """A token signed with an HMAC that no careful library would make."""
    parts = [json.dumps(part).encode() for part in (header, claims_of())]
    message = b".".join(base64.urlsafe_b64encode(part).rstrip(b"=") for part in parts)
    signature = hmac.new(key, message, hashlib.sha256).digest() if key else b""
    return {"Authorization": f"Bearer {(message + b'.' + base64.urlsafe_b64encode(signature).rstrip(b'=')).decode()}"}


@pytest.mark.parametrize(("key", "algorithm", "kid"), [(RSA_KEY, "RS256", "rsa"), (EC_KEY, "ES256", "ec")])
def test_a_token_of_the_issuer_is_accepted(api: Client, issuer: Issuer, key: Any, algorithm: str, kid: str) -> None:
    response = api.get(SCOPED, headers=signed(key, algorithm, kid, subject="bo"))

    assert (response.status_code, response.json()) == (200, {"subject": "bo"})


def test_the_issuers_keys_are_fetched_once(api: Client, issuer: Issuer) -> None:
    for _ in range(5):
        assert api.get(ECHO, headers=signed()).status_code == 200

    assert issuer.fetched == 1


@pytest.mark.parametrize(
    "claims",
    [
        {"exp": LONG_AGO},
        {"exp": None},
        {"sub": None},
        {"sub": ""},
        {"sub": "x" * 101},
        {"sub": 7},
        {"sub": "a\x00b"},
        {"iss": "https://elsewhere.example.com"},
        {"aud": "another-service"},
        {"aud": None},
        {"nbf": IN_A_LIFETIME},
        {"scope": 7},
    ],
)
def test_a_token_with_a_wrong_claim_is_refused(api: Client, issuer: Issuer, claims: dict[str, Any]) -> None:
    response = api.get(ECHO, headers=signed(**claims))

    assert (response.status_code, response.json()["code"]) == (401, "INVALID_TOKEN")
    assert response["WWW-Authenticate"].startswith("Bearer")


def test_forged_tokens_are_refused(api: Client, issuer: Issuer) -> None:
    pem = RSA_KEY.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    another = rsa.generate_private_key(65537, 2048)
    forged = [
        raw({"alg": "none", "typ": "JWT", "kid": "rsa"}),
        raw({"alg": "HS256", "typ": "JWT", "kid": "rsa"}, pem),
        raw({"alg": "HS256", "typ": "JWT"}, pem),
        signed(another),
        signed(EC_KEY, "ES256", "rsa"),
        signed(kid="unknown"),
        raw({"alg": "RS256", "kid": 7}),
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer a b"},
        {"Authorization": "Bearer not.a.token"},
        {"Authorization": "Bearer \xff"},
        {"Authorization": "Basic YTpi"},
    ]

    assert [api.get(ECHO, headers=headers).status_code for headers in forged] == [401] * len(forged)


def test_a_shared_secret_is_no_key_where_public_keys_are_used(api: Client, issuer: Issuer) -> None:
    assert api.get(ECHO, headers=bearer()).status_code == 401


def test_no_token_is_a_401_with_a_challenge(api: Client) -> None:
    response = api.get(ECHO)

    assert (response.status_code, response.json()["code"]) == (401, "UNAUTHENTICATED")
    assert response["WWW-Authenticate"] == 'Bearer realm="scheduling"'


@pytest.mark.parametrize("answer", [None, b"<html>maintenance</html>", b"[]", b'{"keys": []}'])
def test_an_issuer_that_does_not_answer_is_a_503(api: Client, issuer: Issuer, answer: bytes | None) -> None:
    issuer.answer = answer

    response = api.get(ECHO, headers=signed())

    assert (response.status_code, response.json()["code"]) == (503, "SIGNING_KEYS_UNAVAILABLE")
    assert response["Retry-After"]


def test_the_last_good_keys_serve_while_the_issuer_is_away(api: Client, issuer: Issuer) -> None:
    assert api.get(ECHO, headers=signed()).status_code == 200
    issuer.answer = None
    keys = authentication._signing_keys(issuer.url)
    assert keys.jwk_set_cache is not None
    keys.jwk_set_cache.lifespan = 0

    assert api.get(ECHO, headers=signed()).status_code == 200
    assert issuer.fetched == 2


def test_requests_that_waited_for_a_silent_issuer_do_not_ask_it_again(issuer: Issuer) -> None:
    issuer.answer = None
    token = signed()["Authorization"].removeprefix("Bearer ").encode()

    def code() -> str:
        with pytest.raises(SigningKeysUnavailable):
            authentication.principal_of(token)
        return "unavailable"

    with ThreadPoolExecutor(5) as pool:
        assert [*pool.map(lambda _: code(), range(5))] == ["unavailable"] * 5
    assert issuer.fetched == 1


def test_a_missing_scope_is_a_403_that_names_it(api: Client) -> None:
    response = api.get(SCOPED, headers=bearer(["scheduling:read"]))

    assert (response.status_code, response.json()["code"]) == (403, "MISSING_SCOPE")
    assert "scheduling:resolve or scheduling:publish" in response.json()["message"]


def test_a_token_without_scopes_may_call_the_contracts_operations_only(api: Client) -> None:
    assert api.get(ECHO, headers=bearer(None)).status_code == 200
    assert api.get(SCOPED, headers=bearer(None)).status_code == 403


@pytest.mark.parametrize("scope", ["", "scheduling:writer", []])
def test_a_token_with_other_scopes_may_not(api: Client, scope: Any) -> None:
    assert api.get(ECHO, headers=bearer(scope=scope)).status_code == 403


def test_scopes_may_be_a_list(api: Client) -> None:
    assert api.get(ECHO, headers=bearer(scope=["scheduling:write"])).status_code == 200
