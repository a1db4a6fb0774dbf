"""The count of nullified guide adjustments: optimizations once wiped them, unnoticed (NTK-10004)."""

from collections.abc import Iterator
from functools import partial
from uuid import UUID

import structlog
from django.db import transaction

from scheduling.daily_schedules.authors import Author
from scheduling.daily_schedules.changes import Change
from scheduling.domain.document import GuideAdjustments
from scheduling.metrics import guide_enrichment_nullified

ENRICHMENT = ("guide_notes", "guide_preferences")

logger = structlog.get_logger(__name__)


def count_nullified(change: Change, author: Author) -> None:
    """Count and log, once the write commits, each guide whose notes or preferences it emptied.

    The warning names date, guide, fields and author; never the values, which may be medical.
    """
    for guide_id, fields in nullified_in(change):
        transaction.on_commit(partial(_report, change, guide_id, fields, author))


def nullified_in(change: Change) -> Iterator[tuple[UUID, list[str]]]:
    """Yield the guides whose notes or preferences the change emptied, with the names of the fields."""
    after = change.after.guide_adjustments
    for guide_id, entered in sorted(change.before.guide_adjustments.items()):
        lost = sorted(_filled(entered) - _filled(after.get(guide_id)))
        if lost:
            yield guide_id, lost


def _filled(entered: GuideAdjustments | None) -> frozenset[str]:
    return frozenset(name for name in ENRICHMENT if not _is_empty(getattr(entered, name, None)))


def _is_empty(value: object) -> bool:
    # False and zero are values: a preference may be either.
    return value is None or value in ("", [], {}) or (isinstance(value, str) and not value.strip())


def _report(change: Change, guide_id: UUID, fields: list[str], author: Author) -> None:
    guide_enrichment_nullified.inc()
    logger.warning(
        "guide_enrichment_nullified",
        schedule_date=str(change.schedule.schedule_date),
        guide_id=str(guide_id),
        fields=fields,
        author=str(author),
        cause=author.cause,
    )
