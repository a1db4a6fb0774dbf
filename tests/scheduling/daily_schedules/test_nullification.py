"""Nullified guide adjustments are counted, and logged without their values."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, transaction
from structlog.testing import capture_logs

from scheduling.daily_schedules.authors import Author, AuthorKind
from scheduling.daily_schedules.drafts import Draft
from scheduling.daily_schedules.writer import write_daily_schedules
from scheduling.domain.document import GuideAdjustments
from scheduling.errors import FieldNotOwned
from scheduling.metrics import adjustments_refused, guide_enrichment_nullified
from scheduling.models.triggers import GUIDE_MANAGEMENT
from scheduling.patches.ownership import Owner, refuse_foreign_fields
from tests.factories import TOMORROW, DepartureFactory
from tests.scheduling.writes import put

GUIDE = uuid4()
OWNER = Author(AuthorKind.GUIDE_MANAGEMENT, "svc-guide-management", "a profile was saved")


def enter(*, author: Author = OWNER, principal: str = GUIDE_MANAGEMENT, **entry: Any) -> None:
    def edit(drafts: Mapping[date, Draft]) -> None:
        drafts[TOMORROW].document.guide_adjustments[GUIDE] = GuideAdjustments(**entry)

    write_daily_schedules([TOMORROW], edit, author=author, principal=principal)


def counted() -> float:
    return float(guide_enrichment_nullified._value.get())


@pytest.mark.django_db(transaction=True)
def test_a_note_that_is_gone_is_counted_and_told_without_what_it_said() -> None:
    enter(guide_notes="torn ligament", guide_preferences={"region": "coast"})
    before = counted()

    with capture_logs() as logs:
        enter(guide_preferences={})

    assert counted() == before + 1
    [warning] = [log for log in logs if log["event"] == "guide_enrichment_nullified"]
    assert (warning["log_level"], warning["schedule_date"], warning["guide_id"]) == (
        "warning",
        str(TOMORROW),
        str(GUIDE),
    )
    assert warning["fields"] == ["guide_notes", "guide_preferences"]
    assert warning["author"] == "svc-guide-management (guide-management)"
    assert "ligament" not in str(logs)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("entry", [{"guide_notes": "another knee"}, {"guide_notes": "knee", "max_group_size": 4}])
def test_what_is_said_anew_or_beside_a_note_is_no_loss(entry: dict[str, Any]) -> None:
    enter(guide_notes="knee")
    before = counted()

    enter(**entry)

    assert counted() == before


@pytest.mark.django_db(transaction=True)
def test_a_loss_that_is_undone_with_its_transaction_is_not_counted() -> None:
    enter(guide_notes="knee")
    before = counted()

    with pytest.raises(RuntimeError):
        _empty_and_fail()

    assert counted() == before


@transaction.atomic
def _empty_and_fail() -> None:
    enter(guide_notes=" ")
    raise RuntimeError


def test_a_patch_of_what_is_another_s_is_refused_and_counted() -> None:
    before = adjustments_refused.labels("service")._value.get()

    with pytest.raises(FieldNotOwned):
        refuse_foreign_fields({"guide_adjustments": {}}, {Owner.ORCHESTRATOR})
    refuse_foreign_fields({"guide_adjustments": {}}, {Owner.GUIDE_MANAGEMENT})

    assert adjustments_refused.labels("service")._value.get() == before + 1


@pytest.mark.django_db(transaction=True)
def test_a_wipe_by_another_than_the_owner_is_refused_and_counted() -> None:
    enter(guide_notes="knee")
    before, lost = adjustments_refused.labels("trigger")._value.get(), counted()

    with pytest.raises(DatabaseError, match="belong to svc-guide-management"):
        enter(author=Author(AuthorKind.OPTIMIZATION, "optimizer"), principal="")
    put({uuid4(): DepartureFactory()})

    assert adjustments_refused.labels("trigger")._value.get() == before + 1
    assert counted() == lost
