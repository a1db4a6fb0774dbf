"""What is asked of a daily schedule as it grows is judged by the right ratio."""

import pytest

from benchmarks.growth import SIZES, TEXT, Cost, figures_of


def costs(name: str, least: Cost, most: Cost) -> list[dict[str, Cost]]:
    return [{name: least, TEXT: (30_000, 5.0)}, {name: (0, 0.0)}, {name: most, TEXT: (3_000_000, 30.0)}]


@pytest.mark.parametrize(
    ("name", "least", "most", "figure"),
    [
        ("GET", (40_000, 8.0), (4_000_000, 50.0), ("0.80", "≥ 0.5", "yes")),
        ("GET", (40_000, 8.0), (4_000_000, 100.0), ("0.40", "≥ 0.5", "NO")),
        ("PATCH of one field", (0, 40.0), (0, 120.0), ("3.00", "≤ 3", "yes")),
        ("publish one departure", (0, 40.0), (0, 121.0), ("3.02", "≤ 3", "NO")),
        ("publish all", (0, 38.0), (0, 1_140.0), ("0.30", "≤ 0.3", "yes")),
        ("history of single changes", (0, 10.0), (0, 16.0), ("1.60", "≤ 1.5", "NO")),
        ("preview publishing all", (0, 10.0), (0, 900.0), ("", "", "")),
    ],
)
def test_the_largest_date_is_compared_with_the_smallest(
    name: str, least: Cost, most: Cost, figure: tuple[str, str, str]
) -> None:
    assert SIZES[-1] == 100 * SIZES[0]
    assert figures_of(name, costs(name, least, most)) == figure
