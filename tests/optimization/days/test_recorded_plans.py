"""Plans of a hundred seeded days are those that were recorded, byte for byte."""

import json

import pytest

from tests.optimization.days.recorded_plans import RECORD, SEEDS, recorded


@pytest.fixture(scope="module")
def record() -> dict[str, dict[str, object]]:
    content: dict[str, dict[str, object]] = json.loads(RECORD.read_text())
    return content


@pytest.mark.parametrize("seed", SEEDS)
def test_the_plan_of_a_seeded_day_is_the_recorded_one(seed: int, record: dict[str, dict[str, object]]) -> None:
    assert recorded(seed) == record[str(seed)]


def test_the_recorded_days_differ_in_size_and_some_cannot_be_staffed(record: dict[str, dict[str, object]]) -> None:
    assert len({day["departures"] for day in record.values()}) > 20
    assert any(day["staffed"] != day["departures"] for day in record.values())
