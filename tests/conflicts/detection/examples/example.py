"""The form of an example."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

from conflicts.detection import Cause, Detection


class Place(StrEnum):
    """Where an example lies, seen from the line at which a rule begins to find something."""

    BEYOND = "beyond"
    JUST_BEYOND = "just beyond"
    JUST_SHORT_OF = "just short of"
    SHORT_OF = "short of"


@dataclass(frozen=True, slots=True)
class Example:
    """A scene in which the rule of `cause` finds a conflict, or is judged in full and finds none."""

    cause: Cause
    place: Place
    sentence: str
    detect: Callable[[], Detection]

    @property
    def is_found(self) -> bool:
        return self.place in {Place.BEYOND, Place.JUST_BEYOND}

    def __str__(self) -> str:
        return f"{self.cause} {self.sentence}"


def beyond(cause: Cause, sentence: str, detect: Callable[..., Detection], *about: object, **scene: object) -> Example:
    return Example(cause, Place.BEYOND, sentence, partial(detect, *about, **scene))


def just_beyond(
    cause: Cause, sentence: str, detect: Callable[..., Detection], *about: object, **scene: object
) -> Example:
    return Example(cause, Place.JUST_BEYOND, sentence, partial(detect, *about, **scene))


def just_short_of(
    cause: Cause, sentence: str, detect: Callable[..., Detection], *about: object, **scene: object
) -> Example:
    return Example(cause, Place.JUST_SHORT_OF, sentence, partial(detect, *about, **scene))


def short_of(cause: Cause, sentence: str, detect: Callable[..., Detection], *about: object, **scene: object) -> Example:
    return Example(cause, Place.SHORT_OF, sentence, partial(detect, *about, **scene))
