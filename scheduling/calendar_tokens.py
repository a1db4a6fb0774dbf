"""Who may read a guide's calendar: whoever has the guide's one active token, until it is revoked."""

import hashlib
import secrets
from urllib.parse import urlencode
from uuid import UUID

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from novatrek_scheduling.errors import Conflicting, Unknown
from scheduling.models import CalendarToken

TOKEN_BYTES = 32


class CalendarTokenIssued(Conflicting):
    """Somebody else issued a token for the same guide at the same moment."""

    code = "CALENDAR_TOKEN_ISSUED"


class CalendarTokenRevoked(Conflicting):
    """The guide has no token to revoke, or it is revoked already."""

    code = "CALENDAR_TOKEN_REVOKED"


class UnknownCalendar(Unknown):
    """No such guide, or not with this token: which of the two is nobody's business."""

    code = "UNKNOWN_CALENDAR"


def issue_calendar_token(guide_id: UUID, *, guide_name: str, by: str) -> str:
    """Give a guide a new token in place of the former one, and return it: it is not readable afterwards.

    Raises CalendarTokenIssued when somebody else did so at the same moment; then theirs holds.
    """
    token = secrets.token_urlsafe(TOKEN_BYTES)
    try:
        with transaction.atomic():
            _revoke(guide_id, by=by)
            CalendarToken.objects.create(
                guide_id=guide_id, guide_name=guide_name, digest=digest_of(token), created_by=by
            )
    except IntegrityError as error:
        raise CalendarTokenIssued(f"Somebody else just issued a calendar token for {guide_name}.") from error
    return token


def revoke_calendar_token(guide_id: UUID, *, by: str) -> None:
    """End a guide's token; the calendar is unknown to whoever still has it. Raises CalendarTokenRevoked."""
    if not _revoke(guide_id, by=by):
        raise CalendarTokenRevoked(f"The guide {guide_id} has no active calendar token.")


def token_of(guide_id: str, token: str) -> CalendarToken:
    """The active token that opens a guide's calendar. Raises UnknownCalendar, always with the same words.

    It is looked up by its hash: how long that takes tells nothing of the token.
    """
    try:
        wanted = UUID(guide_id)
    except ValueError as error:
        raise _unknown() from error
    found = CalendarToken.objects.active().filter(guide_id=wanted, digest=digest_of(token)).first()
    if found is None:
        raise _unknown()
    return found


def path_of(guide_id: UUID, token: str) -> str:
    """Where a guide's calendar is on this host, with the token that opens it."""
    return f"{reverse('guide-calendar', args=[guide_id])}?{urlencode({'token': token})}"


def digest_of(token: str) -> str:
    return hashlib.sha256(token.encode(errors="surrogatepass")).hexdigest()


def _revoke(guide_id: UUID, *, by: str) -> int:
    active = CalendarToken.objects.active().filter(guide_id=guide_id)
    return active.update(revoked_at=timezone.now(), revoked_by=by)


def _unknown() -> UnknownCalendar:
    return UnknownCalendar("There is no such calendar, or not with this token.")
