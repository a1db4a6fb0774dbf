"""Texts of daily schedules that a process keeps: of the version they are of, and never more than there is room for."""

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling.daily_schedules.kept_texts import (
    MOST_BYTES_OF_A_DEPARTURE,
    KeptText,
    KeptTexts,
    with_departures_in_place,
)

FIRST, SECOND, THIRD = (UUID(int=number) for number in (1, 2, 3))
KEYS = [str(key) for key in (FIRST, SECOND, THIRD)]
NAMES = st.sampled_from(["team", "näme", 'a "quoted" \\ one', "departures"])
TEXTS = st.sampled_from(["", '{"', f'"{FIRST}": ', "\\", "é\u2028", f'\\"{SECOND}": {{}}'])
SCALARS = TEXTS | st.integers(0, 99) | st.none()
VALUES = SCALARS | st.lists(SCALARS, max_size=2) | st.dictionaries(NAMES, SCALARS, max_size=2)
OTHERS = st.dictionaries(NAMES.filter(lambda name: name != "departures"), VALUES, max_size=2)
DEPARTURES = st.dictionaries(st.sampled_from(KEYS), VALUES, min_size=1)


def text_of(document: Any) -> str:
    return json.dumps(document, ensure_ascii=False)


def edited(document: Any, edits: Mapping[str, str | None]) -> str | None:
    text = with_departures_in_place(text_of(document).encode(), edits)
    return text.decode() if text is not None else None


@given(before=DEPARTURES, others=OTHERS, data=st.data())
def test_departures_are_put_in_place_as_if_the_whole_were_written_anew(before: Any, others: Any, data: Any) -> None:
    changed = data.draw(st.dictionaries(st.sampled_from(sorted(before)), VALUES))

    text = edited({"departures": before, **others}, {key: text_of(value) for key, value in changed.items()})

    assert text == text_of({"departures": before | changed, **others})


@pytest.mark.parametrize(
    ("stored", "edits"),
    [
        ({"departures": {}}, {KEYS[0]: "{}"}),
        ({"departures": {KEYS[0]: 1}, "of_a_later_version": {KEYS[0]: 2}}, {KEYS[0]: "{}"}),
        ({"departures": {KEYS[0]: {KEYS[0]: 1}}}, {KEYS[0]: "{}"}),
        ({"departures": {KEYS[0]: 1, KEYS[1]: 1}}, {KEYS[0]: "{}", KEYS[1]: None}),
        ({"departures": {KEYS[0]: "é" * MOST_BYTES_OF_A_DEPARTURE}}, {KEYS[0]: "{}"}),
    ],
    ids=["added", "named twice", "named in itself", "removed", "endless"],
)
def test_what_is_not_in_one_place_takes_the_whole(stored: Any, edits: Any) -> None:
    assert edited(stored, edits) is None


def test_the_text_of_another_version_is_nobodys() -> None:
    texts = KeptTexts(least=1)
    texts.keep(FIRST, KeptText("first, 7", b"old", False))

    texts.keep(FIRST, KeptText("first, 8", b"new", False))

    assert texts.of(FIRST, "first, 7") is None
    assert texts.of(FIRST, "first, 8") == KeptText("first, 8", b"new", False)
    assert texts.all_by_version().keys() == {"first, 8"}


def test_those_go_first_that_nobody_asked_for_and_short_or_endless_ones_are_not_kept() -> None:
    texts = KeptTexts(most=10, least=3)
    for key, text in ((FIRST, b"12345"), (SECOND, b"12345")):
        texts.keep(key, KeptText(str(key), text, True))
    texts.of(FIRST, str(FIRST))

    texts.keep(THIRD, KeptText(str(THIRD), b"123", True))
    texts.keep(UUID(int=4), KeptText("too short", b"12", True))
    texts.keep(UUID(int=5), KeptText("too long", b"12345678901", True))

    assert texts.all_by_version().keys() == {str(FIRST), str(THIRD)}
