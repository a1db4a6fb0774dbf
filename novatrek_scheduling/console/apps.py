"""The console as an app of Django: its pages are loaded with the addresses, by the processes that serve them."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.contrib import admin
from django.contrib.admin.apps import SimpleAdminConfig
from django.contrib.admin.checks import check_admin_app, check_dependencies
from django.core import checks


class ConsoleConfig(SimpleAdminConfig):
    """Django's admin, whose pages neither a command nor a worker has a use for: they take half of its start."""

    def ready(self) -> None:
        checks.register(check_dependencies, checks.Tags.admin)
        checks.register(check_pages, checks.Tags.admin)


def check_pages(app_configs: Sequence[AppConfig] | None, **options: Any) -> Sequence[checks.CheckMessage]:
    """Load the pages of all apps, which no address has needed yet, and check them."""
    admin.autodiscover()
    return check_admin_app(app_configs, **options)
