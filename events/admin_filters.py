"""The filters of outgoing messages, received events and dead letters.

Values that a filter offers are those that the service can write: to find out which ones a table has, all of it would be
read each time its list is opened.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from events import kafka, schemas
from events.outbox import DEAD_LETTER_SOURCE, destinations
from novatrek_scheduling.readable import spelled


class DeliveryStateFilter(admin.SimpleListFilter):
    """A filter by the delivery state of an outgoing message."""

    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [
            ("waiting", capfirst(_("waiting"))),
            ("retrying", capfirst(_("being retried"))),
            ("sent", capfirst(_("sent"))),
            ("failed", capfirst(_("failed"))),
        ]

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

    title = gettext_lazy("state")
    parameter_name = "settled"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [
            ("open", capfirst(_("open"))),
            ("replayed", capfirst(_("replayed"))),
            ("discarded", capfirst(_("discarded"))),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        states: dict[str | None, QuerySet[Any]] = {
            "open": queryset.filter(replayed_at=None, discarded_at=None),
            "replayed": queryset.filter(replayed_at__isnull=False),
            "discarded": queryset.filter(discarded_at__isnull=False),
        }
        return states.get(self.value(), queryset)


class _ValueFilter(admin.SimpleListFilter, ABC):
    """A filter by one of the known values of the column `parameter_name`."""

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return sorted(self.known(), key=lambda choice: choice[1])

    @abstractmethod
    def known(self) -> Iterator[tuple[str, str]]:
        """Yield each value with its words."""

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(**{str(self.parameter_name): self.value()}) if self.value() else queryset


class DestinationFilter(_ValueFilter):
    """A filter by where an outgoing message goes."""

    title = gettext_lazy("destination")
    parameter_name = "destination"

    def known(self) -> Iterator[tuple[str, str]]:
        return ((destination.name, destination.name) for destination in destinations())


class EventTypeFilter(_ValueFilter):
    """A filter by the type of a received event."""

    title = gettext_lazy("event type")
    parameter_name = "event_type"

    def known(self) -> Iterator[tuple[str, str]]:
        kinds = map(schemas.event_type_of, kafka.RECEIVED_TOPICS)
        return ((kind, capfirst(_(spelled(kind)))) for kind in kinds)


class SourceFilter(_ValueFilter):
    """A filter by where a dead letter comes from: a topic, or the outbox."""

    title = gettext_lazy("source")
    parameter_name = "source"

    def known(self) -> Iterator[tuple[str, str]]:
        return ((source, source) for source in (DEAD_LETTER_SOURCE, *kafka.RECEIVED_TOPICS))
