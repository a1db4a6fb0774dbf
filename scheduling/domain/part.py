"""The base of all parts of the document of a daily schedule."""

from typing import Any

from pydantic import BaseModel, ConfigDict, SerializerFunctionWrapHandler, model_serializer


class Part(BaseModel):
    """A part of the document. Unknown keys are kept; absent optional values are not written as null."""

    model_config = ConfigDict(extra="allow", populate_by_name=True)

    @model_serializer(mode="wrap")
    def _omit_absent_values(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        written: dict[str, Any] = write(self)
        if None not in written.values():
            return written
        unknown = self.model_extra or {}
        return {key: value for key, value in written.items() if value is not None or key in unknown}
