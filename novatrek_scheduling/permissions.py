"""Who may call what: the scopes of a bearer token."""

from typing import Any

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from novatrek_scheduling.authentication import Principal
from novatrek_scheduling.errors import Forbidden


class MissingScope(Forbidden):
    """The token is good, and does not carry the scope that this needs."""

    code = "MISSING_SCOPE"


def requires(*scopes: str, contract_operation: bool = False) -> type[BasePermission]:
    """A permission class: the token must carry one of `scopes`.

    A token without any scope claim passes where `contract_operation` is true, because the published
    contract, whose five operations those are, knows no scopes.
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


def demand(principal: Principal, *scopes: str) -> None:
    """Raise MissingScope unless `principal` carries one of `scopes`."""
    if not (principal.scopes or frozenset()).intersection(scopes):
        raise MissingScope(f"This needs a token with the scope {' or '.join(scopes)}.")
