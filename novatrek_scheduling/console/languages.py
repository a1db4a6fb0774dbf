"""The language of a request: a person's on the console, English everywhere else."""

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.locale import LocaleMiddleware
from django.utils import translation

from novatrek_scheduling.console.addresses import is_of_the_console


class ConsoleLanguageMiddleware(LocaleMiddleware):
    """Answers the console in the language that was chosen in the profile menu, else in the browser's.

    The API's messages are part of its contract and stay English, whatever the client accepts.
    """

    def process_request(self, request: HttpRequest) -> None:
        if is_of_the_console(request):
            super().process_request(request)
        else:
            translation.activate(settings.LANGUAGE_CODE)

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        answered = super().process_response(request, response) if is_of_the_console(request) else response
        # What else the thread does before its next request is in English.
        translation.activate(settings.LANGUAGE_CODE)
        return answered
