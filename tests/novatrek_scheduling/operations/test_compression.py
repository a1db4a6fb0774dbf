import gzip
from collections.abc import Iterator
from http import HTTPStatus

from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.test import Client, RequestFactory

from novatrek_scheduling.operations.compression import CompressionMiddleware

STYLES, FONT = "console/console.css", "vendor/inter/inter-latin.woff2"
PAGE = "<p>a departure</p>" * 500


def answered(path: str, response: HttpResponseBase) -> HttpResponseBase:
    def answer(_request: HttpRequest) -> HttpResponseBase:
        return response

    request = RequestFactory().get(path, headers={"Accept-Encoding": "gzip, br"})
    return CompressionMiddleware(answer)(request)


def test_a_page_of_the_console_is_compressed_and_as_it_was() -> None:
    answer = answered("/admin/board/", HttpResponse(PAGE))

    assert isinstance(answer, HttpResponse)
    assert answer.headers["Content-Encoding"] == "gzip"
    assert len(answer.content) < len(PAGE) / 10
    assert gzip.decompress(answer.content).decode() == PAGE


def test_answers_of_the_api_keep_their_etag() -> None:
    answer = answered("/scheduling/v1/daily-schedules", HttpResponse(PAGE, headers={"ETag": '"4"'}))

    assert "Content-Encoding" not in answer.headers
    assert answer.headers["ETag"] == '"4"'


def test_what_is_sent_piece_by_piece_is_not_kept_back() -> None:
    def pieces() -> Iterator[str]:
        yield "data: 1\n\n"

    answer = answered("/admin/board/", StreamingHttpResponse(pieces(), content_type="text/event-stream"))

    assert "Content-Encoding" not in answer.headers


def test_static_files_are_compressed_and_fonts_as_they_are() -> None:
    client = Client(headers={"Accept-Encoding": "gzip"})

    styles, font = (client.get(f"/static/{path}") for path in (STYLES, FONT))

    assert styles.status_code == font.status_code == HTTPStatus.OK
    assert styles.headers["Content-Encoding"] == "gzip"
    with open(str(finders.find(STYLES)), "rb") as file:
        assert gzip.decompress(styles.getvalue()) == file.read()
    assert "Content-Encoding" not in font.headers
