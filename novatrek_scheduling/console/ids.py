"""Ids in forms."""

from uuid import UUID

from django import forms


class IdsField(forms.TypedMultipleChoiceField):
    """Ids of rows that are ticked; the function that takes them checks that they exist."""

    def valid_value(self, value: str) -> bool:
        try:
            UUID(value)
        except ValueError:
            return False
        return True
