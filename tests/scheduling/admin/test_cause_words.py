"""Causes of revisions without codes and ids."""

import pytest

from scheduling.admin.cause_words import cause_words

CONFLICT = "b8dbb7b6-667f-41e3-a22d-76b348d17e7c"


@pytest.mark.parametrize(
    ("cause", "words"),
    [
        (f"RESCHEDULE_TRIP for conflict {CONFLICT}", "to resolve a conflict: reschedule trip"),
        (f"CLOSE_TRAIL for conflict {CONFLICT} and options for 2 more", "to resolve 3 conflicts: close trail"),
        (f"reservation {CONFLICT}", "a reservation"),
        ("published in the console: as agreed", "published in the console: as agreed"),
        ("", ""),
    ],
)
def test_a_cause_is_in_words(cause: str, words: str) -> None:
    assert cause_words(cause) == words
