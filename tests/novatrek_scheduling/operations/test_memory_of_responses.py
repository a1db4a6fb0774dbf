import gc
import io
from collections.abc import Iterator
from typing import Any
from weakref import ref

import pytest
from django.core.handlers.wsgi import WSGIHandler

from tests.tokens import bearer


@pytest.fixture
def _no_collection() -> Iterator[None]:
    gc.disable()
    yield
    gc.enable()


def answer_to(path: str, headers: dict[str, str]) -> Any:
    """The response as the server gets it, without a client that would hold on to it."""
    environ = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": path,
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "HTTP_HOST": "127.0.0.1",
        "wsgi.input": io.BytesIO(),
        "wsgi.url_scheme": "http",
    } | {f"HTTP_{name.upper()}": value for name, value in headers.items()}
    return WSGIHandler()(environ, lambda *_: None)


@pytest.mark.django_db  # what is closed with a response looks at its connections
@pytest.mark.usefixtures("_no_collection")
@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("/scheduling/v1/echo", bearer(), 200),
        ("/scheduling/v1/echo", {}, 401),
        ("/scheduling/v1/schedule-conflicts", bearer(), 400),
    ],
    ids=["answered", "refused", "malformed"],
)
def test_a_response_is_gone_as_soon_as_it_is_sent(
    settings: Any, path: str, headers: dict[str, str], status: int
) -> None:
    settings.ROOT_URLCONF = "tests.novatrek_scheduling.api.urls_for_tests"
    answer = answer_to(path, headers)
    assert answer.status_code == status
    response = ref(answer)

    answer.close()
    del answer

    assert response() is None
