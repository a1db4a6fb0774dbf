"""Overriding warnings: the one rule of who may, at every door of the API and the console."""

from typing import Any

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser

from novatrek_scheduling.api.authentication import Principal
from novatrek_scheduling.api.fields import BooleanField
from novatrek_scheduling.api.permissions import MissingScope
from novatrek_scheduling.errors import FieldProblem, Forbidden

OVERRIDE_SCOPE = "scheduling:override"
OVERRIDE_PERMISSION = "conflicts.override_scheduleconflict"

Person = Principal | AbstractBaseUser | AnonymousUser


def may_override(person: Person) -> bool:
    """True where the caller's token names the scope, or the user of the console has the permission.

    A token without a scope claim, which may call the operations of the published contract, names no scope.
    """
    if isinstance(person, Principal):
        return person.has_scope(OVERRIDE_SCOPE)
    has_perm: bool = getattr(person, "has_perm", lambda _: False)(OVERRIDE_PERMISSION)
    return has_perm


def refuse_override(person: Person) -> None:
    """Raise MissingScope, or Forbidden in the console, where this person may not override warnings."""
    if may_override(person):
        return
    if isinstance(person, Principal):
        problem = FieldProblem("override_warnings", f"needs the scope {OVERRIDE_SCOPE}")
        raise MissingScope(f"Overriding warnings needs a token with the scope {OVERRIDE_SCOPE}.", problem)
    raise Forbidden("Only operations managers may override warnings.")


class OverrideField(BooleanField):
    """Whether warnings are overridden: true is refused to a caller who may not.

    It is in every body that can override, so that there is no such door without the rule. The serializer needs the
    request in its context.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"default": False} | kwargs)

    def to_internal_value(self, data: Any) -> bool:
        overrides = super().to_internal_value(data)
        if overrides:
            refuse_override(self.context["request"].user)
        return overrides
