"""The web process: `granian --interface wsgi novatrek_scheduling.wsgi:application`."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "novatrek_scheduling.settings")
os.environ.setdefault("NOVATREK_PROCESS", "web")

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from novatrek_scheduling.operations.garbage_collection import loading
from novatrek_scheduling.operations.startup import check_process, exit_on_misconfiguration

with exit_on_misconfiguration(), loading():
    application = get_wsgi_application()
    check_process("web")
    _ = get_resolver().url_patterns  # otherwise the first request imports all views
