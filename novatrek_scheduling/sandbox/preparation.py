"""The preparation of the database: `python -m novatrek_scheduling.sandbox.preparation`."""

import os

import django
from django.core.management import call_command

from novatrek_scheduling.operations.startup import exit_on_misconfiguration

LOGIN = "dispatcher"


def main() -> None:
    """Migrate the database of the environment and create the dispatcher's account if it is missing."""
    django.setup()
    call_command("migrate", verbosity=0, interactive=False)
    from django.contrib.auth.models import User  # noqa: PLC0415 (models require django.setup)

    if not User.objects.filter(username=LOGIN).exists():
        email, password = "dispatcher@novatrek.example.com", os.environ["DISPATCHER_PASSWORD"]
        User.objects.create_superuser(LOGIN, email, password)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "novatrek_scheduling.settings")
    with exit_on_misconfiguration():
        main()
