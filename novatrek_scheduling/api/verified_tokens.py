"""Tokens that were verified a moment ago, so that a signature is checked once and not with every request."""

import hashlib
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from threading import Lock
from typing import Generic, TypeVar

MAX_TOKENS = 4096

Holder = TypeVar("Holder")


@dataclass(frozen=True, slots=True)
class _Verification(Generic[Holder]):
    key: object
    expected: Hashable
    holder: Holder
    valid_until: int


class VerifiedTokens(Generic[Holder]):
    """Who holds each token, for as long as the key that signed it, what is expected of it and its expiry allow.

    A token is found by its hash: the process keeps no tokens. Only what was verified is stored, so that forged tokens
    displace nothing; of more than `size` tokens those that were not used for longest are forgotten.
    """

    def __init__(self, size: int = MAX_TOKENS) -> None:
        self._size = size
        self._verifications: OrderedDict[bytes, _Verification[Holder]] = OrderedDict()
        self._lock = Lock()

    def holder_of(self, token: bytes, *, key: object, expected: Hashable, now: float) -> Holder | None:
        """The holder of a token that was verified with this very `key`, or None: then it has to be verified."""
        digest = _digest(token)
        with self._lock:
            verification = self._verifications.get(digest)
            if verification is None:
                return None
            is_of_this_key = verification.key is key and verification.expected == expected
            if not is_of_this_key or now >= verification.valid_until:
                del self._verifications[digest]
                return None
            self._verifications.move_to_end(digest)
            return verification.holder

    def remember(self, token: bytes, holder: Holder, *, key: object, expected: Hashable, valid_until: int) -> None:
        """Store that `token` was verified with `key`; it is for `holder` until `valid_until`, in seconds since 1970."""
        with self._lock:
            self._verifications[_digest(token)] = _Verification(key, expected, holder, valid_until)
            while len(self._verifications) > self._size:
                self._verifications.popitem(last=False)

    def __len__(self) -> int:
        return len(self._verifications)


def _digest(token: bytes) -> bytes:
    return hashlib.sha256(token).digest()
