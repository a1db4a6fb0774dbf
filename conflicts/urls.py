"""Addresses of the conflicts API, below /scheduling/v1/."""

from django.urls import URLPattern, URLResolver, path

from conflicts.views import ConflictsView, ResolveConflictView

urlpatterns: list[URLPattern | URLResolver] = [
    path("schedule-conflicts", ConflictsView.as_view(), name="schedule-conflicts"),
    path("schedule-conflicts/resolve", ResolveConflictView.as_view(), name="resolve-conflict"),
]
