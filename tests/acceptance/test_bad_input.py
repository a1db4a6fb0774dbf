"""Bad input over HTTP: what is wrong comes back with the status, the code and the field that it is about."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from uuid import uuid4

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from novatrek_scheduling.sandbox import programs
from novatrek_scheduling.sandbox.embedded import free_port
from tests.acceptance.service import Service, running_program
from tests.tokens import bearer, claims_of

NOBODY = "00000000-0000-4000-8000-000000000000"
KEY = rsa.generate_private_key(65537, 2048)
PUBLIC_PEM = KEY.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
UNSOUND: dict[str, Any] = {
    "an unknown trip": (422, "UNKNOWN_TRIP", "trip_id", {"trip_id": NOBODY}),
    "an unknown required guide": (
        422,
        "UNKNOWN_GUIDE",
        "constraints.required_guide_ids",
        {"constraints": {"required_guide_ids": [NOBODY]}},
    ),
    "an unknown excluded guide": (
        422,
        "UNKNOWN_GUIDE",
        "constraints.excluded_guide_ids",
        {"constraints": {"excluded_guide_ids": [NOBODY]}},
    ),
    "a guide required and excluded": (
        422,
        "CONTRADICTORY_CONSTRAINTS",
        "constraints.required_guide_ids",
        {"constraints": {"required_guide_ids": [NOBODY], "excluded_guide_ids": [NOBODY]}},
    ),
    "a minimum above the maximum": (
        422,
        "CONTRADICTORY_CONSTRAINTS",
        "constraints.min_group_size",
        {"constraints": {"min_group_size": 9, "max_group_size": 4}},
    ),
    "31 dates": (
        400,
        "INVALID_INPUT",
        "preferred_dates",
        {"preferred_dates": [f"2199-01-{d:02}" for d in range(1, 32)]},
    ),
    "no dates": (400, "INVALID_INPUT", "preferred_dates", {"preferred_dates": []}),
    "dates left out": (400, "INVALID_INPUT", "preferred_dates", {"preferred_dates": None}),
    "a date in the past": (422, "DATE_IN_THE_PAST", "preferred_dates[0]", {"preferred_dates": ["2020-02-29"]}),
    "the same date twice": (400, "INVALID_INPUT", "preferred_dates", {"preferred_dates": ["2199-01-01"] * 2}),
    "a date that is none": (400, "INVALID_INPUT", "preferred_dates[0]", {"preferred_dates": ["2199-02-30"]}),
    "a malformed UUID": (400, "INVALID_INPUT", "trip_id", {"trip_id": "not-a-uuid"}),
    "a number for a trip": (400, "INVALID_INPUT", "trip_id", {"trip_id": 7}),
    "a word for a list": (400, "INVALID_INPUT", "preferred_dates", {"preferred_dates": "tomorrow"}),
    "a word for a number": (
        400,
        "INVALID_INPUT",
        "constraints.min_group_size",
        {"constraints": {"min_group_size": "four"}},
    ),
    "a list for an object": (400, "INVALID_INPUT", "constraints", {"constraints": []}),
    "an unknown priority": (400, "INVALID_INPUT", "priority", {"priority": "SOON"}),
    "a callback to ourselves": (
        422,
        "CALLBACK_URL_FORBIDDEN",
        "callback_url",
        {"callback_url": "http://127.0.0.1:8000/called"},
    ),
    "a callback to the cloud's metadata": (
        422,
        "CALLBACK_URL_FORBIDDEN",
        "callback_url",
        {"callback_url": "http://169.254.169.254/latest/meta-data/"},
    ),
}


@pytest.mark.parametrize(("status", "code", "field", "changes"), UNSOUND.values(), ids=UNSOUND)
def test_an_unsound_request_is_refused_by_the_field(
    running: Service, status: int, code: str, field: str, changes: dict[str, Any]
) -> None:
    body = {name: value for name, value in (a_sound_body(running) | changes).items() if value is not None}

    with running.client() as client:
        response = client.post("/schedule-requests", json=body)

    body = response.json()
    assert (response.status_code, body["code"]) == (status, code), body
    assert field in [problem["field"] for problem in body["details"]]
    assert body["message"]
    assert response.headers["X-Request-ID"]


def test_a_body_of_2_mb_is_refused(running: Service) -> None:
    with running.client() as client:
        response = client.post("/schedule-requests", json=a_sound_body(running) | {"note": "x" * 2_000_000})

    assert (response.status_code, response.json()["code"]) == (400, "BODY_TOO_LARGE")
    assert "1048576 bytes" in response.json()["message"]


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({}, 401, "UNAUTHENTICATED"),
        (bearer(exp=int(time.time()) - 60), 401, "INVALID_TOKEN"),
        (bearer(["scheduling:read"]), 403, "MISSING_SCOPE"),
    ],
    ids=["no token", "an expired token", "a token without the scope"],
)
def test_who_may_not_submit_is_told_why(running: Service, headers: dict[str, str], status: int, code: str) -> None:
    response = httpx.post(f"{running.url}/schedule-requests", json=a_sound_body(running), headers=headers)

    assert (response.status_code, response.json()["code"]) == (status, code), response.text
    assert response.json()["message"]


@pytest.fixture(scope="module")
def url_of_public_keys(running: Service) -> Iterator[str]:
    """The API of a web process that trusts the public keys of an issuer, as in production."""
    issuer = ThreadingHTTPServer(("127.0.0.1", 0), _Keys)
    Thread(target=issuer.serve_forever, daemon=True).start()
    port, jwks_url = free_port(), f"http://127.0.0.1:{issuer.server_port}/jwks.json"
    usual_web = next(program for program in programs.service(port) if program.name == "web")
    web = replace(usual_web, name="web of public keys")
    env = running.env | {"PORT": str(port), "JWT_ALGORITHMS": "RS256", "JWT_JWKS_URL": jwks_url}
    with running_program(web, env, running.home):
        yield f"http://127.0.0.1:{port}/scheduling/v1/schedule-requests"
    issuer.shutdown()
    issuer.server_close()


def test_a_token_of_the_issuer_is_accepted(running: Service, url_of_public_keys: str) -> None:
    token = jwt.encode(claims_of(), KEY, algorithm="RS256", headers={"kid": "ours"})

    assert _post(url_of_public_keys, token, a_sound_body(running)).status_code == 202


@pytest.mark.parametrize(
    "token",
    [
        pytest.param(lambda: _forged("none", b""), id="alg none"),
        pytest.param(lambda: _forged("HS256", PUBLIC_PEM), id="the public key as a shared secret"),
        pytest.param(lambda: jwt.encode(claims_of(), rsa.generate_private_key(65537, 2048), "RS256"), id="another key"),
    ],
)
def test_a_forged_token_is_refused(running: Service, url_of_public_keys: str, token: Any) -> None:
    response = _post(url_of_public_keys, token(), a_sound_body(running))

    assert (response.status_code, response.json()["code"]) == (401, "INVALID_TOKEN")


def a_sound_body(service: Service) -> dict[str, Any]:
    days = [str(service.siblings.today + timedelta(days=offset)) for offset in (3, 4)]
    return {"trip_id": service.siblings.summary()["trip_ids"][0], "preferred_dates": days}


def _post(url: str, token: str, body: dict[str, Any]) -> httpx.Response:
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": uuid4().hex}
    return httpx.post(url, json=body, headers=headers, timeout=10)


def _forged(algorithm: str, key: bytes) -> str:
    """A token as no careful library would make it: signed with an HMAC of `key`, or not at all."""
    parts = [json.dumps(part).encode() for part in ({"alg": algorithm, "kid": "ours", "typ": "JWT"}, claims_of())]
    message = b".".join(map(_encoded, parts))
    signature = hmac.new(key, message, hashlib.sha256).digest() if key else b""
    return (message + b"." + _encoded(signature)).decode()


def _encoded(part: bytes) -> bytes:
    return base64.urlsafe_b64encode(part).rstrip(b"=")


class _Keys(BaseHTTPRequestHandler):
    """The issuer's public keys."""

    def do_GET(self) -> None:
        key = RSAAlgorithm.to_jwk(KEY.public_key(), as_dict=True) | {"kid": "ours", "use": "sig"}
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps({"keys": [key]}).encode())

    def log_message(self, *_: Any) -> None: ...
