"""Times of the console are the company's, wherever they are not local to a departure."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone

from novatrek_scheduling.company_time import company_zone
from novatrek_scheduling.console.addresses import is_of_the_console


class CompanyTimeMiddleware:
    """Reads and shows times in the company's zone below the console's address; formats name the zone."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not is_of_the_console(request):
            return self.get_response(request)
        with timezone.override(company_zone()):
            return self.get_response(request)
