"""The words by which texts are searched, without case and accents, alike in Python and in PostgreSQL.

A word of a query finds the words that begin with it: indexes of the tables have these (`SearchWords`), so that a search
takes no longer with many rows. Whoever changes how a text is folded makes those indexes anew.
"""

import re
import unicodedata
from string import punctuation
from typing import Any

from django.contrib.postgres.search import SearchQuery, SearchVectorField
from django.db.models import Expression, Func, TextField, Value
from django.db.models.functions import Lower

# Letters that Unicode does not take apart into a letter and its accent.
_WHOLE = {"ø": "o", "ł": "l", "đ": "d"}
_LATIN = [chr(point) for point in range(0x00DF, 0x0180)]
_TAKEN_APART = {letter: unicodedata.normalize("NFD", letter)[0] for letter in _LATIN if letter == letter.lower()}
PLAIN: dict[str, str] = {letter: plain for letter, plain in (_TAKEN_APART | _WHOLE).items() if letter != plain}
BETWEEN_WORDS = punctuation + "\u2013\u2014\u2019\u00b7"
"""What PostgreSQL would take as a part of a word, as in addresses and in words with a hyphen."""

_TABLE = {ord(letter): plain for letter, plain in PLAIN.items()}
_WORD = re.compile(r"[^\W_]+")


def folded(text: str) -> str:
    """Return the text in lower case without accents: "grainne" for "Gráinne"."""
    apart = unicodedata.normalize("NFD", text.lower().translate(_TABLE))
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def words_of(text: str) -> tuple[str, ...]:
    """Return the words of a text, folded."""
    return tuple(_WORD.findall(folded(text)))


def has_words(text: str, words: tuple[str, ...]) -> bool:
    """Return whether each of these folded words begins a word of the text."""
    found = words_of(text)
    return all(any(word.startswith(beginning) for word in found) for beginning in words)


class Folded(Func):
    """A text of the database in lower case without accents, as `folded` has it, its words with blanks between them."""

    function = "translate"
    output_field = TextField()

    def __init__(self, text: Expression | str, **extra: Any) -> None:
        letters, plain = "".join(PLAIN) + BETWEEN_WORDS, "".join(PLAIN.values()) + " " * len(BETWEEN_WORDS)
        super().__init__(Lower(text), Value(letters), Value(plain), **extra)


class SearchWords(Func):
    """The folded words of a text of the database. `filter(… = beginning_with(words))` reads an index of it."""

    function = "to_tsvector"
    template = "%(function)s('simple', %(expressions)s)"
    output_field = SearchVectorField()

    def __init__(self, text: Expression | str, **extra: Any) -> None:
        super().__init__(text if isinstance(text, Folded) else Folded(text), **extra)


def beginning_with(words: tuple[str, ...]) -> SearchQuery:
    """Return the query for what has, for each of these folded words, one that begins with it."""
    return SearchQuery(" & ".join(f"{word}:*" for word in words), config="simple", search_type="raw")
