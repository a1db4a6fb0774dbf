import pytest
from django.urls import reverse

from conflicts.detection import Severity
from conflicts.models import ConflictResolution, RiskAcceptance, ScheduleConflict
from conflicts.options import options_in
from conflicts.resolution.services import resolve_conflict
from tests.conflicts.factories import conflict_of, overfull
from tests.novatrek_scheduling.console.people import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("groups")]


def test_every_table_is_listed_and_shown() -> None:
    conflict, manager = overfull(), signed_in("Operations manager")
    by, option = "a manager", options_in(conflict.details)[0].id
    resolve_conflict(conflict.pk, option, by=by, notes="a family", override_warnings=True)

    for model in (ScheduleConflict, ConflictResolution, RiskAcceptance):
        name = f"admin:conflicts_{model._meta.model_name}"
        assert manager.get(reverse(f"{name}_changelist")).status_code == 200
        row = model._default_manager.get()
        assert manager.get(reverse(f"{name}_change", args=[row.pk])).status_code == 200


def test_the_list_filters_and_searches() -> None:
    conflict_of(severity=Severity.HIGH, description="Rockfall on the ridge.")
    conflict_of(severity=Severity.LOW, description="One guest too many.")
    page = reverse("admin:conflicts_scheduleconflict_changelist")
    auditor = signed_in("Auditor")

    filtered = auditor.get(page, {"severity": "HIGH", "resolved__exact": "0"}).content.decode()
    searched = auditor.get(page, {"q": "guest too many"}).content.decode()

    assert "Rockfall" in filtered
    assert "guest too many" not in filtered
    assert "Rockfall" not in searched


def test_the_record_leads_to_the_review() -> None:
    conflict = overfull()

    answer = signed_in("Auditor").get(f"/admin/conflicts/scheduleconflict/{conflict.pk}/resolve/")

    assert answer.headers["Location"] == reverse("console:review", args=[conflict.pk])
