import json
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from django.test import Client
from jwt.algorithms import RSAAlgorithm

from novatrek_scheduling.api import authentication
from novatrek_scheduling.api.verified_tokens import VerifiedTokens
from tests.novatrek_scheduling.api.issuers import RSA_KEY, Issuer, signed
from tests.tokens import bearer, claims_of

ECHO = "/scheduling/v1/echo"
KEY, ANOTHER_KEY = object(), object()
NOW = 1_800_000_000


def remembering(*tokens: bytes, size: int = 2) -> VerifiedTokens[str]:
    verified: VerifiedTokens[str] = VerifiedTokens(size)
    for token in tokens:
        verified.remember(token, token.decode(), key=KEY, expected="us", valid_until=NOW + 60)
    return verified


def found(verified: VerifiedTokens[str], token: bytes, *, key: object = KEY, by: str = "us", now: float = NOW) -> Any:
    return verified.holder_of(token, key=key, expected=by, now=now)


@pytest.mark.parametrize(("seconds", "holder"), [(0, "ana"), (59.9, "ana"), (60, None), (61, None)])
def test_a_verified_token_is_known_until_it_expires(seconds: float, holder: str | None) -> None:
    assert found(remembering(b"ana"), b"ana", now=NOW + seconds) == holder


@pytest.mark.parametrize("changed", [{"key": ANOTHER_KEY}, {"by": "others"}])
def test_a_token_is_verified_anew_for_another_key_or_another_audience(changed: Any) -> None:
    verified = remembering(b"ana")

    assert found(verified, b"ana", **changed) is None
    assert len(verified) == 0


def test_a_token_that_differs_by_one_character_is_not_known() -> None:
    assert found(remembering(b"ana"), b"anA") is None


def test_of_too_many_tokens_the_one_unused_for_longest_is_forgotten() -> None:
    verified = remembering(b"ana", b"bo")
    found(verified, b"ana")

    verified.remember(b"cleo", "cleo", key=KEY, expected="us", valid_until=NOW + 60)

    assert [found(verified, token) for token in (b"ana", b"bo", b"cleo")] == ["ana", None, "cleo"]


def test_threads_share_the_tokens_and_the_limit() -> None:
    verified = remembering(size=10)

    def use(number: int) -> str | None:
        token = str(number % 30).encode()
        verified.remember(token, token.decode(), key=KEY, expected="us", valid_until=NOW + 60)
        holder = found(verified, token)
        assert holder in {token.decode(), None}
        return holder

    with ThreadPoolExecutor(8) as pool:
        assert any(pool.map(use, range(2000)))
    assert len(verified) == 10


def keys_of(key: rsa.RSAPrivateKey) -> bytes:
    return json.dumps({"keys": [{**RSAAlgorithm.to_jwk(key.public_key(), as_dict=True), "kid": "rsa"}]}).encode()


def forget_keys(issuer: Issuer) -> None:
    keys = authentication._signing_keys(issuer.url)
    assert keys.jwk_set_cache is not None
    keys.jwk_set_cache.put(None)


@pytest.mark.parametrize("kid", ["rsa", "newer"])
def test_a_token_that_was_accepted_is_refused_once_its_key_is_withdrawn_or_replaced(
    api: Client, issuer: Issuer, kid: str
) -> None:
    headers = signed()
    assert [api.get(ECHO, headers=headers).status_code for _ in range(2)] == [200, 200]

    another = rsa.generate_private_key(65537, 2048)
    issuer.answer = keys_of(another).replace(b'"kid": "rsa"', f'"kid": "{kid}"'.encode())
    forget_keys(issuer)

    assert api.get(ECHO, headers=headers).status_code == 401
    assert api.get(ECHO, headers=signed(another, kid=kid)).status_code == 200


def test_a_token_that_was_accepted_goes_on_being_so_after_its_key_was_read_again(api: Client, issuer: Issuer) -> None:
    headers = signed()
    assert api.get(ECHO, headers=headers).status_code == 200

    forget_keys(issuer)

    assert api.get(ECHO, headers=headers).status_code == 200
    assert issuer.fetched == 2


def test_the_signature_of_a_token_is_part_of_what_is_known(api: Client, issuer: Issuer) -> None:
    claims = claims_of()
    genuine, forged = (
        jwt.encode(claims, key, algorithm="RS256", headers={"kid": "rsa"})
        for key in (RSA_KEY, rsa.generate_private_key(65537, 2048))
    )

    answers = [
        api.get(ECHO, headers={"Authorization": f"Bearer {token}"}).status_code for token in (genuine, forged, genuine)
    ]

    assert answers == [200, 401, 200]


def test_the_same_token_is_refused_where_another_audience_is_expected(api: Client, settings: Any) -> None:
    headers = bearer()
    assert api.get(ECHO, headers=headers).status_code == 200

    settings.JWT = type(settings.JWT)(
        settings.JWT.issuer, "another-service", settings.JWT.algorithms, secret=settings.JWT.secret
    )

    assert api.get(ECHO, headers=headers).status_code == 401


def test_a_token_within_the_clock_skew_is_known_no_longer_than_that(api: Client) -> None:
    expired = bearer(exp=int(time.time()) - authentication.CLOCK_SKEW_SECONDS + 1)
    deadline = time.monotonic() + 5
    answers = []
    while time.monotonic() < deadline and 401 not in answers:
        answers.append(api.get(ECHO, headers=expired).status_code)

    assert answers[-1] == 401


@pytest.mark.parametrize("exp", [10**400, "4000000000", 4e9])
def test_an_expiry_of_any_form_that_the_verification_accepts(api: Client, exp: Any) -> None:
    headers = bearer(exp=exp)

    assert [api.get(ECHO, headers=headers).status_code for _ in range(2)] == [200, 200]
