"""The filters of the list of conflicts."""

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from conflicts.choices import SEVERITY_LABELS
from conflicts.detection import Severity
from conflicts.models import ConflictQuerySet


class SeverityFilter(admin.SimpleListFilter):
    title = gettext_lazy("severity")
    parameter_name = "severity"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(severity.value, capfirst(_(SEVERITY_LABELS[severity]))) for severity in reversed(Severity)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        chosen = self.value()
        if chosen in set(Severity) and isinstance(queryset, ConflictQuerySet):
            return queryset.of_severity(chosen)
        return queryset


class StateFilter(admin.SimpleListFilter):
    """Open conflicts, unless others are asked for."""

    title = gettext_lazy("state")
    parameter_name = "resolved__exact"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("0", capfirst(_("open"))), ("1", capfirst(_("resolved"))), ("all", capfirst(_("all")))]

    def value(self) -> str:
        return super().value() or "0"

    def choices(self, changelist: ChangeList) -> Iterator[Any]:
        for value, title in self.lookup_choices:
            query = changelist.get_query_string({self.parameter_name: value})
            yield {"selected": self.value() == value, "query_string": query, "display": title}

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset if self.value() == "all" else queryset.filter(resolved=self.value() == "1")
