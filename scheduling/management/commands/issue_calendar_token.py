"""Issue the address of a guide's calendar: `manage.py issue_calendar_token <guide_id> [--revoke]`."""

from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from novatrek_scheduling.errors import DomainError
from scheduling.calendars.tokens import active_token_of, issue_calendar_token, revoke_calendar_token
from scheduling.snapshot import look_up_guides

ISSUER = "issue_calendar_token"


class Command(BaseCommand):
    help = "Issue a calendar token for a guide, revoke the previous one, and print the address of the calendar once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("guide_id", type=UUID, help="id of the guide")
        parser.add_argument("--revoke", action="store_true", help="only revoke the current token")
        parser.add_argument("--origin", default=_origin(), help="origin of the address (default: %(default)s)")

    def handle(self, *_args: Any, guide_id: UUID, revoke: bool, origin: str, **_options: Any) -> None:
        try:
            self.stdout.write(_revoke(guide_id) if revoke else f"{origin.rstrip('/')}{_issue(guide_id)}")
        except DomainError as error:
            raise CommandError(error.message) from error


def _issue(guide_id: UUID) -> str:
    guide = look_up_guides([guide_id], field="guide_id")[guide_id]
    return issue_calendar_token(guide_id, guide_name=guide.name, by=ISSUER).path


def _revoke(guide_id: UUID) -> str:
    token = active_token_of(guide_id)
    revoke_calendar_token(token, by=ISSUER)
    return f"revoked the {token}"


def _origin() -> str:
    """Return the origin of the console, from the settings if they name it."""
    origins: list[str] = settings.CSRF_TRUSTED_ORIGINS
    return origins[0] if origins else f"http://127.0.0.1:{settings.PORT}"
