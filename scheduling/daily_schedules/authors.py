"""The author of a write, for the history and for the trigger that guards guide adjustments."""

import json
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from django.db import connection

from novatrek_scheduling.pgpool.prepared import prepared_cursor
from scheduling.models.triggers import AUTHOR, PRINCIPAL


class AuthorKind(StrEnum):
    REQUEST = "request"
    NIGHTLY_OPTIMIZATION = "nightly optimization"
    OPTIMIZATION = "optimization"
    DISPATCHER = "dispatcher"
    GUIDE_MANAGEMENT = "guide-management"
    RESOLUTION = "resolution"
    EVENT = "event"
    CATALOG = "catalog"
    CLOCK = "clock"
    MONITOR = "monitor"


@dataclass(frozen=True, slots=True)
class Author:
    """The author of a write: the subject of a token, a person's name or a process. `cause` is why it was made."""

    kind: AuthorKind
    subject: str
    cause: str = ""
    process: str = ""
    run_id: UUID | None = None

    def __str__(self) -> str:
        return f"{self.subject} ({self.kind})"


def set_author(author: Author, *, lock_timeout_ms: int | None = None) -> None:
    """Set the author of what follows, and how long it may wait for a lock, in PostgreSQL until the transaction ends.

    The principal that owns guide adjustments is nobody until it is set.
    """
    columns = {
        "kind": author.kind.value,
        "subject": author.subject,
        "cause": author.cause,
        "process": author.process,
    }
    if author.run_id:
        columns["run_id"] = str(author.run_id)
    settings = {AUTHOR: json.dumps(columns), PRINCIPAL: ""}
    if lock_timeout_ms is not None:
        settings["lock_timeout"] = str(lock_timeout_ms)
    with prepared_cursor() as cursor:
        cursor.execute(
            "SELECT set_config(name, value, true) FROM unnest(%s::text[], %s::text[]) AS settings (name, value)",
            [list(settings), list(settings.values())],
        )


def set_principal(principal: str) -> None:
    """Set the principal that owns guide adjustments until the transaction ends, or unset it by an empty one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config(%s, %s, true)", [PRINCIPAL, principal])
