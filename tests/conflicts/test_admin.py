from uuid import UUID

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import reverse

from conflicts.detection import Cause, Severity
from conflicts.models import ConflictResolution, RiskAcceptance, ScheduleConflict
from conflicts.options import options_in
from tests.conflicts.factories import IN_THREE_DAYS, conflict_of, overfull

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("groups")]


def signed_in(group: str) -> Client:
    user = User.objects.create_user(f"a {group}".lower(), password="secret", is_staff=True)
    user.groups.add(Group.objects.get(name=group))
    client = Client()
    client.force_login(user)
    return client


def resolve_page(conflict: ScheduleConflict) -> str:
    return f"/admin/conflicts/scheduleconflict/{conflict.pk}/resolve/"


def option_of(conflict: ScheduleConflict) -> UUID:
    return options_in(conflict.details)[0].id


def test_every_table_is_listed_and_shown() -> None:
    conflict, manager = overfull(), signed_in("Operations manager")
    chosen = {"option": option_of(conflict), "notes": "a family", "override_warnings": "on"}
    manager.post(resolve_page(conflict), chosen)

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


def test_a_dispatcher_resolves_with_an_option_and_notes() -> None:
    conflict, dispatcher = overfull(IN_THREE_DAYS), signed_in("Dispatcher")

    assert "Keep the plan as it is" in dispatcher.get(resolve_page(conflict)).content.decode()

    answer = dispatcher.post(resolve_page(conflict), {"option": option_of(conflict), "notes": "they are a family"})

    assert answer.status_code == 302
    resolution = ConflictResolution.objects.get(conflict=conflict)
    assert (resolution.resolved_by, resolution.notes) == ("a dispatcher", "they are a family")


def test_a_refusal_is_a_message_and_keeps_what_was_typed() -> None:
    conflict = overfull()
    ScheduleConflict.objects.filter(pk=conflict.pk).update(details=conflict.details | {"cause": Cause.OVERLAP})

    answer = signed_in("Dispatcher").post(resolve_page(conflict), {"option": option_of(conflict), "notes": "my words"})

    page = answer.content.decode()
    assert "cannot be accepted" in page
    assert "my words" in page
    assert ScheduleConflict.objects.open().filter(pk=conflict.pk).exists()


def test_warnings_are_overridden_by_an_operations_manager_only() -> None:
    conflict = overfull()
    chosen = {"option": option_of(conflict), "notes": "known", "override_warnings": "on"}

    answer = signed_in("Dispatcher").post(resolve_page(conflict), chosen)

    assert "Only operations managers" in answer.content.decode()
    assert ScheduleConflict.objects.open().exists()


def test_the_page_says_what_would_help_where_only_cancelling_is_left() -> None:
    conflict = conflict_of()
    conflict.details["what_would_help"] = ["Ridge walk could go if Ana held WILDERNESS_FIRST_AID."]
    conflict.save(update_fields=["details"])

    page = signed_in("Dispatcher").get(resolve_page(conflict)).content.decode()

    assert "Ridge walk could go if Ana held WILDERNESS_FIRST_AID." in page


def test_an_auditor_sees_and_does_not_resolve() -> None:
    conflict = overfull()
    auditor = signed_in("Auditor")

    assert auditor.get(reverse("admin:conflicts_scheduleconflict_change", args=[conflict.pk])).status_code == 200
    assert auditor.get(resolve_page(conflict)).status_code == 403
