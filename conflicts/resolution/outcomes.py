"""The outcome of a resolution: what was done, who has been told of it, and who will be."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from conflicts.choices import EventKind, ResolutionStatus, Strategy
from conflicts.history.recording import record
from conflicts.models import ConflictResolution
from conflicts.resolution.applications import Application
from scheduling.publication.notices import Notice
from scheduling.publication.previews import notices_due


@dataclass(frozen=True, slots=True)
class ResolutionOutcome:
    """The result of a resolution, as the API shows it."""

    conflict_id: UUID
    resolution_status: ResolutionStatus
    applied_strategy: Strategy
    downstream_updates: list[dict[str, Any]] = field(default_factory=list)
    new_conflicts_created: list[str] = field(default_factory=list)
    resolved_at: datetime | None = None
    told_on_publishing: list[dict[str, Any]] = field(default_factory=list)


def outcome_of(application: Application, resolution: ConflictResolution) -> ResolutionOutcome:
    """Return the outcome of an applied option, its messages as they are delivered by now."""
    days = [date.fromisoformat(day) for day in resolution.revisions]
    return ResolutionOutcome(
        conflict_id=resolution.conflict_id,
        resolution_status=ResolutionStatus(resolution.status),
        applied_strategy=Strategy(resolution.strategy),
        downstream_updates=list(map(_update, resolution.downstream)),
        new_conflicts_created=resolution.new_conflicts,
        resolved_at=resolution.resolved_at,
        told_on_publishing=[_told(notice) for notice in notices_due(days, application.option.departure_ids)],
    )


def _update(delivery: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in delivery.items() if name != "message_id"}


def _told(notice: Notice) -> dict[str, Any]:
    return {"guide_id": notice.guide_id, "kind": notice.kind, "text": notice.text}


def record_failure(application: Application, reason: str) -> ResolutionOutcome:
    """Record that an option could not be applied, and return that as the outcome."""
    now, strategy = timezone.now(), application.option.strategy
    with transaction.atomic():
        ConflictResolution.objects.create(
            conflict=application.conflict,
            option_id=application.option.id,
            strategy=strategy,
            status=ResolutionStatus.FAILED,
            resolved_by=application.by,
            notes=reason,
            is_override=application.is_override,
            resolved_at=now,
        )
        record(EventKind.FAILED, application.conflict, now=now, by=application.by, strategy=strategy, reason=reason)
    return ResolutionOutcome(application.conflict.pk, ResolutionStatus.FAILED, application.option.strategy)
