"""The home page of the console: today and tomorrow, open work, and the latest optimization runs."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, F, Q
from django.db.models.fields.json import KeyTextTransform
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.timesince import timesince

from conflicts.choices import SEVERITY_LABELS
from conflicts.detection import Severity
from conflicts.models import MonitorPass, ScheduleConflict
from conflicts.monitoring.passes import is_overdue, last_complete_pass, last_finished_pass
from events.models import DeadLetter, OutboxMessage
from novatrek_scheduling.console.days import company_day
from novatrek_scheduling.console.navigation import list_of, may_view
from optimization.models import OptimizationRun
from scheduling.admin.region_names import region_list, region_name
from scheduling.domain.document import Departure, DepartureStatus
from scheduling.models import DailySchedule, Hazard, LastGoodAnswer, RequestStatus, ScheduleRequest

A_DAY = timedelta(days=1)
RUNS_SHOWN = 6

Values = dict[str, Any]


def dashboard_context(request: HttpRequest, context: Values) -> Values:
    """Extend the context of the page by the figures of those tables that the user may view."""
    context["title"] = "Today and tomorrow"
    if may_view("scheduling.dailyschedule")(request):
        context["days"] = _days()
    if may_view("conflicts.scheduleconflict")(request):
        context["monitors"] = _monitors()
    context["figures"] = list(_figures(request))
    if may_view("optimization.optimizationrun")(request):
        context["runs"] = [_run(run) for run in _latest_runs()]
        context["runs_list"] = list_of("optimization.optimizationrun")
    return context


def _days() -> list[Values]:
    today = company_day()
    dates = {"Today": today, "Tomorrow": today + A_DAY}
    stored = {
        schedule.schedule_date: schedule for schedule in DailySchedule.objects.filter(schedule_date__in=dates.values())
    }
    return [{"name": name, "day": day, **_day(stored.get(day), day)} for name, day in dates.items()]


def _day(schedule: DailySchedule | None, day: date) -> Values:
    if schedule is None:
        return {"departures": 0}
    departures = list(schedule.document.departures.values())
    going = [departure for departure in departures if departure.status is not DepartureStatus.CANCELLED]
    staffed = [departure for departure in going if departure.team]
    return {
        "link": f"{reverse('console:board')}?{urlencode({'date': day.isoformat()})}",
        "departures": len(departures),
        "statuses": _by_status(departures),
        "staffed": len(staffed),
        "going": len(going),
        "percentage": round(100 * len(staffed) / len(going)) if going else 100,
        "served": sum(departure.participants for departure in staffed),
        "guests": sum(departure.participants for departure in going),
        "guides": len({guide for departure in staffed for guide in departure.guide_ids}),
        "to_publish": _to_publish(departures),
        "unstaffed": [_unstaffed(departure) for departure in going if not departure.team],
    }


def _by_status(departures: list[Departure]) -> list[str]:
    counted = Counter(departure.status for departure in departures)
    return [
        f"{counted[status]} {status.value.replace('_', ' ').lower()}" for status in DepartureStatus if counted[status]
    ]


def _to_publish(departures: list[Departure]) -> str:
    count = sum(departure.has_unpublished_changes for departure in departures)
    return f"{count} to publish" if count else ""


def _unstaffed(departure: Departure) -> str:
    return f"{departure.starts_at:%H:%M} {departure.trip_name}, {region_name(departure.region_id)}"


def _monitors() -> Values:
    """Say when everything that departures rest on was last read and judged, and what the last pass did not read."""
    now, complete, finished = timezone.now(), last_complete_pass(), last_finished_pass()
    last = f"last complete pass {_ago(complete, now)}" if complete else "no complete pass yet"
    missed = finished.not_read if finished else []
    return {"text": f"Monitors: {last}", "not_read": missed, "is_pressing": is_overdue(complete, now) or bool(missed)}


def _ago(monitor_pass: MonitorPass, now: datetime) -> str:
    return f"{timesince(monitor_pass.completed_at or now, now, depth=1)} ago"


def _figures(request: HttpRequest) -> Iterator[Values]:
    """Yield a card for each kind of open work, the most urgent first."""
    for model, figure_of in (
        ("conflicts.scheduleconflict", _open_conflicts),
        ("scheduling.schedulerequest", _open_requests),
        ("scheduling.hazard", _hazards),
        ("scheduling.lastgoodanswer", _doubted_answers),
        ("events.deadletter", _dead_letters),
        ("events.outboxmessage", _outbox),
    ):
        if may_view(model)(request):
            yield figure_of(str(list_of(model)))


def _open_conflicts(link: str) -> Values:
    by_severity = ScheduleConflict.objects.open().values(level=KeyTextTransform("severity", "details"))
    counted = dict(by_severity.annotate(count=Count("pk")).values_list("level", "count"))
    parts = [(SEVERITY_LABELS[severity], counted[severity]) for severity in reversed(Severity) if counted.get(severity)]
    is_pressing = any(counted.get(severity) for severity in (Severity.HIGH, Severity.CRITICAL))
    open_only = f"{link}?{urlencode({'resolved__exact': 0})}"
    return _figure("Open conflicts", sum(counted.values()), open_only, parts, is_pressing=is_pressing)


def _open_requests(link: str) -> Values:
    since = timezone.now() - A_DAY
    counted = ScheduleRequest.objects.aggregate(
        pending=Count("pk", Q(status=RequestStatus.PENDING)),
        processing=Count("pk", Q(status=RequestStatus.PROCESSING)),
        failed=Count("pk", Q(status=RequestStatus.FAILED, created_at__gte=since)),
    )
    parts = [
        ("pending", counted["pending"]),
        ("processing", counted["processing"]),
        ("failed in 24 h", counted["failed"]),
    ]
    count = counted["pending"] + counted["processing"]
    return _figure("Open requests", count, link, parts, is_pressing=bool(counted["failed"]))


def _hazards(link: str) -> Values:
    now = timezone.now()
    counted = Hazard.objects.in_force(now, now + A_DAY).aggregate(
        count=Count("pk"), closing=Count("pk", Q(closes_trails=True))
    )
    in_force = f"{link}?{urlencode({'force': 'in_force'})}"
    parts = [("closing trails", counted["closing"])]
    return _figure("Hazards in force", counted["count"], in_force, parts, is_pressing=bool(counted["closing"]))


def _doubted_answers(link: str) -> Values:
    doubted = LastGoodAnswer.objects.exclude(suspicion="")
    counted = dict(doubted.values("sibling").annotate(count=Count("pk")).values_list("sibling", "count"))
    parts = [(sibling, count) for sibling, count in sorted(counted.items())]
    doubted_only = f"{link}?{urlencode({'state': 'doubted'})}"
    return _figure("Answers not believed", sum(counted.values()), doubted_only, parts, is_pressing=bool(counted))


def _dead_letters(link: str) -> Values:
    counted = DeadLetter.objects.open().aggregate(count=Count("pk"), sources=Count("source", distinct=True))
    open_only = f"{link}?{urlencode({'settled': 'open'})}"
    parts = [("sources" if counted["sources"] > 1 else "source", counted["sources"])]
    return _figure("Dead letters", counted["count"], open_only, parts, is_pressing=bool(counted["count"]))


def _outbox(link: str) -> Values:
    counted = OutboxMessage.objects.unsent().aggregate(
        waiting=Count("pk", Q(attempts=0)), retried=Count("pk", Q(attempts__gt=0))
    )
    parts = [("waiting", counted["waiting"]), ("being retried", counted["retried"])]
    count = counted["waiting"] + counted["retried"]
    return _figure("Messages to send", count, link, parts, is_pressing=bool(counted["retried"]))


def _figure(title: str, count: int, link: str, parts: list[tuple[str, int]], *, is_pressing: bool) -> Values:
    counts = ", ".join(f"{number} {name}" for name, number in parts if number)
    return {"title": title, "count": count, "link": link, "details": counts, "is_pressing": is_pressing}


def _latest_runs() -> list[OptimizationRun]:
    newest = OptimizationRun.objects.select_related("detail").order_by(F("started_at").desc())
    return list(newest[:RUNS_SHOWN])


def _run(run: OptimizationRun) -> Values:
    detail = getattr(run, "detail", None)
    return {
        "link": reverse("admin:optimization_optimizationrun_change", args=[run.pk]),
        "day": run.schedule_date,
        "subject": region_list(detail.region_ids) or detail.get_subject_display() if detail else "",
        "status": run.get_status_display(),
        "score": run.score,
        "unstaffed": detail.unstaffed if detail else "",
        "started_at": run.started_at,
    }
