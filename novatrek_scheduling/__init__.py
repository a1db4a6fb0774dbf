"""The project: settings, URLs, processes and the shared kernel. No scheduling logic."""

from novatrek_scheduling.celery import app as celery_app

__all__ = ["celery_app"]
