"""The parts of a score, in words and as bars."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from optimization.candidates.scoring import ScoreParts

WORDS: dict[str, str | Promise] = {
    "certifications": _("certificates"),
    "proximity": _("home region"),
    "familiarity": _("knows it"),
    "language": _("language"),
    "experience": _("experience"),
    "preference": _("preference"),
}
BAR = 20


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a score as a bar: its word, its value in (0, 1], and where its bar begins and how high it is."""

    word: str | Promise
    value: float
    left: int
    top: int
    height: int


def parts_of(parts: ScoreParts) -> tuple[Part, ...]:
    """Return the parts of a score in their order, as bars beside each other."""
    heights = {name: max(1, round(value * BAR)) for name, value in parts.by_name.items()}
    return tuple(
        Part(WORDS[name], value, left=number * 8, top=BAR - heights[name], height=heights[name])
        for number, (name, value) in enumerate(parts.by_name.items())
    )
