"""Permissions by the scopes of a bearer token."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.viewsets import ViewSet

from novatrek_scheduling.api.authentication import Principal
from novatrek_scheduling.errors import Forbidden


class MissingScope(Forbidden):
    """The token is valid, but lacks the scope that the operation needs."""

    code = "MISSING_SCOPE"


def requires(*scopes: str, contract_operation: bool = False) -> type[BasePermission]:
    """Return a permission class for tokens with one of `scopes`.

    With `contract_operation` a token without a scope claim has permission too: the published contract, whose
    five operations those are, has no scopes.
    """

    class RequiresScope(BasePermission):
        required_scopes = scopes

        def has_permission(self, request: Request, view: Any) -> bool:
            if not isinstance(request.user, Principal):
                return False
            if not (contract_operation and request.user.scopes is None):
                demand(request.user, *scopes)
            return True

    return RequiresScope


class ScopedViewSet(ViewSet):
    """A viewset whose actions need different scopes: `scopes_of` names the permission of each action.

    A method that an address does not serve needs what all actions of the address need alike, or else a valid
    token only; so does an action that is not named.
    """

    scopes_of: ClassVar[Mapping[str, type[BasePermission]]] = {}

    def get_permissions(self) -> Sequence[Any]:
        actions = [self.action] if self.action in self.scopes_of else self.action_map.values()
        permissions = {self.scopes_of.get(action) for action in actions}
        shared = permissions.pop() if len(permissions) == 1 else None
        return [shared()] if shared else super().get_permissions()


def demand(principal: Principal, *scopes: str) -> None:
    """Raise MissingScope unless `principal` carries one of `scopes`."""
    if not (principal.scopes or frozenset()).intersection(scopes):
        raise MissingScope(f"This needs a token with the scope {' or '.join(scopes)}.")
