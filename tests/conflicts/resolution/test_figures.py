"""What a change costs: guests, guides and departures are counted from the documents before and after it."""

from datetime import timedelta
from uuid import UUID

from conflicts.options import CausedConflict, Figures
from conflicts.resolution.figures import Ratings, figures_of, impact_text
from scheduling.domain.document import Departure, DepartureStatus, Role, ScheduleDocument
from tests.factories import TOMORROW, DepartureFactory, TeamMemberFactory

OURS, OTHER, ADDED = UUID(int=1), UUID(int=2), UUID(int=3)
FIRST, SECOND = UUID(int=11), UUID(int=12)
ANA = TeamMemberFactory(guide_id=UUID(int=21), guide_name="Ana")
BEN = TeamMemberFactory(guide_id=UUID(int=22), guide_name="Ben", role=Role.ASSISTANT)
HOUR = timedelta(hours=1)


def departure(**fields: object) -> Departure:
    return DepartureFactory(
        **{"trip_id": UUID(int=5), "participants": 5, "reservations": {FIRST: 3, SECOND: 2}} | fields
    )


def figures(before: dict[UUID, Departure], after: dict[UUID, Departure]) -> Figures:
    documents = [{TOMORROW: ScheduleDocument(departures=departures)} for departures in (before, after)]
    return figures_of(documents[0], documents[1])


def counts(of: Figures) -> tuple[int, int, int]:
    return of.guests_touched, of.guests_moved, of.guests_without_place


def test_another_guide_touches_guests_and_moves_none() -> None:
    before = departure(team=[ANA])

    cost = figures({OURS: before, OTHER: departure()}, {OURS: departure(team=[BEN]), OTHER: departure()})

    assert counts(cost) == (5, 0, 0)
    assert (cost.departures_changed, cost.guides_changed) == (1, 2)


def test_who_leads_instead_is_a_change_for_both() -> None:
    swapped = [ANA.model_copy(update={"role": Role.ASSISTANT}), BEN.model_copy(update={"role": Role.LEAD})]

    assert figures({OURS: departure(team=[ANA, BEN])}, {OURS: departure(team=swapped)}).guides_changed == 2


def test_another_time_moves_all_guests_by_its_hours() -> None:
    before = departure()
    later = {"starts_at": before.starts_at + 2 * HOUR, "ends_at": before.ends_at + 2 * HOUR}

    cost = figures({OURS: before}, {OURS: before.model_copy(update=later)})

    assert (counts(cost), cost.guest_hours_moved) == ((5, 5, 0), 10)


def test_guests_who_change_their_departure_are_counted_once() -> None:
    before = {OURS: departure(team=[ANA]), OTHER: departure(reservations={}, participants=0)}
    cancelled = {"status": DepartureStatus.CANCELLED, "rescheduled_to": OTHER, "reservations": {}, "participants": 0}
    after = {OURS: before[OURS].model_copy(update=cancelled), OTHER: departure()}

    cost = figures(before, after)

    assert counts(cost) == (5, 5, 0)
    assert (cost.departures_changed, cost.guides_changed) == (2, 1)


def test_part_of_the_guests_may_move_and_the_others_stay_untouched() -> None:
    before = {OURS: departure()}
    added = departure(reservations={SECOND: 2}, participants=2)

    cost = figures(before, {OURS: departure(reservations={FIRST: 3}, participants=3), ADDED: added})

    assert (counts(cost), cost.departures_changed) == ((2, 2, 0), 2)


def test_guests_of_what_is_cancelled_lose_their_place() -> None:
    before = departure()

    cost = figures({OURS: before}, {OURS: before.model_copy(update={"status": DepartureStatus.CANCELLED})})

    assert counts(cost) == (5, 0, 5)


def test_guests_who_waited_are_touched() -> None:
    empty = departure(reservations={}, participants=0)

    assert counts(figures({OURS: empty}, {OURS: departure()})) == (5, 0, 0)


def test_the_impact_says_the_figures_in_words() -> None:
    before = departure()
    documents = {TOMORROW: ScheduleDocument(departures={OURS: before})}
    cancelled = before.model_copy(update={"status": DepartureStatus.CANCELLED})
    changed = {TOMORROW: ScheduleDocument(departures={OURS: cancelled})}
    causes = [CausedConflict(type="CAPACITY_EXCEEDED", severity="HIGH", description="5 guests have no place.")]

    text = impact_text(figures_of(documents, changed, Ratings(90.04, 80.06, 0.5, 0.25), causes))

    assert text == (
        "All 5 guests lose their place. 1 departure changes. The plan scores 80.1 instead of 90.0. "
        "The fairness of hours is 0.25 instead of 0.50. "
        "It causes: 5 guests have no place."
    )
