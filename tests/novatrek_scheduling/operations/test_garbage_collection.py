import os
import subprocess
import sys

import pytest
from django.db import connection

START_WEB = (
    "import gc, novatrek_scheduling.wsgi; "
    "print(gc.isenabled(), gc.get_freeze_count(), len(gc.get_objects()), *gc.get_threshold()[:2])"
)
START_PLANNER = (
    "import gc; from novatrek_scheduling.operations.startup import check_command; "
    "check_command('optimize_schedules'); print(gc.isenabled(), *gc.get_threshold()[:2])"
)


def printed_by(program: str) -> list[str]:
    at = connection.settings_dict
    address = f"postgres://{at['USER']}@{at['HOST']}:{at['PORT']}/{at['NAME']}"
    environment = os.environ | {"DATABASE_URL": address}
    command = [sys.executable, "-c", program]
    return subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout.split()


@pytest.mark.django_db
def test_the_web_process_never_collects_garbage_among_what_it_loaded_at_start() -> None:
    is_enabled, spared, watched, *_ = printed_by(START_WEB)[-5:]
    assert int(spared) > 20 * int(watched)
    assert is_enabled == "True"


@pytest.mark.django_db
def test_the_web_process_lets_all_of_a_large_date_be_made_before_it_searches_what_was_found_in_use() -> None:
    *_, young, collections = printed_by(START_WEB)
    assert int(young) * int(collections) > 2_000_000


@pytest.mark.django_db
def test_a_process_that_plans_lets_all_facts_of_a_date_be_made_before_it_collects_garbage() -> None:
    is_enabled, young, collections = printed_by(START_PLANNER)[-3:]

    assert (is_enabled, int(young), int(collections)) == ("True", 200_000, 10)
