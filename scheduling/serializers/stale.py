"""Stale revisions in the specification: the `If-Match` parameter and the responses of operations that take it."""

from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework import serializers

from novatrek_scheduling.api.schema import ErrorSerializer

IF_MATCH = OpenApiParameter(
    "If-Match",
    str,
    OpenApiParameter.HEADER,
    description='The ETag of the revision the change was made on, such as "7"; 412 if another one is current.',
)


class StaleRevisionErrorSerializer(ErrorSerializer):
    """A concurrent write: the current revision, and the changes since the caller's in the form of the history."""

    _rev = serializers.IntegerField(required=False)
    changes = serializers.DictField(required=False)


STALE_ANSWERS = {
    409: OpenApiResponse(StaleRevisionErrorSerializer, "The `_rev` is not the current one, or every retry failed."),
    412: OpenApiResponse(StaleRevisionErrorSerializer, "If-Match names a revision that is not the current one."),
}
