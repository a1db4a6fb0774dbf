"""The web process: `granian --interface wsgi novatrek_scheduling.wsgi:application`."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "novatrek_scheduling.settings")
os.environ.setdefault("NOVATREK_PROCESS", "web")

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from novatrek_scheduling.operations.garbage_collection import spare_what_stays
from novatrek_scheduling.operations.startup import check_process, one_clear_line

with one_clear_line():
    application = get_wsgi_application()
    check_process("web")
    _ = get_resolver().url_patterns  # the first request would load them, and with them every view
    spare_what_stays()
