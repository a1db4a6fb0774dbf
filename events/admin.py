"""Outgoing messages, received events and dead letters in the console."""

import json
from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.admin import ModelAdmin
from unfold.decorators import display

from events.bounded_paginator import BoundedPaginator
from events.dead_letters import discard, replay
from events.models import DeadLetter, DeadLetterQuerySet, InboxMessage, OutboxMessage
from novatrek_scheduling.errors import DomainError

SETTLE_PERMISSION = "events.settle_deadletter"


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


class DeliveryStateFilter(admin.SimpleListFilter):
    """A filter by the delivery state of an outgoing message."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("waiting", "Waiting"), ("retrying", "Being retried"), ("sent", "Sent"), ("failed", "Failed")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        unsent = queryset.filter(sent_at=None, failed_at=None)
        states: dict[str | None, QuerySet[Any]] = {
            "waiting": unsent.filter(attempts=0),
            "retrying": unsent.filter(attempts__gt=0),
            "sent": queryset.filter(sent_at__isnull=False),
            "failed": queryset.filter(failed_at__isnull=False),
        }
        return states.get(self.value(), queryset)


class DeadLetterStateFilter(admin.SimpleListFilter):
    """A filter by the state of a dead letter."""

    title = "state"
    parameter_name = "settled"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("open", "Open"), ("replayed", "Replayed"), ("discarded", "Discarded")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        states: dict[str | None, QuerySet[Any]] = {
            "open": queryset.filter(replayed_at=None, discarded_at=None),
            "replayed": queryset.filter(replayed_at__isnull=False),
            "discarded": queryset.filter(discarded_at__isnull=False),
        }
        return states.get(self.value(), queryset)


@admin.register(OutboxMessage)
class OutboxMessageAdmin(ViewOnly):
    list_display = ["id", "destination", "kind", "key", "state", "attempts", "created_at"]
    list_filter = [DeliveryStateFilter, "destination", "created_at"]
    search_fields = ["key", "kind", "url", "last_error"]
    search_help_text = "Key, kind, address or error"
    ordering = ["-id"]
    exclude = ["payload", "body", "headers"]
    readonly_fields = ["sent_payload"]

    @display(description="State", label={"sent": "success", "failed": "danger", "being retried": "warning"})  # type: ignore[untyped-decorator]
    def state(self, message: OutboxMessage) -> str:
        if message.sent_at:
            return "sent"
        if message.failed_at:
            return "failed"
        return "being retried" if message.attempts else "waiting"

    @admin.display(description="Payload")
    def sent_payload(self, message: OutboxMessage) -> SafeString:
        return _payload_text(message.payload, message.body)


@admin.register(InboxMessage)
class InboxMessageAdmin(ViewOnly):
    list_display = ["received_at", "event_type", "event_id", "topic", "partition", "offset", "produced_at"]
    list_filter = ["event_type", "received_at"]
    search_fields = ["=event_id", "topic"]
    search_help_text = "Event id or topic"
    ordering = ["-received_at"]


@admin.register(DeadLetter)
class DeadLetterAdmin(ViewOnly):
    list_display = ["id", "source", "key", "reason", "state", "recorded_at", "settled_by"]
    list_filter = [DeadLetterStateFilter, "source", "recorded_at"]
    search_fields = ["key", "source", "reason"]
    search_help_text = "Key, source or reason"
    ordering = ["-id"]
    exclude = ["payload", "original"]
    readonly_fields = ["stored_payload"]
    actions = ["replay_chosen", "discard_chosen"]

    def has_settle_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(SETTLE_PERMISSION)

    @display(description="State", label={"open": "danger", "replayed": "success", "discarded": "info"})  # type: ignore[untyped-decorator]
    def state(self, dead_letter: DeadLetter) -> str:
        if dead_letter.is_open:
            return "open"
        return "replayed" if dead_letter.replayed_at else "discarded"

    @admin.display(description="Closed by")
    def settled_by(self, dead_letter: DeadLetter) -> str:
        return dead_letter.replayed_by or dead_letter.discarded_by

    @admin.display(description="Payload")
    def stored_payload(self, dead_letter: DeadLetter) -> SafeString:
        return _payload_text(dead_letter.payload, dead_letter.original)

    @admin.action(description="Replay", permissions=["settle"])
    def replay_chosen(self, request: HttpRequest, queryset: DeadLetterQuerySet) -> None:
        self._close(request, queryset, replay, "Replayed")

    @admin.action(description="Discard", permissions=["settle"])
    def discard_chosen(self, request: HttpRequest, queryset: DeadLetterQuerySet) -> None:
        self._close(request, queryset, discard, "Discarded")

    def _close(self, request: HttpRequest, selected: DeadLetterQuerySet, close: Callable[..., None], done: str) -> None:
        # Oldest first: replays repeat the original order.
        for dead_letter in selected.order_by("id"):
            try:
                close(dead_letter, by=request.user.get_username())
            except DomainError as error:
                self.message_user(request, error.message, messages.WARNING)
            else:
                self.log_change(request, dead_letter, done)
                self.message_user(request, f"{done}: dead letter {dead_letter.pk} from {dead_letter}.")


def _payload_text(payload: Any, original: bytes | memoryview | None) -> SafeString:
    text = json.dumps(payload, indent=2, ensure_ascii=False)
    if payload in (None, {}) and original is not None:
        text = bytes(original).decode(errors="replace")
    return format_html('<pre class="whitespace-pre-wrap">{}</pre>', text)
