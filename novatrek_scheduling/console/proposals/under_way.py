"""Who and what is at work on a date, wherever it was begun: proposals, optimizers, and the night."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from novatrek_scheduling.console.proposals.listing import ListedProposal, waiting_for
from novatrek_scheduling.console.proposals.texts import moment_text, regions_text
from optimization.models import Night, NightDate, OptimizationRun, RunDetail, RunStatus
from scheduling.admin.optimizing_banner import optimizer_texts

RUNS_LAST_AT_MOST = timedelta(hours=1)
"""A run that began before was abandoned, and housekeeping says so."""


@dataclass(frozen=True, slots=True)
class NightProgress:
    """How many of the night's dates, counted for each cluster of regions, are planned."""

    done: int
    of: int
    began: str

    @property
    def percent(self) -> int:
        return round(100 * self.done / self.of) if self.of else 0


@dataclass(frozen=True, slots=True)
class UnderWay:
    """Of one date. `optimizers` are those that are not the making of a proposal, which has its own progress."""

    waiting: tuple[ListedProposal, ...]
    optimizers: tuple[dict[str, Any], ...]
    night: NightProgress | None

    @property
    def is_busy(self) -> bool:
        """Whether something changes by the second."""
        return bool(self.optimizers or self.night) or any(proposal.progress for proposal in self.waiting)


@dataclass(frozen=True, slots=True)
class RunUnderWay:
    """An optimization that writes its plan: of the night, the API or a terminal."""

    day: date
    regions: str
    what: str
    began: str
    address: str


def read_under_way(day: date, now: datetime) -> UnderWay:
    """Return what is at work on a date at `now` (aware), in two queries."""
    waiting = waiting_for(day, now)
    making = {proposal.by for proposal in waiting if proposal.progress}
    optimizers = tuple(optimizer for optimizer in optimizer_texts(day) if optimizer["by"] not in making)
    return UnderWay(waiting, optimizers, night_under_way(day))


def night_under_way(day: date | None = None) -> NightProgress | None:
    """Return how far the night is, of `day` only where that is a date of it."""
    nights = Night.objects.filter(status=Night.Status.RUNNING)
    if day is not None:
        nights = nights.filter(first_day__lte=day, last_day__gte=day)
    counted = nights.annotate(
        of=Count("dates"), done=Count("dates", filter=Q(dates__status__in=NightDate.DONE))
    ).values_list("started_at", "done", "of")
    found = counted.first()
    return NightProgress(found[1], found[2], moment_text(found[0])) if found else None


def runs_under_way(now: datetime) -> tuple[RunUnderWay, ...]:
    """Return the runs that are under way at `now` and write what they find, the earliest first, in one query."""
    runs = OptimizationRun.objects.filter(status=RunStatus.RUNNING, started_at__gte=now - RUNS_LAST_AT_MOST)
    writing = runs.exclude(detail__subject=RunDetail.Subject.QUESTION)
    return tuple(map(_run, writing.select_related("detail").order_by("started_at")))


def _run(run: OptimizationRun) -> RunUnderWay:
    detail: RunDetail | None = getattr(run, "detail", None)
    region_ids: Iterable[str | UUID] = detail.region_ids if detail else ()
    return RunUnderWay(
        day=run.schedule_date,
        regions=regions_text(list(region_ids)),
        what=_("a schedule request") if detail and detail.subject == RunDetail.Subject.REQUEST else _("the date"),
        began=moment_text(run.started_at),
        address=reverse("admin:optimization_optimizationrun_change", args=[run.pk]),
    )
