"""Texts as they are compared: without case and accents, alike in Python and in PostgreSQL."""

import unicodedata
from typing import Any

from django.db.models import Expression, Func, TextField, Value
from django.db.models.functions import Lower

# Letters that Unicode does not take apart into a letter and its accent.
_WHOLE = {"ø": "o", "ł": "l", "đ": "d"}
_LATIN = [chr(point) for point in range(0x00DF, 0x0180)]
_TAKEN_APART = {letter: unicodedata.normalize("NFD", letter)[0] for letter in _LATIN if letter == letter.lower()}
PLAIN: dict[str, str] = {letter: plain for letter, plain in (_TAKEN_APART | _WHOLE).items() if letter != plain}

_TABLE = {ord(letter): plain for letter, plain in PLAIN.items()}


def folded(text: str) -> str:
    """Return the text in lower case without accents: "grainne" for "Gráinne"."""
    apart = unicodedata.normalize("NFD", text.lower().translate(_TABLE))
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def words_of(query: str) -> tuple[str, ...]:
    """Return the words of what is looked for, folded; every one of them has to be found."""
    return tuple(folded(query).split())


def has_words(text: str, words: tuple[str, ...]) -> bool:
    """Return whether all of these folded words are in the text."""
    plain = folded(text)
    return all(word in plain for word in words)


class Folded(Func):
    """A text of the database in lower case without accents, as `folded` has it."""

    function = "translate"
    output_field = TextField()

    def __init__(self, text: Expression | str, **extra: Any) -> None:
        super().__init__(Lower(text), Value("".join(PLAIN)), Value("".join(PLAIN.values())), **extra)
