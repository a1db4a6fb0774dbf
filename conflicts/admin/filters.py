"""The filter of the list of conflicts."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from conflicts.choices import SEVERITY_LABELS
from conflicts.detection import Severity
from conflicts.models import ConflictQuerySet


class SeverityFilter(admin.SimpleListFilter):
    title = "severity"
    parameter_name = "severity"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(severity.value, SEVERITY_LABELS[severity]) for severity in reversed(Severity)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        chosen = self.value()
        if chosen in set(Severity) and isinstance(queryset, ConflictQuerySet):
            return queryset.of_severity(chosen)
        return queryset
