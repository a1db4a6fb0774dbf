"""The one write path of daily schedules."""

from collections.abc import Mapping
from datetime import date
from uuid import uuid4

import pytest

from scheduling.daily_schedules.authors import Author, AuthorKind
from scheduling.daily_schedules.drafts import Draft
from scheduling.daily_schedules.writer import write_daily_schedules
from scheduling.domain.document import GuideAdjustments
from scheduling.errors import StaleRevision
from scheduling.models import DailySchedule, ScheduleRevision
from tests.factories import DISPATCHER, TOMORROW, DepartureFactory
from tests.scheduling.daily_schedules.edits import putting, stored
from tests.scheduling.writes import put


@pytest.mark.django_db
def test_the_first_write_of_a_date_makes_its_row_and_steps_its_revision() -> None:
    departure = uuid4()

    write_daily_schedules([TOMORROW], putting(departure), author=DISPATCHER)

    assert stored().rev == 2
    assert departure in stored().document.departures
    kept = ScheduleRevision.objects.order_by("rev").values_list("rev", "author", "kind")
    assert list(kept) == [(1, "ana", "dispatcher"), (2, "ana", "dispatcher")]


@pytest.mark.django_db
def test_a_write_that_changes_nothing_writes_nothing() -> None:
    write_daily_schedules([TOMORROW], lambda drafts: None, author=DISPATCHER)

    assert not DailySchedule.objects.exists()


@pytest.mark.django_db
def test_a_stale_revision_changes_nothing() -> None:
    write_daily_schedules([TOMORROW], putting(uuid4()), author=DISPATCHER)

    with pytest.raises(StaleRevision, match="at revision 2"):
        write_daily_schedules([TOMORROW], putting(uuid4()), author=DISPATCHER, since_revs={TOMORROW: 1})

    assert stored().rev == 2


@pytest.mark.django_db
def test_a_row_that_somebody_wrote_since_it_was_read_is_not_saved() -> None:
    put({uuid4(): DepartureFactory()})
    mine, theirs = stored(), stored()
    theirs.save_if_unchanged(since_rev=2, fields=["assignments"])

    with pytest.raises(StaleRevision, match="at revision 3"):
        mine.save_if_unchanged(since_rev=2, fields=["assignments"])


@pytest.mark.django_db
def test_keys_that_are_not_known_survive_a_write() -> None:
    write_daily_schedules([TOMORROW], putting(uuid4(), field_of_tomorrow={"kept": None}), author=DISPATCHER)
    write_daily_schedules([TOMORROW], putting(uuid4()), author=DISPATCHER)

    departures = stored().assignments["departures"].values()
    assert [d["field_of_tomorrow"] for d in departures if "field_of_tomorrow" in d] == [{"kept": None}]


@pytest.mark.django_db
def test_a_guides_entry_needs_its_owner_named() -> None:
    guide = uuid4()

    def enter(drafts: Mapping[date, Draft]) -> None:
        drafts[TOMORROW].document.guide_adjustments[guide] = GuideAdjustments(guide_notes="knee")

    owner = Author(AuthorKind.GUIDE_MANAGEMENT, "svc-guide-management")
    write_daily_schedules([TOMORROW], enter, author=owner, principal="svc-guide-management")

    assert stored().document.guide_adjustments[guide].guide_notes == "knee"


@pytest.mark.django_db
def test_nothing_but_the_start_is_the_revision_of_a_date_without_a_row() -> None:
    with pytest.raises(StaleRevision, match="at revision 0"):
        write_daily_schedules([TOMORROW], putting(uuid4()), author=DISPATCHER, since_revs={TOMORROW: 1})

    write_daily_schedules([TOMORROW], putting(uuid4()), author=DISPATCHER, since_revs={TOMORROW: 0})

    assert stored().rev == 2


@pytest.mark.django_db
def test_what_follows_from_a_write_fails_with_it() -> None:
    def fail(_: object) -> None:
        raise RuntimeError("the outbox is full")

    with pytest.raises(RuntimeError):
        write_daily_schedules([TOMORROW], putting(uuid4()), author=DISPATCHER, after_write=fail)

    assert not DailySchedule.objects.exists()
