"""Words for values."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling.domain.document import AssignmentStatus, DepartureStatus
from scheduling.domain.facts import Difficulty, TrailCondition, WeatherOutlook
from scheduling.domain.normalization import EMERGENCY_TRAINING, SNOW_ACTIVITIES, WATER_ACTIVITIES
from scheduling.domain.words import as_label, in_words, listed, number_in_words, sentence, values_in_words
from tests.words import codes_and_ids_in

VALUES = sorted(
    {
        *EMERGENCY_TRAINING,
        *SNOW_ACTIVITIES,
        *WATER_ACTIVITIES,
        *("SWIFT_WATER_RESCUE", "AVALANCHE_LEVEL_1", "LEAVE_NO_TRACE", "CANYON_GUIDE", "PARTIALLY_CLOSED", "ON_LEAVE"),
        *(member.value for kind in (AssignmentStatus, DepartureStatus) for member in kind),
        *(member.value for kind in (Difficulty, TrailCondition, WeatherOutlook) for member in kind),
    }
)


@given(st.lists(st.sampled_from(VALUES)))
def test_no_value_in_words_is_a_code(values: list[str]) -> None:
    assert codes_and_ids_in(values_in_words(values)) == []
    assert [codes_and_ids_in(as_label(value)) for value in values] == [[] for _ in values]


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("SWIFT_WATER_RESCUE", "swift-water rescue"),
        ("swift_water_rescue", "swift-water rescue"),
        ("CANYON_GUIDE", "canyon guide"),
        ("WILDERNESS_EMT", "wilderness EMT"),
        ("CPR", "CPR"),
        ("ON_LEAVE", "on leave"),
    ],
)
def test_values_read_as_in_a_sentence(value: str, words: str) -> None:
    assert in_words(value) == words


def test_lists_have_one_and() -> None:
    assert [listed(words) for words in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == ["", "a", "a and b", "a, b and c"]


def test_small_numbers_are_words() -> None:
    assert [number_in_words(number) for number in (0, 1, 9, 10)] == ["no", "one", "nine", "10"]


def test_a_sentence_has_a_capital_and_one_full_stop() -> None:
    assert [sentence("six of nine lack first aid"), sentence("Nobody.")] == ["Six of nine lack first aid.", "Nobody."]
