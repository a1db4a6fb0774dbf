"""Pseudo-random choices that are reproducible: each is a function of the names given."""

import itertools
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import UTC, date, datetime, time
from hashlib import blake2b
from typing import Any, TypeAlias, TypeVar
from uuid import NAMESPACE_URL, UUID, uuid5

Entity: TypeAlias = dict[str, Any]
T = TypeVar("T")

_NOVATREK = uuid5(NAMESPACE_URL, "https://novatrek.example.com/seeded-world")


def identity(*names: object) -> str:
    """Return the UUIDv5 of the entity with these names."""
    return str(_identity(*names))


def fraction(*names: object) -> float:
    """Return a number in [0, 1) for these names."""
    return int.from_bytes(_digest(*names)) / 2**64


def whole(least: int, most: int, *names: object) -> int:
    """Return a whole number from `least` to `most`, both included, for these names."""
    return least + _number(*names) % (most - least + 1)


def choice(options: Sequence[T], *names: object) -> T:
    """Return one of `options` for these names."""
    return options[_number(*names) % len(options)]


def distinct(draw: Callable[..., T], seeds: Iterable[tuple[object, ...]], taken: Collection[T] = ()) -> list[T]:
    """Return what `draw` makes of each seed, all different and none of `taken`: whose is taken draws again."""
    drawn: dict[T, None] = {}
    for seed in seeds:
        draws = (draw(*seed) if attempt == 0 else draw(*seed, attempt) for attempt in itertools.count())
        drawn[next(name for name in draws if name not in drawn and name not in taken)] = None
    return list(drawn)


def stamp(day: date, hour: int = 6, minute: int = 0) -> str:
    """Return a moment of `day` in UTC, in the siblings' format."""
    moment = datetime.combine(day, time(hour, minute), UTC)
    return moment.isoformat().replace("+00:00", "Z")


def _identity(*names: object) -> UUID:
    return uuid5(_NOVATREK, "/".join(map(str, names)))


def _digest(*names: object) -> bytes:
    return blake2b("/".join(map(str, names)).encode(), digest_size=8).digest()


def _number(*names: object) -> int:
    return int.from_bytes(_digest(*names))
