"""Two guides of one name are told apart by as few facts as it takes, and the others keep their names."""

from uuid import UUID
from zoneinfo import ZoneInfo

from scheduling.domain.facts import Guide, Region
from scheduling.domain.namesakes import told_apart

SIERRA = Region(UUID(int=1), "Sierra Nevada", ZoneInfo("America/Los_Angeles"), None)
APPALACHIA = Region(UUID(int=2), "Appalachian Highlands", ZoneInfo("America/New_York"), None)


def test_who_shares_no_name_keeps_it() -> None:
    assert names(guide(1, "Ana Chen"), guide(2, "Ana Chang")) == ["Ana Chen", "Ana Chang"]


def test_namesakes_have_their_home_region_by_id_or_slug() -> None:
    both = guide(1, "Ana Chen", home=str(SIERRA.id)), guide(2, "ana  chen", home="appalachian_highlands")

    assert names(*both) == ["Ana Chen (Sierra Nevada)", "ana  chen (Appalachian Highlands)"]


def test_in_one_region_they_have_their_years_as_well() -> None:
    both = guide(1, "Ana Chen", years=1), guide(2, "Ana Chen", years=12)

    assert names(*both) == ["Ana Chen (Sierra Nevada, 1 year)", "Ana Chen (Sierra Nevada, 12 years)"]


def test_who_has_the_same_facts_has_a_number_whatever_the_order_they_come_in() -> None:
    first, second = guide(1, "Ana Chen", home="elsewhere"), guide(2, "Ana Chen", home="elsewhere")

    assert names(first, second) == ["Ana Chen (no. 1)", "Ana Chen (no. 2)"]
    assert names(second, first) == ["Ana Chen (no. 2)", "Ana Chen (no. 1)"]


def names(*guides: Guide) -> list[str]:
    return [known.name for known in told_apart({g.id: g for g in guides}, [SIERRA, APPALACHIA]).values()]


def guide(number: int, name: str, *, home: str = "sierra_nevada", years: int | None = None) -> Guide:
    return Guide(
        id=UUID(int=number),
        name=name,
        region_ids=(home,),
        certifications=frozenset(),
        activities=frozenset(),
        is_active=True,
        status="ACTIVE",
        max_group_size=8,
        years_experience=years,
        average_rating=None,
        languages=frozenset(),
    )
