"""The Celery application: workers that plan, and beat for the night."""

import os
from typing import Any

import django
from celery import Celery
from celery.signals import celeryd_after_setup, setup_logging, task_prerun, worker_init, worker_ready
from django.conf import settings
from django.db import close_old_connections
from django_structlog.celery.steps import DjangoStructLogInitStep

from novatrek_scheduling.operations.garbage_collection import spare_what_stays
from novatrek_scheduling.operations.startup import check_process, one_clear_line

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "novatrek_scheduling.settings")

app = Celery("novatrek_scheduling")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
# A task logs with the ids of the request that queued it.
app.steps["worker"].add(DjangoStructLogInitStep)


@app.on_configure.connect(weak=False)
def _read_settings(**_: Any) -> None:
    """Read the settings here: what is wrong with them is then said in one line, not in a traceback."""
    with one_clear_line():
        _ = settings.SECRET_KEY


@setup_logging.connect(weak=False)
def _keep_logging_as_configured(**_: Any) -> None:
    """Celery leaves the log alone where somebody answers this signal; Django has configured it."""


@worker_init.connect(weak=False)
def _check_worker(**_: Any) -> None:
    with one_clear_line():
        django.setup()
        check_process("worker")


@celeryd_after_setup.connect(weak=False)
def _fork_lean_children(**_: Any) -> None:
    """Once the tasks are loaded, and before the first child is forked."""
    spare_what_stays()


@worker_ready.connect(weak=False)
def _serve_counters(**_: Any) -> None:
    """Once the first children are forked, so that none of them inherits the server."""
    from novatrek_scheduling.operations.metrics import serve_counters  # noqa: PLC0415 (after the settings chose its directory)

    serve_counters()


@task_prerun.connect(weak=False)
def _drop_dead_connections(**_: Any) -> None:
    """A connection kept between tasks may have died with the database that served it."""
    close_old_connections()
