"""The Celery application: workers that plan, and beat for the night."""

import os
from typing import Any

from celery import Celery
from celery.signals import task_prerun

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "novatrek_scheduling.settings")

app = Celery("novatrek_scheduling")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@task_prerun.connect(weak=False)
def _drop_dead_connections(**_: Any) -> None:
    """A connection kept between tasks may have died with the database that served it."""
    from django.db import close_old_connections

    close_old_connections()
