import os
import subprocess
import sys

import pytest
from django.db import connection

START_WEB = "import gc, novatrek_scheduling.wsgi; print(gc.isenabled(), gc.get_freeze_count(), len(gc.get_objects()))"


@pytest.mark.django_db
def test_the_web_process_never_collects_garbage_among_what_it_loaded_at_start() -> None:
    at = connection.settings_dict
    address = f"postgres://{at['USER']}@{at['HOST']}:{at['PORT']}/{at['NAME']}"
    environment = os.environ | {"DATABASE_URL": address}

    started = subprocess.run(
        [sys.executable, "-c", START_WEB], env=environment, check=True, capture_output=True, text=True
    )

    is_enabled, spared, watched = started.stdout.split()[-3:]
    assert int(spared) > 20 * int(watched)
    assert is_enabled == "True"
