from typing import Any

import pytest

from novatrek_scheduling.readable import Tones, as_sent, names_within, readable, written
from tests.novatrek_scheduling.console.seen_texts import SeenTexts

GUIDE, TRAIL = "1092c23d-a8cd-5ef4-8c77-53caff854746", "e3569a44-4558-5f96-8f22-3b3df6c6d2ce"


def read(value: Any) -> str:
    return " ".join(SeenTexts(readable(value)).seen)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ({"guests": 4, "is_override": True, "note": None}, "guests 4 is override yes"),
        ({"status": "PARTIALLY_RESOLVED"}, "status partially resolved"),
        ({"starts_at": "2026-12-01T09:00:00-08:00"}, "starts at 1 Dec 2026 09:00 UTC-08:00"),
        ({"guide_id": GUIDE, "guide_name": "Ana Ruiz"}, "guide Ana Ruiz guide name Ana Ruiz"),
        ({"trail_id": TRAIL, "level": "low"}, "level low"),
        ({"departure_ids": [GUIDE, TRAIL]}, "departure 2"),
        ({GUIDE: {"hours": 3}}, "entry hours 3"),
        ({"guides": [{"id": GUIDE, "name": "Ana"}, {"name": "Ben"}]}, "guides id Ana name Ana name Ben"),
        ({}, "nothing"),
    ],
)
def test_a_message_is_read_as_words(value: Any, words: str) -> None:
    assert read(value) == words


def test_what_a_message_holds_is_no_html() -> None:
    assert "<b>" not in readable({"<b>note</b>": "<b>late</b>"})
    assert "<b>" not in as_sent(written({"note": "<b>late</b>"}))


def test_a_long_list_is_cut_and_says_so() -> None:
    assert read({"hours": list(range(103))}).endswith(", 98, 99, and 3 more")


def test_names_stand_beside_their_ids() -> None:
    value = {"teams": [{"guide_id": GUIDE, "guide_name": "Ana"}], "trail": {"id": TRAIL, "name": "Rim"}}

    assert names_within(value) == {GUIDE: "Ana", TRAIL: "Rim"}


def test_a_tone_is_found_by_its_word() -> None:
    tones = Tones(open="warning")

    assert "open" in tones
    assert tones["open"] == "warning"
    assert "shut" not in tones
