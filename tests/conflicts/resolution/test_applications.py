"""Several options at once: each departure's guests are told by one of them."""

from datetime import date
from uuid import UUID, uuid4

from conflicts.choices import Strategy
from conflicts.detection import Cause
from conflicts.models import ScheduleConflict
from conflicts.options import Option, option_id
from conflicts.resolution.applications import Application, shares_of
from conflicts.steps import Cancel, MoveGuests, Step

DAY = date(2027, 5, 1)
TRAIL = str(uuid4())
A, B, C, D = (uuid4() for _ in range(4))


def application(*steps: Step, strategy: Strategy = Strategy.RESCHEDULE_TRIP) -> Application:
    details = {"cause": Cause.TRAIL, "conflict_date": DAY.isoformat(), "affected_trail_ids": [TRAIL]}
    conflict = ScheduleConflict(details=details)
    option = Option(
        id=option_id(conflict.pk, strategy, steps),
        strategy=strategy,
        description="",
        impact_assessment="",
        estimated_affected_guests=0,
        requires_guest_notification=True,
        steps=steps,
    )
    return Application(conflict, option, "ana", "")


def moving(source: UUID, to: UUID) -> Step:
    return MoveGuests(day=DAY, departure_id=source, to_day=DAY, to=to)


def cancelling(key: UUID) -> Step:
    return Cancel(day=DAY, departure_id=key)


def test_alone_an_option_answers_for_all_that_the_write_changes() -> None:
    [share] = shares_of([application(cancelling(A))])

    assert share.concerns(A)
    assert share.concerns(D)


def test_options_for_different_departures_answer_for_their_own() -> None:
    shares = shares_of([application(cancelling(A)), application(cancelling(B))])

    assert [share.departure_ids for share in shares] == [{A}, {B}]


def test_departures_among_which_guests_go_are_the_first_option_s_and_no_other_s() -> None:
    shares = shares_of([application(moving(A, B)), application(cancelling(D)), application(moving(B, C))])

    assert [share.departure_ids for share in shares] == [{A, B, C}, {D}, frozenset()]


def test_a_trail_is_closed_once() -> None:
    several = [application(cancelling(key), strategy=Strategy.CLOSE_TRAIL) for key in (A, B)]

    assert [share.closes_trails for share in shares_of(several)] == [True, False]
