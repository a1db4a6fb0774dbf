"""Process failed schedule requests again: `manage.py rerun_requests --failed | --id … | --since …`."""

from argparse import ArgumentParser
from datetime import date
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from scheduling.domain.text import counted
from scheduling.models import RequestStatus, ScheduleRequest
from scheduling.requests.claims import reopen_request


class Command(BaseCommand):
    help = "Queue failed schedule requests again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        selection = parser.add_mutually_exclusive_group(required=True)
        selection.add_argument("--failed", action="store_true", help="all failed requests")
        selection.add_argument("--id", type=UUID, help="the request with this id")
        selection.add_argument("--since", type=date.fromisoformat, help="failed requests created on or after this date")

    def handle(self, *args: Any, **options: Any) -> None:
        failed = ScheduleRequest.objects.filter(status=RequestStatus.FAILED)
        if options["id"]:
            failed = failed.filter(pk=options["id"])
        elif options["since"]:
            failed = failed.filter(created_at__date__gte=options["since"])
        reopened = [pk for pk in failed.values_list("pk", flat=True) if reopen_request(pk)]
        if options["id"] and not reopened:
            raise CommandError(f"There is no failed request {options['id']}.")
        self.stdout.write(f"{counted(len(reopened), 'request')} queued again")
