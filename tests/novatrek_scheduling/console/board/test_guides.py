from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from novatrek_scheduling.console.board.guides import GuideRow, Standing, guides_by_region
from scheduling.daily_schedules.decision_facts import RecentWork
from scheduling.domain.document import Departure, DepartureStatus, GuideAdjustments
from scheduling.domain.facts import Guide, Snapshot, Span
from scheduling.domain.limits import OPEN_END
from scheduling.rules import HazardFact
from tests.factories import (
    REGION_ID,
    TOMORROW,
    DepartureFactory,
    GuideFactory,
    RegionFactory,
    TeamMemberFactory,
    at,
    snapshot_of,
)

DENVER = ZoneInfo("America/Denver")


def rows(
    snapshot: Snapshot,
    *departures: Departure,
    entries: dict[UUID, GuideAdjustments] | None = None,
    recent: dict[UUID, RecentWork] | None = None,
    hazards: Sequence[HazardFact] = (),
) -> dict[str, GuideRow]:
    [region] = guides_by_region(TOMORROW, departures, snapshot, entries or {}, recent or {}, [REGION_ID], hazards)
    return {row.name: row for row in region.guides}


def led_by(guide: Guide, **fields: object) -> Departure:
    return DepartureFactory(team=[TeamMemberFactory(guide_id=guide.id, guide_name=guide.name)], **fields)


def test_guides_are_on_duty_free_and_away_in_this_order() -> None:
    ana, ben, cleo = (GuideFactory(name=name) for name in ("Ana", "Ben", "Cleo"))
    snapshot = replace(snapshot_of(guides=[cleo, ben, ana]), available={TOMORROW: frozenset({ana.id, ben.id})})

    standings = {name: row.standing for name, row in rows(snapshot, led_by(ben)).items()}

    assert list(standings.items()) == [
        ("Ben", Standing.ON_DUTY),
        ("Ana", Standing.FREE),
        ("Cleo", Standing.AWAY),
    ]


def test_who_was_on_a_cancelled_departure_is_free() -> None:
    ana = GuideFactory(name="Ana")
    cancelled = led_by(ana, status=DepartureStatus.CANCELLED)

    assert rows(snapshot_of(guides=[ana]), cancelled)["Ana"].standing is Standing.FREE


def test_whom_an_emergency_keeps_all_day_is_away_for_it_and_whom_it_keeps_for_a_morning_is_not() -> None:
    ana, ben, cleo = (GuideFactory(name=name) for name in ("Ana", "Ben", "Cleo"))
    all_day = Span(at(0) - timedelta(days=1), OPEN_END)
    hazards = [
        HazardFact(uuid4(), "Rescue", all_day, guide_ids=frozenset({ana.id})),
        HazardFact(uuid4(), "Rescue", Span(at(8), at(11)), guide_ids=frozenset({ben.id})),
    ]

    found = rows(snapshot_of(guides=[ana, ben, cleo]), hazards=hazards)

    assert {name: str(row.word) for name, row in found.items()} == {
        "Ana": "held by an emergency",
        "Ben": "free",
        "Cleo": "free",
    }
    assert found["Ben"].away.held == (Span(at(8), at(11)),)


def test_the_word_for_an_absence_is_that_of_its_kind() -> None:
    ana, ben = (GuideFactory(name=name) for name in ("Ana", "Ben"))
    snapshot = replace(snapshot_of(guides=[ana, ben]), available={TOMORROW: frozenset({ana.id})})
    whole_day = {"from": TOMORROW.isoformat(), "to": TOMORROW.isoformat(), "reason": "broken ankle"}

    found = rows(snapshot, entries=absent(ana, whole_day))

    assert {name: str(row.word) for name, row in found.items()} == {"Ana": "away", "Ben": "not available"}


def test_an_absence_of_a_morning_leaves_the_guide_free_and_shows_the_morning() -> None:
    ana = GuideFactory(name="Ana")
    morning = {"from": at(6).isoformat(), "to": at(10).isoformat()}
    whole_day = {"from": TOMORROW.isoformat(), "to": TOMORROW.isoformat()}

    [partly] = rows(snapshot_of(guides=[ana]), entries=absent(ana, morning)).values()
    [wholly] = rows(snapshot_of(guides=[ana]), entries=absent(ana, whole_day)).values()

    assert partly.standing is Standing.FREE
    assert [(span.starts_at, span.ends_at) for span in partly.away.entered] == [(at(6), at(10))]
    assert wholly.standing is Standing.AWAY


def test_whole_days_of_absence_are_days_of_the_regions_clocks() -> None:
    ana = GuideFactory(name="Ana")
    snapshot = replace(snapshot_of(guides=[ana]), regions={REGION_ID: RegionFactory(timezone=DENVER)})
    whole_day = {"from": TOMORROW.isoformat(), "to": TOMORROW.isoformat()}

    [row] = rows(snapshot, entries=absent(ana, whole_day)).values()

    midnight = datetime.combine(TOMORROW, datetime.min.time(), DENVER)
    assert [span.starts_at for span in row.away.entered] == [midnight]


def test_hours_are_compared_with_the_mean_of_the_region_and_rest_follows_the_last_of_them() -> None:
    ana, ben = GuideFactory(name="Ana"), GuideFactory(name="Ben")
    late = at(0) - timedelta(hours=1)

    found = rows(snapshot_of(guides=[ana, ben]), led_by(ben), recent={ana.id: RecentWork(10.0, late)})

    assert (found["Ana"].above_mean, found["Ben"].above_mean) == (5, -5)
    assert found["Ben"].workload is not None
    assert found["Ben"].workload.day_hours == 3.0
    assert found["Ana"].rest_until == late + timedelta(hours=8)
    assert found["Ben"].rest_until is None


def test_without_the_guides_answer_the_team_is_still_on_duty_and_nobody_is_said_to_be_free() -> None:
    ana = GuideFactory(name="Ana")
    silent = replace(snapshot_of(guides=[ana]), available={})

    found = rows(silent, DepartureFactory(team=[TeamMemberFactory(guide_name="Zoe")]))

    assert {name: row.standing for name, row in found.items()} == {
        "Zoe": Standing.ON_DUTY,
        "Ana": Standing.UNKNOWN,
    }


def test_who_leads_away_from_home_has_one_row_at_home() -> None:
    other = RegionFactory(id=uuid4(), name="Sierra Nevada")
    ana = GuideFactory(name="Ana", region_ids=("pacific_northwest", "sierra_nevada"))
    snapshot = replace(snapshot_of(guides=[ana]), regions={REGION_ID: RegionFactory(), other.id: other})
    departure = led_by(ana, region_id=other.id)

    regions = guides_by_region(TOMORROW, [departure], snapshot, {}, {}, [REGION_ID, other.id])

    assert {region.name: [row.name for row in region.guides] for region in regions} == {
        "Pacific Northwest": ["Ana"],
        "Sierra Nevada": [],
    }


def absent(guide: Guide, *windows: dict[str, str]) -> dict[UUID, GuideAdjustments]:
    return {guide.id: GuideAdjustments.model_validate({"availability_exceptions": list(windows)})}
