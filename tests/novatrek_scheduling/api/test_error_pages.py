import structlog
from django.test import Client, RequestFactory

from novatrek_scheduling.api import error_pages


def test_the_page_of_a_failure_needs_no_database_and_names_the_request() -> None:
    with structlog.contextvars.bound_contextvars(request_id="r-17"):
        answer = error_pages.server_error(RequestFactory().get("/admin/"))

    page = answer.content.decode()
    assert answer.status_code == 500
    assert "<main" in page
    assert "Number of this request: r-17" in page


def test_clients_of_the_api_get_json() -> None:
    answer = error_pages.server_error(RequestFactory().get("/scheduling/v1/daily-schedules"))

    assert answer.headers["Content-Type"] == "application/json"


def test_an_old_form_is_refused_with_what_to_do() -> None:
    answer = Client(enforce_csrf_checks=True).post("/admin/login/", {"username": "ana"})

    assert answer.status_code == 403
    assert "This form is too old" in answer.content.decode()
