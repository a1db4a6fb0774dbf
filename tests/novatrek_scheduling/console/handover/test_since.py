"""From when on a shift is told what was done: by the company's clock, which is not UTC's."""

from datetime import UTC, datetime, timedelta

import pytest

from novatrek_scheduling.console.handover.brief import SHIFT, since_in

NOW = datetime(2026, 11, 28, 2, 30, tzinfo=UTC)
"""18:30 of the 27th in Los Angeles."""


@pytest.fixture(autouse=True)
def _in_los_angeles(settings: pytest.FixtureRequest) -> None:
    settings.COMPANY_TIME_ZONE = "America/Los_Angeles"  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("", NOW - SHIFT),
        ("06:00", datetime(2026, 11, 27, 14, tzinfo=UTC)),
        (" 19:00 ", datetime(2026, 11, 27, 3, tzinfo=UTC)),
        ("2026-11-26 06:00", datetime(2026, 11, 26, 14, tzinfo=UTC)),
        ("2026-11-26T06:00:00Z", datetime(2026, 11, 26, 6, tzinfo=UTC)),
    ],
)
def test_a_time_is_the_last_one_it_was_and_a_date_is_the_companys(text: str, moment: datetime) -> None:
    assert since_in(text, NOW) == moment


@pytest.mark.parametrize("text", ["yesterday", "25:00", (NOW + timedelta(hours=1)).isoformat()])
def test_what_is_no_time_or_to_come_is_refused_in_words(text: str) -> None:
    with pytest.raises(ValueError, match=r"is no time such as|still to come"):
        since_in(text, NOW)
