"""Pages around the console: errors, and the documentation of the API."""

import pytest

from tests.browser.axe import violations
from tests.browser.conftest import Person

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(
    ("address", "title"),
    [
        ("/admin/auth/user/", "This is not for your role"),
        ("/admin/nothing/", "There is nothing here"),
        ("/nothing", "There is nothing here"),
    ],
)
def test_an_error_is_a_page_like_the_others(person: Person, address: str, title: str) -> None:
    page = person("Auditor")

    page.goto(address)

    assert page.get_by_role("heading", level=1).inner_text() == title
    assert violations(page) == []


@pytest.mark.parametrize("address", ["/scheduling/v1/docs", "/scheduling/v1/redoc"])
def test_the_documentation_loads_nothing_from_elsewhere(person: Person, address: str) -> None:
    page = person("Auditor")

    page.goto(address)

    page.get_by_role("heading", name="NovaTrek Scheduling Orchestrator API").first.wait_for()
