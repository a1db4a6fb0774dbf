"""What every page of the console that is no list of a table has in common."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.views import View

from scheduling.daily_schedules.authors import Author, AuthorKind


class ConsolePage(View):
    """A page below /admin/, for people who are signed in and have `permission`.

    Another method than GET takes the permission in `permissions`, by its name in upper case, if there is one.
    """

    template_name: ClassVar[str]
    permission: ClassVar[str]
    permissions: ClassVar[Mapping[str, str]] = {}

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        needed = self.permissions.get(request.method or "GET", self.permission)
        if not request.user.has_perm(needed):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def show(self, title: str, *, status: int = 200, template: str = "", **context: Any) -> HttpResponse:
        """Return the page, or a part of it by another template, with what the frame around it needs."""
        frame = admin.site.each_context(self.request) | {"title": title}
        return TemplateResponse(self.request, template or self.template_name, frame | context, status=status)

    def author(self, cause: str) -> Author:
        """Return the person at the page as the author of a write, and what they did as its cause.

        The history is in English, whatever language the person reads.
        """
        return Author(AuthorKind.DISPATCHER, self.request.user.get_username(), cause)


def page(route: str, view: type[ConsolePage], name: str) -> URLPattern:
    """Return the address of a page, behind the console's sign-in."""
    return path(route, admin.site.admin_view(view.as_view()), name=name)
