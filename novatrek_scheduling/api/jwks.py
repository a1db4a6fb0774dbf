"""The public keys of the token issuer, usable while the issuer is unavailable."""

import time
from typing import Any

from jwt import PyJWKClient, PyJWKSet
from jwt.exceptions import PyJWKClientConnectionError, PyJWKClientError, PyJWKSetError

from novatrek_scheduling.errors import Unavailable

KEYS_LIVE_SECONDS = 600
KEYS_USABLE_SECONDS = 86_400
FETCH_TIMEOUT_SECONDS = 2
UNKNOWN_KEY_PAUSE_SECONDS = 30
FAILURE_PAUSE_SECONDS = 5


class SigningKeysUnavailable(Unavailable):
    """The issuer does not answer, and its keys were never read or have expired."""

    code = "SIGNING_KEYS_UNAVAILABLE"


class SigningKeys(PyJWKClient):
    """A client of a JWKS endpoint that uses the last good keys for a day when the endpoint is unavailable.

    The parent class holds a lock while it fetches. A failure is therefore remembered for some seconds, so that
    requests that waited behind a fetch that timed out do not each wait for another.
    """

    def __init__(self, url: str) -> None:
        super().__init__(
            url,
            lifespan=KEYS_LIVE_SECONDS,
            timeout=FETCH_TIMEOUT_SECONDS,
            cooldown_duration=UNKNOWN_KEY_PAUSE_SECONDS,
        )
        self._last_good: PyJWKSet | None = None
        self._last_good_at = 0.0
        self._failed_at = float("-inf")

    def get_jwk_set(self, refresh: bool = False) -> PyJWKSet:
        try:
            keys = super().get_jwk_set(refresh)
        except PyJWKClientConnectionError as error:
            return self._stale_keys(error)
        if keys is not self._last_good:
            self._last_good, self._last_good_at = keys, time.monotonic()
        return keys

    def fetch_data(self) -> Any:
        if time.monotonic() - self._failed_at < FAILURE_PAUSE_SECONDS:
            raise PyJWKClientConnectionError("the issuer of tokens did not answer a moment ago")
        try:
            return super().fetch_data()
        except (PyJWKClientError, PyJWKSetError, ValueError, OSError) as error:
            # A response that is not a key set is a failure of the endpoint, not of the token.
            self._failed_at = time.monotonic()
            raise PyJWKClientConnectionError(str(error)) from error

    def _stale_keys(self, error: Exception) -> PyJWKSet:
        if self._last_good is None or time.monotonic() - self._last_good_at > KEYS_USABLE_SECONDS:
            raise SigningKeysUnavailable("The issuer of tokens does not answer.") from error
        self._last_successful_fetch = time.monotonic()
        if self.jwk_set_cache is not None:
            self.jwk_set_cache.put(self._last_good)
        return self._last_good
