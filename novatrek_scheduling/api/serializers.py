"""Base serializers: strict ones, which refuse unknown fields, those of the published contract, which ignore them,
stateless ones, whose fields are made once, and sparse ones, which leave out empty fields.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cache
from typing import Any, Self

from django.http import QueryDict
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.utils.serializer_helpers import BindingDict

from novatrek_scheduling.api import fields


class StrictSerializer(serializers.Serializer[Any]):
    """A body or a part of it, in which an unknown field is an error that names the field."""

    def to_internal_value(self, data: Any) -> Any:
        unknown = _unknown_names(self, data)
        try:
            values = super().to_internal_value(data)
        except serializers.ValidationError as error:
            if unknown and isinstance(error.detail, dict):
                raise serializers.ValidationError({**unknown, **error.detail}) from error
            raise
        if unknown:
            raise serializers.ValidationError(unknown)
        return values


class StatelessSerializer(serializers.Serializer[Any]):
    """A body or query whose fields are made once for its class: nothing about a request is kept in them.

    Otherwise all of them are copied for each request. A field that needs the context of a request cannot be in it.
    """

    @property
    def fields(self) -> Any:
        """The fields of the class."""
        return _fields_of(type(self))


class QuerySerializer(StatelessSerializer):
    """The parameters of a query, of which none but lists is repeated.

    A list comes with commas or as a parameter repeated, which is how generated clients send it; both may be mixed.
    """

    reads_query = True

    @classmethod
    def of(cls, request: Request) -> Self:
        """Return the validated query of `request`; its parameters are in `validated_data`.

        Raises ValidationError, which names each invalid parameter.
        """
        query = cls(data=request.query_params, context={"request": request})
        query.is_valid(raise_exception=True)
        return query

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, QueryDict):
            # A plain mapping: in a QueryDict the framework reads an absent boolean as false.
            data = _joined(data, self.fields)
        return super().to_internal_value(data)


class StrictQuerySerializer(QuerySerializer, StrictSerializer):
    """The query of an operation of ours: a parameter that is unknown, such as a misspelt filter, is an error."""


class ContractQuerySerializer(QuerySerializer):
    """The query of an operation of the contract, which forbids no other parameters: these are ignored.

    So are optional parameters without a value, as forms send them.
    """

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, QueryDict):
            given = QueryDict(mutable=True)
            for name, values in data.lists():
                is_required = name in self.fields and self.fields[name].required
                if kept := [value for value in values if value or is_required]:
                    given.setlist(name, kept)
            data = given
        return super().to_internal_value(data)


class PagingSerializer(QuerySerializer):
    """The part of a query that chooses a page of a list; the fields that a subclass adds are the list's filters."""

    page_size = fields.IntegerField(min_value=1, max_value=100, default=25)
    page_token = fields.CharField(required=False)

    @property
    def filters(self) -> dict[str, Any]:
        """The validated parameters that choose rows, without those that choose a page."""
        return {k: v for k, v in self.validated_data.items() if k not in {"page_size", "page_token"}}

    @property
    def paging(self) -> dict[str, Any]:
        """The validated parameters that choose a page, as the selectors take them: `size` and `token`."""
        return {"size": self.validated_data["page_size"], "token": self.validated_data.get("page_token")}


class PagedQuerySerializer(PagingSerializer, StrictQuerySerializer):
    """The query of a list of ours."""


class SparseSerializer(serializers.Serializer[Any]):
    """A response in which a field without a value is absent, unless the field may be null."""

    def to_representation(self, instance: Any) -> dict[str, Any]:
        representation = super().to_representation(instance)
        return {k: v for k, v in representation.items() if v is not None or self.fields[k].allow_null}


def refuse_reversed_dates(query: Mapping[str, Any]) -> None:
    """Raise ValidationError where `date_to` lies before `date`."""
    if "date" in query and "date_to" in query and query["date_to"] < query["date"]:
        raise serializers.ValidationError({"date_to": ["Must not be before date."]})


def instant(moment: datetime) -> str:
    """Format an aware moment in UTC as the API shows it, faster than a serializer field does."""
    return moment.isoformat().replace("+00:00", "Z")


@cache
def _fields_of(kind: type[StatelessSerializer]) -> Any:
    of_class = kind()
    fields = BindingDict(of_class)
    fields.update(of_class.get_fields())
    return fields


def _unknown_names(serializer: serializers.Serializer[Any], data: Any) -> dict[str, list[str]]:
    if not isinstance(data, Mapping):
        return {}
    writable: Iterable[str] = (name for name, field in serializer.fields.items() if not field.read_only)
    return {str(name): ["This field is unknown."] for name in sorted(set(data) - set(writable))}


def _joined(query: QueryDict, declared: Mapping[str, object]) -> dict[str, str]:
    """Return the parameters by name, the values of repeated lists joined by commas."""
    repeated = {
        name: ["Give this parameter only once."]
        for name, values in query.lists()
        if len(values) > 1 and name in declared and not isinstance(declared[name], fields.CommaSeparatedField)
    }
    if repeated:
        raise serializers.ValidationError(repeated)
    return {name: ",".join(values) for name, values in query.lists()}
