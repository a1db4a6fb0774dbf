"""Sets of guides as bits of an integer: bit n is the guide at place n of a list. Integers have any size."""

from collections.abc import Iterable, Sequence
from itertools import compress
from typing import TypeVar

T = TypeVar("T")

# "0" and "1" of a binary number as the bytes 0 and 1, which are false and true.
_AS_FLAGS = bytes.maketrans(b"01", b"\x00\x01")


def bits_of(flags: Iterable[object]) -> int:
    """Return the set of the places at which a flag is true."""
    digits = "".join(["1" if flag else "0" for flag in flags])
    return int(digits[::-1], 2) if digits else 0


def bits_at(places: Iterable[int]) -> int:
    """Return the set of these places."""
    bits = 0
    for place in places:
        bits |= 1 << place
    return bits


def select(items: Sequence[T], bits: int) -> list[T]:
    """Return the items at the places of a set, in order."""
    return list(compress(items, f"{bits:b}"[::-1].encode().translate(_AS_FLAGS)))


def places_of(bits: int) -> list[int]:
    """Return the places of a set, in order."""
    return select(range(bits.bit_length()), bits)
