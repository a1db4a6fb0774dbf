"""The sidebar and the tabs of the console, with the permission that each page requires."""

from collections.abc import Callable, Sequence
from functools import cache, partial
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise, lazy
from django.utils.translation import gettext_lazy as _

Entry = dict[str, Any]

address_of = lazy(cache(reverse), str)
"""The address of a page by its name, when asked for: on every page the theme compares each entry with each tab."""


def sidebar() -> list[Entry]:
    """Return the groups of links. A group without a permitted page is hidden."""
    return [
        {"items": [{"title": _("Home"), "icon": "home", "link": address_of("admin:index")}]},
        _group(
            _("Planning"),
            {
                "title": _("Board"),
                "icon": "view_timeline",
                "link": address_of("console:board"),
                "permission": may_view("scheduling.dailyschedule"),
            },
            _page(_("Daily schedules"), "scheduling.dailyschedule", "calendar_month"),
            {
                "title": _("Guides"),
                "icon": "groups",
                "link": address_of("console:guides"),
                "permission": may_view("scheduling.dailyschedule"),
            },
            _page(_("Schedule requests"), "scheduling.schedulerequest", "inbox_customize"),
            {
                "title": _("Proposals"),
                "icon": "compare_arrows",
                "link": address_of("console:proposals"),
                "permission": may_view("scheduling.dailyschedule"),
            },
            _page(_("Optimization runs"), "optimization.optimizationrun", "speed"),
            {
                "title": _("Handover"),
                "icon": "assignment_turned_in",
                "link": address_of("console:handover"),
                "permission": may_view("scheduling.dailyschedule"),
            },
        ),
        _group(
            _("Needs attention"),
            _REVIEW | {"title": _("Conflicts"), "icon": "crisis_alert"},
            _page(_("Dead letters"), "events.deadletter", "unsubscribe"),
            _page(_("Hazards"), "scheduling.hazard", "warning"),
            _page(_("Siblings' answers"), "scheduling.lastgoodanswer", "troubleshoot"),
        ),
        _group(
            _("Records"),
            _page(_("Reservations"), "scheduling.reservation", "confirmation_number"),
            _page(_("History"), "scheduling.schedulerevision", "history"),
        ),
        _group(
            _("Messaging"),
            _page(_("Outbox"), "events.outboxmessage", "outbox"),
            _page(_("Inbox"), "events.inboxmessage", "inbox"),
        ),
        _group(
            _("Administration"),
            _page(_("Users"), "auth.user", "person"),
            _page(_("Groups"), "auth.group", "group"),
            _page(_("Calendar tokens"), "scheduling.calendartoken", "key"),
            _page(_("Periodic tasks"), "django_celery_beat.periodictask", "schedule"),
        ),
    ]


def tabs() -> list[Entry]:
    """Return the tabs of related lists, each under one entry of the sidebar."""
    return [
        _tabs(
            (_("Requests"), "scheduling.schedulerequest"),
            (_("Processing"), "scheduling.requestjob"),
            (_("Outcomes"), "scheduling.requestoutcome"),
        ),
        _tabs((_("Runs"), "optimization.optimizationrun"), (_("Nights"), "optimization.night")),
        _tabs(
            (_("All conflicts"), "conflicts.scheduleconflict"),
            (_("Resolutions"), "conflicts.conflictresolution"),
            (_("Accepted risks"), "conflicts.riskacceptance"),
            before=[_REVIEW | {"title": _("Review")}],
        ),
        _tabs(
            (_("Reservations"), "scheduling.reservation"),
            (_("Guide commitments"), "scheduling.guidecommitment"),
            (_("Catalog ids"), "scheduling.departurealias"),
        ),
        _tabs(
            (_("Tasks"), "django_celery_beat.periodictask"),
            (_("Crontabs"), "django_celery_beat.crontabschedule"),
            (_("Intervals"), "django_celery_beat.intervalschedule"),
        ),
    ]


def may_view(model: str) -> Callable[[HttpRequest], bool]:
    """Return a predicate: may the user of a request view the rows of `model` ("app.model")?"""
    return partial(_has_view_permission, model)


def list_of(model: str) -> Any:
    """Return the URL of the list of `model` ("app.model")."""
    return address_of(f"admin:{model.replace('.', '_')}_changelist")


def _has_view_permission(model: str, request: HttpRequest) -> bool:
    app, name = model.split(".")
    # The permission to change rows includes viewing them.
    return request.user.has_perm(f"{app}.view_{name}") or request.user.has_perm(f"{app}.change_{name}")


def _group(title: str | Promise, *pages: Entry) -> Entry:
    return {"title": title, "separator": True, "items": list(pages)}


def _page(title: str | Promise, model: str, icon: str) -> Entry:
    return {"title": title, "icon": icon, "link": list_of(model), "permission": may_view(model)}


def _tabs(*pages: tuple[str | Promise, str], before: Sequence[Entry] = ()) -> Entry:
    lists = [{"title": title, "link": list_of(model), "permission": may_view(model)} for title, model in pages]
    return {"models": [model for _title, model in pages], "items": [*before, *lists]}


_REVIEW: Entry = {"link": address_of("console:review"), "permission": may_view("conflicts.scheduleconflict")}
