"""Words for the values of siblings and of this service: people read "swift-water rescue", never SWIFT_WATER_RESCUE.

The values stay what they are in tables, events and the API; only what is written for people goes through here.
"""

from collections.abc import Iterable, Mapping

# Names of siblings' values that are no words of a sentence once they are in lower case. Others are: "canyon guide".
_SPELLINGS: Mapping[str, str] = {
    "AVALANCHE_LEVEL_1": "avalanche training, level 1",
    "AVALANCHE_LEVEL_2": "avalanche training, level 2",
    "CPR": "CPR",
    "CROSS_COUNTRY_SKIING": "cross-country skiing",
    "FIRST_AID": "first aid",
    "LEAVE_NO_TRACE": "Leave No Trace",
    "MULTI_PITCH_INSTRUCTOR": "multi-pitch instructor",
    "SINGLE_PITCH_INSTRUCTOR": "single-pitch instructor",
    "SNOW_COVERED": "covered with snow",
    "SWIFT_WATER_RESCUE": "swift-water rescue",
    "WILDERNESS_EMT": "wilderness EMT",
    "XC_SKIING": "cross-country skiing",
}
_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def in_words(value: str) -> str:
    """Return a value of an enumeration as words in a sentence: "swift-water rescue", "partially closed"."""
    return _SPELLINGS.get(value.upper(), value.replace("_", " ").lower())


def as_label(value: str) -> str:
    """Return a value as the words of a label: "Swift-water rescue"."""
    words = in_words(value)
    return words[:1].upper() + words[1:]


def listed(words: Iterable[str], *, conjunction: str = "and") -> str:
    """Return words as a list in a sentence, in their order: "Ana", "Ana and Ben", "Ana, Ben and Chi"."""
    *before, last = [*words] or [""]
    return f"{', '.join(before)} {conjunction} {last}" if before else last


def values_in_words(values: Iterable[str]) -> str:
    """Return values as a list in words, sorted, so that equal ones read alike: "canyon guide and first aid"."""
    return listed(sorted(map(in_words, values), key=str.casefold))


def number_in_words(number: int) -> str:
    """Return a small number as a word, another as digits: "six", "12"."""
    return _NUMBERS[number] if 0 <= number < len(_NUMBERS) else str(number)


def sentence(text: str) -> str:
    """Return the text with a capital and a full stop, however it ends."""
    ended = text.rstrip(".")
    return f"{ended[:1].upper()}{ended[1:]}."
