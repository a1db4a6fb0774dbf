"""Rendering of responses."""

import json
from collections.abc import Mapping
from typing import Any

import orjson
from rest_framework.renderers import JSONRenderer
from rest_framework.utils.encoders import JSONEncoder


class _Encoder(JSONEncoder):
    def default(self, obj: Any) -> Any:
        return json.loads(orjson.dumps(obj)) if isinstance(obj, orjson.Fragment) else super().default(obj)


_encode = JSONEncoder().default


class FastJSONRenderer(JSONRenderer):
    """The framework's JSON, several times faster. NaN and infinities, which JSON has not, become null.

    Parts that are JSON already (`orjson.Fragment`) are written as they are. What orjson does not write (names that are
    no text, integers beyond 64 bits) and what a client wants indented is left to the framework; so are the formats of
    dates and times.
    """

    encoder_class = _Encoder

    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: Mapping[str, Any] | None = None
    ) -> bytes:
        if data is None or "indent" in (accepted_media_type or "") or "indent" in (renderer_context or {}):
            return self._slowly(data, accepted_media_type, renderer_context)
        try:
            return orjson.dumps(data, _encode, orjson.OPT_PASSTHROUGH_DATETIME)
        except TypeError:
            return self._slowly(data, accepted_media_type, renderer_context)

    def _slowly(self, *rendered: Any) -> bytes:
        return bytes(super().render(*rendered))
