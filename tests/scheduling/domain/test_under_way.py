"""A party is where its planned times put it, by the clocks of its region, and reports at moments that lie ahead."""

from datetime import datetime
from zoneinfo import ZoneInfo

from scheduling.domain.facts import Span
from scheduling.domain.under_way import CheckIn, CheckInKind, LegPlanned, progress_of

DENVER = ZoneInfo("America/Denver")


def test_a_day_trip_goes_out_until_half_of_its_time_and_then_comes_back() -> None:
    hike = Span(local(27, 8), local(27, 16))

    before, after = progress_of(hike, local(27, 10)), progress_of(hike, local(27, 12))

    assert (before.leg, before.share) == (LegPlanned.OUTBOUND, 0.25)
    assert before.next_check_in == CheckIn(CheckInKind.HALFWAY, local(27, 12))
    assert (after.leg, after.share) == (LegPlanned.RETURNING, 0.5)
    assert after.next_check_in == CheckIn(CheckInKind.RETURN, local(27, 16))


def test_who_stays_out_over_night_reports_in_the_evening_by_the_local_clock() -> None:
    trek = Span(local(27, 8), local(29, 16))

    assert progress_of(trek, local(27, 12)).next_check_in == CheckIn(CheckInKind.EVENING, local(27, 18))
    night = progress_of(trek, local(28, 5))
    assert (night.leg, night.next_check_in.kind) == (LegPlanned.OVERNIGHT, CheckInKind.HALFWAY)
    assert progress_of(trek, local(28, 6)).leg is LegPlanned.OUTBOUND
    assert progress_of(trek, local(29, 7)).next_check_in == CheckIn(CheckInKind.RETURN, local(29, 16))


def test_the_hour_that_clocks_are_put_back_is_part_of_the_time() -> None:
    night_hike = Span(local(31, 22, month=10), local(1, 4))

    assert progress_of(night_hike, local(1, 0)).share == round(2 / 7, 3)


def local(day: int, hour: int, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=DENVER)
