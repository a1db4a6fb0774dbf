"""The Celery application of the workers and of the scheduler of periodic tasks."""

import os
from typing import Any

import django
from celery import Celery
from celery.signals import (
    celeryd_after_setup,
    setup_logging,
    task_prerun,
    worker_init,
    worker_process_init,
    worker_ready,
)
from django.conf import settings
from django.db import close_old_connections

from novatrek_scheduling.operations.garbage_collection import collect_less_while_planning, freeze_loaded_objects
from novatrek_scheduling.operations.startup import check_process, exit_on_misconfiguration

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "novatrek_scheduling.settings")

app = Celery("novatrek_scheduling")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
# A task logs the ids of the request that queued it.
app.steps["worker"].add("django_structlog.celery.steps:DjangoStructLogInitStep")


@app.on_configure.connect(weak=False)
def _read_settings(**_: Any) -> None:
    """Read the settings here, so that an error in them is reported in one line instead of a traceback."""
    with exit_on_misconfiguration():
        _ = settings.SECRET_KEY


@setup_logging.connect(weak=False)
def _keep_logging_as_configured(**_: Any) -> None:
    """Keep the logging that Django has configured: Celery configures its own unless this signal has a receiver."""


@worker_init.connect(weak=False)
def _check_worker(**_: Any) -> None:
    with exit_on_misconfiguration():
        django.setup()
        check_process("worker")


@celeryd_after_setup.connect(weak=False)
def _freeze_before_forks(**_: Any) -> None:
    """Freeze the loaded objects after the tasks are loaded and before the first child is forked."""
    freeze_loaded_objects()
    collect_less_while_planning()


@worker_process_init.connect(weak=False)
def _warm_child(**_: Any) -> None:
    from novatrek_scheduling.operations.warming import warm_process  # noqa: PLC0415 (it reads the settings)

    warm_process()


@worker_ready.connect(weak=False)
def _serve_counters(**_: Any) -> None:
    """Serve the counters once the first children are forked, so that none of them inherits the server."""
    from novatrek_scheduling.operations.metrics import serve_counters  # noqa: PLC0415 (after the settings have chosen its directory)

    serve_counters()


@task_prerun.connect(weak=False)
def _close_broken_connections(**_: Any) -> None:
    """Close connections that broke between two tasks, for example when the database restarted."""
    close_old_connections()
