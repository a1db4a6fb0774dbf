"""The filter of the list of conflicts, and the forms of their pages."""

from typing import Any

from django import forms
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


class ResolveForm(forms.Form):
    """The chosen option, the notes, and whether warnings are overridden."""

    option = forms.UUIDField()
    notes = forms.CharField(required=False, max_length=4000)
    override_warnings = forms.BooleanField(required=False)
    accept_until = forms.DateTimeField(required=False)


class WithdrawForm(forms.Form):
    """Why an acceptance is withdrawn."""

    notes = forms.CharField(required=False, max_length=4000)
