"""Outgoing messages, received events and dead letters in the console."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.db.models import Model
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import ModelAdmin
from unfold.decorators import display

from events.admin_filters import (
    DeadLetterStateFilter,
    DeliveryStateFilter,
    DestinationFilter,
    EventTypeFilter,
    SourceFilter,
)
from events.bounded_paginator import BoundedPaginator
from events.dead_letters import discard, replay
from events.models import DeadLetter, DeadLetterQuerySet, InboxMessage, OutboxMessage
from novatrek_scheduling.errors import DomainError
from novatrek_scheduling.readable import Tones, as_sent, for_support, readable, spelled, written

SETTLE_PERMISSION = "events.settle_deadletter"
HEALTH_PERMISSION = "scheduling.view_guideentry"
ENTRIES = "guide_adjustments"
"""The part of a payload that guides entered."""


class ViewOnly(ModelAdmin):  # type: ignore[misc]
    """Read-only pages for rows that only the service writes."""

    list_per_page = 50
    paginator = BoundedPaginator
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(OutboxMessage)
class OutboxMessageAdmin(ViewOnly):
    list_display = ["created_at", "destination", "kind_in_words", "state", "attempts", "sent_at"]
    list_filter = [DeliveryStateFilter, DestinationFilter, "created_at"]
    search_fields = ["key", "kind", "url", "last_error"]
    search_help_text = gettext_lazy("Key, kind, address or error")
    ordering = ["-id"]
    fields = [
        "destination",
        "kind_in_words",
        "state",
        "created_at",
        "attempts",
        "next_attempt_at",
        "sent_at",
        "failed_at",
        "last_error",
        "sent_payload",
        "ids",
    ]

    @admin.display(description=gettext_lazy("kind"), ordering="kind")
    def kind_in_words(self, message: OutboxMessage) -> str:
        return _(spelled(message.kind))

    @display(  # type: ignore[untyped-decorator]
        description=gettext_lazy("state"), label=Tones(sent="success", failed="danger", **{"being retried": "warning"})
    )
    def state(self, message: OutboxMessage) -> str:
        if message.sent_at:
            return _("sent")
        if message.failed_at:
            return _("failed")
        return _("being retried") if message.attempts else _("waiting")

    @admin.display(description=gettext_lazy("content"))
    def sent_payload(self, message: OutboxMessage) -> SafeString:
        return _payload_text(message.payload, message.body)

    @admin.display(description=gettext_lazy("ids"))
    def ids(self, message: OutboxMessage) -> SafeString:
        return for_support([(_("message"), message.message_id), (_("key"), message.key), (_("address"), message.url)])


@admin.register(InboxMessage)
class InboxMessageAdmin(ViewOnly):
    list_display = ["received_at", "type_in_words", "topic", "partition", "offset", "produced_at"]
    list_filter = [EventTypeFilter, "received_at"]
    search_fields = ["=event_id", "topic"]
    search_help_text = gettext_lazy("Event id or topic")
    ordering = ["-received_at"]
    fields = ["type_in_words", "topic", "partition", "offset", "produced_at", "received_at", "ids"]

    @admin.display(description=gettext_lazy("event type"), ordering="event_type")
    def type_in_words(self, message: InboxMessage) -> str:
        return _(spelled(message.event_type))

    @admin.display(description=gettext_lazy("ids"))
    def ids(self, message: InboxMessage) -> SafeString:
        return for_support([(_("event"), message.event_id)])


@admin.register(DeadLetter)
class DeadLetterAdmin(ViewOnly):
    list_display = ["recorded_at", "source", "reason", "state", "settled_by"]
    list_filter = [DeadLetterStateFilter, SourceFilter, "recorded_at"]
    search_fields = ["key", "source", "reason"]
    search_help_text = gettext_lazy("Key, source or reason")
    ordering = ["-id"]
    actions = ["replay_chosen", "discard_chosen"]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """With what guides entered only for those who may read it: a refused patch may say why somebody is away."""
        payload = "stored_payload" if request.user.has_perm(HEALTH_PERMISSION) else "payload_without_entries"
        settled = ["replayed_at", "replayed_by", "discarded_at", "discarded_by"]
        return ["source", "reason", "state", "recorded_at", *settled, payload, "ids"]

    def has_settle_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(SETTLE_PERMISSION)

    @display(  # type: ignore[untyped-decorator]
        description=gettext_lazy("state"), label=Tones(open="danger", replayed="success", discarded="info")
    )
    def state(self, dead_letter: DeadLetter) -> str:
        if dead_letter.is_open:
            return _("open")
        return _("replayed") if dead_letter.replayed_at else _("discarded")

    @admin.display(description=gettext_lazy("closed by"))
    def settled_by(self, dead_letter: DeadLetter) -> str:
        return dead_letter.replayed_by or dead_letter.discarded_by

    @admin.display(description=gettext_lazy("content"))
    def stored_payload(self, dead_letter: DeadLetter) -> SafeString:
        return _payload_text(dead_letter.payload, dead_letter.original)

    @admin.display(description=gettext_lazy("content"))
    def payload_without_entries(self, dead_letter: DeadLetter) -> SafeString:
        return _payload_text(_without_entries(dead_letter.payload), dead_letter.original)

    @admin.display(description=gettext_lazy("ids"))
    def ids(self, dead_letter: DeadLetter) -> SafeString:
        return for_support([(_("number"), dead_letter.pk), (_("key"), dead_letter.key)])

    @admin.action(description=gettext_lazy("Replay"), permissions=["settle"])
    def replay_chosen(self, request: HttpRequest, queryset: DeadLetterQuerySet) -> None:
        self._close(request, queryset, replay, "Replayed", _("Replayed: dead letter %(number)s from %(source)s."))

    @admin.action(description=gettext_lazy("Discard"), permissions=["settle"])
    def discard_chosen(self, request: HttpRequest, queryset: DeadLetterQuerySet) -> None:
        self._close(request, queryset, discard, "Discarded", _("Discarded: dead letter %(number)s from %(source)s."))

    def _close(
        self, request: HttpRequest, selected: DeadLetterQuerySet, close: Callable[..., None], done: str, text: str
    ) -> None:
        """Close each; `done` is for Django's log, `text` for the person."""
        # Oldest first: replays repeat the original order.
        for dead_letter in selected.order_by("id"):
            try:
                close(dead_letter, by=request.user.get_username())
            except DomainError as error:
                self.message_user(request, error.message, messages.WARNING)
            else:
                self.log_change(request, dead_letter, done)
                self.message_user(request, text % {"number": dead_letter.pk, "source": dead_letter.source})


def _without_entries(payload: Any) -> Any:
    if isinstance(payload, list):
        return [_without_entries(item) for item in payload]
    if isinstance(payload, dict):
        return {key: _("not shown") if key == ENTRIES else _without_entries(item) for key, item in payload.items()}
    return payload


def _payload_text(payload: Any, original: bytes | memoryview | None) -> SafeString:
    if payload in (None, {}) and original is not None:
        return as_sent(bytes(original).decode(errors="replace"))
    return format_html("{}{}", readable(payload), as_sent(written(payload)))
