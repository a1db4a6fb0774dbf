"""Many conflicts at once."""

from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from conflicts.detection import Cause, Severity
from conflicts.models import ScheduleConflict
from novatrek_scheduling.console.review.groups import read_groups
from scheduling.models import Hazard
from tests.conflicts.factories import conflict_of
from tests.factories import at
from tests.novatrek_scheduling.console.people import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("groups")]

TOGETHER = "/admin/conflicts/review/together/"


def under_hazard(hazard: Hazard, severity: Severity = Severity.HIGH) -> ScheduleConflict:
    evidence = {"told": {"hazard_id": str(hazard.pk)}, "read_at": {}, "digest": "none"}
    return conflict_of(severity=severity, cause=Cause.TRAIL_HAZARD, evidence=evidence)


@pytest.fixture
def bear() -> Hazard:
    hazard: Hazard = Hazard.objects.create(
        hazard_id=uuid4(), kind="WILDLIFE", severity="HIGH", description="Bear with cubs", starts_at=at(9)
    )
    return hazard


def test_conflicts_of_one_hazard_are_a_group_the_most_severe_first(bear: Hazard) -> None:
    high, critical = under_hazard(bear), under_hazard(bear, Severity.CRITICAL)
    conflict_of()

    [group] = read_groups().groups

    assert (group.title, group.count, group.worst) == ("Bear with cubs", 2, Severity.CRITICAL)
    assert group.conflict_ids == (critical.pk, high.pk)


def test_conflicts_of_one_absent_guide_are_named_after_the_guide() -> None:
    guide = str(uuid4())
    for _ in range(2):
        plan = {str(uuid4()): {"team": [{"guide_id": guide, "guide_name": "Ana Ruiz", "role": "LEAD"}]}}
        conflict_of(cause=Cause.AVAILABILITY_EXCEPTION, affected_guide_ids=[guide], plan=plan)

    assert [group.title for group in read_groups().groups] == ["Ana Ruiz"]


def test_a_group_is_ticked_and_looked_at_before_anything_is_done(bear: Hazard) -> None:
    conflicts = [under_hazard(bear), under_hazard(bear)]
    dispatcher = signed_in("Dispatcher")
    [group] = read_groups().groups

    chosen = dispatcher.get(TOGETHER, {"group": group.key})
    plan = dispatcher.post(TOGETHER, {"do": "plan", "group": group.key, "conflicts": [c.pk for c in conflicts]})

    assert {entry.id for entry in chosen.context["entries"]} == {conflict.pk for conflict in conflicts}
    assert [row["refusal"] for row in plan.context["rows"]] == ["Its departures are over or out."] * 2
    assert ScheduleConflict.objects.open().count() == 2


def test_with_nothing_ticked_the_plan_and_the_notes_stay(bear: Hazard) -> None:
    conflicts = [under_hazard(bear), under_hazard(bear)]

    typed = {"do": "apply", "conflicts": [conflict.pk for conflict in conflicts], "notes": "two cars are ready"}
    answer = signed_in("Dispatcher").post(TOGETHER, typed)

    assert answer.status_code == 400
    assert len(answer.context["rows"]) == 2
    assert "two cars are ready" in answer.content.decode()


def test_an_auditor_looks_at_groups_and_resolves_none(bear: Hazard) -> None:
    conflict = under_hazard(bear)
    auditor = signed_in("Auditor")

    assert auditor.get(TOGETHER).status_code == 200
    assert auditor.post(TOGETHER, {"do": "plan", "conflicts": [conflict.pk]}).status_code == 403


def test_of_very_many_conflicts_the_worst_are_grouped_and_the_page_says_that_there_are_more(bear: Hazard) -> None:
    low = conflict_of(severity=Severity.LOW)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO schedule_conflicts (conflict_id, schedule_id, conflict_type, details, resolved, detected_at)"
            " SELECT gen_random_uuid(), schedule_id, conflict_type,"
            "   details || jsonb_build_object('fingerprint', n::text), false, detected_at - interval '1 hour'"
            " FROM schedule_conflicts, generate_series(1, 1000) AS n WHERE conflict_id = %s",
            [low.pk],
        )
    under_hazard(bear)
    under_hazard(bear)

    with CaptureQueriesContext(connection) as captured:
        found = read_groups()

    assert [group.title for group in found.groups] == ["Bear with cubs"]
    assert not found.are_all
    assert "LIMIT 1001" in captured.captured_queries[0]["sql"]
    assert "Of the 1000 most severe" in signed_in("Auditor").get(TOGETHER).content.decode().replace(",", "")
