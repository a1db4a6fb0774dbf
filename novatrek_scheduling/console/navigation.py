"""The sidebar and the tabs of the console, with the permission that each page requires."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from django.http import HttpRequest
from django.urls import reverse_lazy

Entry = dict[str, Any]


def sidebar() -> list[Entry]:
    """Return the groups of links. A group without a permitted page is hidden."""
    return [
        {"items": [{"title": "Home", "icon": "home", "link": reverse_lazy("admin:index")}]},
        _group(
            "Planning",
            {
                "title": "Board",
                "icon": "view_timeline",
                "link": reverse_lazy("console:board"),
                "permission": may_view("scheduling.dailyschedule"),
            },
            _page("Daily schedules", "scheduling.dailyschedule", "calendar_month"),
            _page("Schedule requests", "scheduling.schedulerequest", "inbox_customize"),
            {
                "title": "Proposals",
                "icon": "compare_arrows",
                "link": reverse_lazy("console:proposals"),
                "permission": may_view("scheduling.dailyschedule"),
            },
            _page("Optimization runs", "optimization.optimizationrun", "speed"),
            {
                "title": "Handover",
                "icon": "assignment_turned_in",
                "link": reverse_lazy("console:handover"),
                "permission": may_view("scheduling.dailyschedule"),
            },
        ),
        _group(
            "Needs attention",
            _REVIEW | {"title": "Conflicts", "icon": "crisis_alert"},
            _page("Dead letters", "events.deadletter", "unsubscribe"),
            _page("Hazards", "scheduling.hazard", "warning"),
            _page("Siblings' answers", "scheduling.lastgoodanswer", "troubleshoot"),
        ),
        _group(
            "Records",
            _page("Reservations", "scheduling.reservation", "confirmation_number"),
            _page("History", "scheduling.schedulerevision", "history"),
        ),
        _group(
            "Messaging",
            _page("Outbox", "events.outboxmessage", "outbox"),
            _page("Inbox", "events.inboxmessage", "inbox"),
        ),
        _group(
            "Administration",
            _page("Users", "auth.user", "person"),
            _page("Groups", "auth.group", "group"),
            _page("Calendar tokens", "scheduling.calendartoken", "key"),
            _page("Periodic tasks", "django_celery_beat.periodictask", "schedule"),
        ),
    ]


def tabs() -> list[Entry]:
    """Return the tabs of related lists, each under one entry of the sidebar."""
    return [
        _tabs(
            ("Requests", "scheduling.schedulerequest"),
            ("Processing", "scheduling.requestjob"),
            ("Outcomes", "scheduling.requestoutcome"),
        ),
        _tabs(("Runs", "optimization.optimizationrun"), ("Nights", "optimization.night")),
        _tabs(
            ("All conflicts", "conflicts.scheduleconflict"),
            ("Resolutions", "conflicts.conflictresolution"),
            ("Accepted risks", "conflicts.riskacceptance"),
            before=[_REVIEW | {"title": "Review"}],
        ),
        _tabs(
            ("Reservations", "scheduling.reservation"),
            ("Guide commitments", "scheduling.guidecommitment"),
            ("Catalog ids", "scheduling.departurealias"),
        ),
        _tabs(
            ("Tasks", "django_celery_beat.periodictask"),
            ("Crontabs", "django_celery_beat.crontabschedule"),
            ("Intervals", "django_celery_beat.intervalschedule"),
        ),
    ]


def may_view(model: str) -> Callable[[HttpRequest], bool]:
    """Return a predicate: may the user of a request view the rows of `model` ("app.model")?"""
    return partial(_has_view_permission, model)


def list_of(model: str) -> Any:
    """Return the URL of the list of `model` ("app.model")."""
    return reverse_lazy(f"admin:{model.replace('.', '_')}_changelist")


def _has_view_permission(model: str, request: HttpRequest) -> bool:
    app, name = model.split(".")
    # The permission to change rows includes viewing them.
    return request.user.has_perm(f"{app}.view_{name}") or request.user.has_perm(f"{app}.change_{name}")


def _group(title: str, *pages: Entry) -> Entry:
    return {"title": title, "separator": True, "items": list(pages)}


def _page(title: str, model: str, icon: str) -> Entry:
    return {"title": title, "icon": icon, "link": list_of(model), "permission": may_view(model)}


def _tabs(*pages: tuple[str, str], before: Sequence[Entry] = ()) -> Entry:
    lists = [{"title": title, "link": list_of(model), "permission": may_view(model)} for title, model in pages]
    return {"models": [model for _title, model in pages], "items": [*before, *lists]}


_REVIEW: Entry = {"link": reverse_lazy("console:review"), "permission": may_view("conflicts.scheduleconflict")}
