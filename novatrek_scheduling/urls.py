"""Every address: the API with its documentation, the console, health and metrics."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path, re_path
from django.views.generic import RedirectView
from django.views.i18n import set_language
from drf_spectacular.views import (
    SpectacularAPIView,
    SpectacularRedocView,
    SpectacularSwaggerSplitView,
)

from novatrek_scheduling.api import error_pages
from novatrek_scheduling.operations import health, metrics
from scheduling.urls import former_addresses

# Before the addresses of the console: no other process has its pages loaded.
admin.autodiscover()

# Pages to read: their renderers have nothing to show for OPTIONS.
READING = {"http_method_names": ["get", "head"]}
documentation: list[URLPattern] = [
    path("openapi.yaml", SpectacularAPIView.as_view(**READING), name="openapi"),
    path("docs", SpectacularSwaggerSplitView.as_view(url_name="openapi", **READING), name="docs"),
    path(
        "redoc",
        SpectacularRedocView.as_view(url_name="openapi", template_name="api/redoc.html", **READING),
        name="redoc",
    ),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("", RedirectView.as_view(pattern_name="admin:index")),
    # The theme knows it by this name.
    path("admin/language/", set_language, name="set_language"),
    path("admin/", include("novatrek_scheduling.console.urls")),
    path("admin/", admin.site.urls),
    path("scheduling/v1/", include("scheduling.urls")),
    path("scheduling/v1/", include("conflicts.urls")),
    path("scheduling/v1/", include("optimization.urls")),
    path("scheduling/v1/", include("events.urls")),
    path("scheduling/v1/", include(documentation)),
    path("api/v1/", include(former_addresses)),
    path("health/live", health.live, name="live"),
    path("health/ready", health.ready, name="ready"),
    path("metrics", metrics.expose, name="metrics"),
    # In DEBUG too, where Django would respond to an unknown address with a page of its own.
    re_path(r"^scheduling(?:/.*)?$", error_pages.unknown_address),
]

handler400 = error_pages.bad_request
handler403 = error_pages.permission_denied
handler404 = error_pages.not_found
handler500 = error_pages.server_error
