"""Access to a guide's calendar: the guide's one active token, until it is revoked."""

import hashlib
import secrets
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from novatrek_scheduling.errors import Conflicting, Unknown
from scheduling.domain.facts import Guide
from scheduling.models import CalendarToken
from scheduling.models.calendar_tokens import CalendarTokenQuerySet
from scheduling.siblings import SiblingUnavailable
from scheduling.snapshot import UnknownGuide, look_up_guides

TOKEN_BYTES = 32
LONGEST_NAME = 200


class CalendarTokenIssued(Conflicting):
    """Another token was issued for the same guide at the same moment."""

    code = "CALENDAR_TOKEN_ISSUED"


class CalendarTokenRevoked(Conflicting):
    """The guide has no token to revoke, or it is revoked already."""

    code = "CALENDAR_TOKEN_REVOKED"


class UnknownCalendar(Unknown):
    """No such guide, or not with this token: the response does not disclose which of the two."""

    code = "UNKNOWN_CALENDAR"


@dataclass(frozen=True, slots=True)
class IssuedToken:
    """A token just issued, with its secret; the row stores only the hash."""

    row: CalendarToken
    secret: str = field(repr=False)

    @property
    def path(self) -> str:
        """The path of the guide's calendar on this host, with the token that opens it."""
        return f"{reverse('guide-calendar', args=[self.row.guide_id])}?{urlencode({'token': self.secret})}"


def issue_calendar_token(guide_id: UUID, *, guide_name: str, by: str) -> IssuedToken:
    """Issue a new token for a guide and revoke the former one. The secret cannot be read again afterwards.

    Raises CalendarTokenIssued when another token was issued at the same moment; that one is then the active one.
    """
    secret = secrets.token_urlsafe(TOKEN_BYTES)
    row = CalendarToken(
        guide_id=guide_id, guide_name=guide_name[:LONGEST_NAME], digest=digest_of(secret), created_by=by
    )
    try:
        with transaction.atomic():
            _revoke(CalendarToken.objects.filter(guide_id=guide_id), by=by)
            row.save(force_insert=True)
    except IntegrityError as error:
        raise CalendarTokenIssued(f"Another calendar token was just issued for {guide_name}.") from error
    return IssuedToken(row, secret)


def revoke_calendar_token(token: CalendarToken, *, by: str) -> None:
    """Revoke a token: it no longer opens the calendar. Raises CalendarTokenRevoked where it was revoked already."""
    if not _revoke(CalendarToken.objects.filter(pk=token.pk), by=by):
        raise CalendarTokenRevoked(f"The {token} was revoked already.")


def active_token_of(guide_id: UUID) -> CalendarToken:
    """Return the guide's active token. Raises CalendarTokenRevoked for a guide without one."""
    active = CalendarToken.objects.active().filter(guide_id=guide_id).first()
    if active is None:
        raise CalendarTokenRevoked(f"The guide {guide_id} has no active calendar token.")
    return active


def token_of(guide_id: str, token: str) -> CalendarToken:
    """Return the active token that opens a guide's calendar. Raises UnknownCalendar, always with the same message.

    It is looked up by its hash: the time that takes discloses nothing about the token.
    """
    try:
        parsed_id = UUID(guide_id)
    except ValueError as error:
        raise _unknown() from error
    active = CalendarToken.objects.active().filter(guide_id=parsed_id, digest=digest_of(token)).first()
    if active is None:
        raise _unknown()
    return active


def open_calendar(guide_id: str, token: str) -> CalendarToken:
    """Return the token that opens a guide's calendar, with the guide's name as it is now.

    svc-guide-management is asked, for no longer than names are worth: the calendar of a guide who is not active, or
    whom it does not know, is closed until it says otherwise. Its silence changes nothing. Raises UnknownCalendar.
    """
    active = token_of(guide_id, token)
    with suppress(SiblingUnavailable):
        _follow(active, _profile_of(active.guide_id))
    if active.stopped_at is not None:
        raise _unknown()
    return active


def _profile_of(guide_id: UUID) -> Guide | None:
    try:
        return look_up_guides([guide_id], deadline_seconds=settings.SNAPSHOT_DEADLINE_SECONDS["names"])[guide_id]
    except UnknownGuide:
        return None


def _follow(token: CalendarToken, guide: Guide | None) -> None:
    """Store what is known of the guide now; of several readers at once the last one's answer stays."""
    is_active = guide is not None and guide.is_active
    stopped_at = None if is_active else token.stopped_at or timezone.now()
    name = guide.name[:LONGEST_NAME] if guide else token.guide_name
    if (stopped_at, name) != (token.stopped_at, token.guide_name):
        token.stopped_at, token.guide_name = stopped_at, name
        token.save(update_fields=["stopped_at", "guide_name"])


def digest_of(token: str) -> str:
    """Return the SHA-256 of a token, in hex."""
    return hashlib.sha256(token.encode(errors="surrogatepass")).hexdigest()


def _revoke(tokens: CalendarTokenQuerySet, *, by: str) -> int:
    return tokens.active().update(revoked_at=timezone.now(), revoked_by=by)


def _unknown() -> UnknownCalendar:
    return UnknownCalendar("There is no such calendar, or not with this token.")
