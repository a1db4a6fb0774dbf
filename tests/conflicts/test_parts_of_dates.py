"""Whoever looks at a conflict reads its departures, and not the dates that they are on."""

import pytest
from django.urls import reverse
from django.utils import timezone

from conflicts.models import ScheduleConflict
from conflicts.options import accept_risk
from conflicts.resolution.acceptance import latest_expiry, withdraw_acceptance
from conflicts.resolution.services import resolve_conflict
from tests.conflicts.factories import IN_THREE_DAYS, overfull
from tests.factories import at
from tests.novatrek_scheduling.console.people import signed_in
from tests.scheduling.whole_documents import no_whole_document_is_read

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("groups")]


@pytest.mark.parametrize("page", ["admin:conflicts_scheduleconflict_change", "console:review"])
def test_a_page_of_one_conflict(page: str) -> None:
    conflict, person = overfull(IN_THREE_DAYS), signed_in("Auditor")

    with no_whole_document_is_read():
        shown = person.get(reverse(page, args=[conflict.pk]))

    assert "Sunrise hike" in shown.content.decode()


def test_until_when_a_risk_may_be_accepted_and_whether_it_still_lies_ahead() -> None:
    conflict = overfull(IN_THREE_DAYS)
    resolve_conflict(conflict.pk, accept_risk(conflict.pk, conflict.details).id, by="ana", notes="a family")
    accepted = ScheduleConflict.objects.get(pk=conflict.pk)

    with no_whole_document_is_read():
        ends_at = latest_expiry(accepted, timezone.now())
        reopened = withdraw_acceptance(accepted.pk, by="ben")

    assert ends_at == at(12, day=IN_THREE_DAYS)
    assert reopened is not None
    assert reopened.schedule_id == conflict.schedule_id
