"""How a change that was made on an old revision is named and answered, in every operation that takes one."""

from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework import serializers

from novatrek_scheduling.api.schema import ErrorSerializer

IF_MATCH = OpenApiParameter(
    "If-Match",
    str,
    OpenApiParameter.HEADER,
    description='The ETag of the revision the change was made on, such as "7"; another one now is 412.',
)


class StaleRevisionErrorSerializer(ErrorSerializer):
    """Somebody wrote meanwhile: the revision now, and what changed since the caller's, as the history has it."""

    _rev = serializers.IntegerField(required=False)
    changes = serializers.DictField(required=False)


STALE_ANSWERS = {
    409: OpenApiResponse(StaleRevisionErrorSerializer, "The `_rev` is not the current one, or every retry failed."),
    412: OpenApiResponse(StaleRevisionErrorSerializer, "If-Match names a revision that is not the current one."),
}
