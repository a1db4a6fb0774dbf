"""The web process: `granian --interface wsgi novatrek_scheduling.wsgi:application`."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "novatrek_scheduling.settings")
os.environ.setdefault("NOVATREK_PROCESS", "web")

from django.core.wsgi import get_wsgi_application

from novatrek_scheduling.startup import check_process, one_clear_line

with one_clear_line():
    application = get_wsgi_application()
    check_process("web")
