"""The response to OPTIONS."""

from rest_framework.metadata import BaseMetadata
from rest_framework.request import Request


class AllowHeaderOnly(BaseMetadata):
    """OPTIONS is answered by the `Allow` header alone: what an operation takes is in the specification."""

    def determine_metadata(self, request: Request, view: object) -> None:
        return None
