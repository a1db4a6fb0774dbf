"""Who may call what: the scopes of a bearer token."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from novatrek_scheduling.api.authentication import Principal
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


class ScopedByMethod(APIView):
    """A view whose methods need different scopes: `scopes_of` names the permission of each, HEAD being a GET.

    A method that is not named there is open to every caller with a good token.
    """

    scopes_of: ClassVar[Mapping[str, type[BasePermission]]] = {}

    def get_permissions(self) -> Sequence[Any]:
        method = "GET" if self.request.method == "HEAD" else self.request.method
        needed = self.scopes_of.get(method or "")
        return [needed()] if needed else super().get_permissions()


def demand(principal: Principal, *scopes: str) -> None:
    """Raise MissingScope unless `principal` carries one of `scopes`."""
    if not (principal.scopes or frozenset()).intersection(scopes):
        raise MissingScope(f"This needs a token with the scope {' or '.join(scopes)}.")
