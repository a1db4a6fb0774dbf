"""The history says in words what it keeps as values, in the language of the page."""

from typing import Any

import pytest
from django.utils import translation

from scheduling.admin.change_words import change_words, difference_lines
from tests.factories import TeamMemberFactory

TRAIL = "e3569a44-4558-5f96-8f22-3b3df6c6d2ce"
ANA = TeamMemberFactory(guide_name="Ana Ruiz").model_dump(mode="json")


@pytest.mark.parametrize(
    ("name", "change", "words"),
    [
        ("capacity", {"old": 8, "new": 10}, "8 → 10"),
        ("status", {"old": "DRAFT", "new": "IN_PROGRESS"}, "draft → in progress"),
        ("trail_id", {"old": None, "new": TRAIL}, "another than before"),
        ("trail_id", {"old": TRAIL, "new": None}, "none"),
        ("team", {"old": [], "new": [ANA]}, "nothing → Ana Ruiz (lead)"),
        ("reservations", {"old": {}, "new": {TRAIL: 2}}, "nothing → 2 guests in 1 reservation"),
        (
            "restrictions",
            {"new": [{"kind": "NO_ACTIVITY", "value": "RAFTING"}]},
            "nothing → kind: no activity, value: rafting",
        ),
        ("guide_preferences", {"new": {"languages": ["en", "es"]}}, "nothing → languages: en; es"),
        ("starts_at", {"old": "by hand", "new": None}, "by hand → nothing"),
    ],
)
def test_a_change_is_said_in_words(name: str, change: dict[str, Any], words: str) -> None:
    assert change_words(name, change) == words


def test_a_change_is_said_in_the_language_of_the_page() -> None:
    with translation.override("es"):
        assert difference_lines({"status": {"old": "DRAFT", "new": "CANCELLED"}}) == ["estado: borrador → cancelada"]
