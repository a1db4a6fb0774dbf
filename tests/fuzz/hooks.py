"""What schemathesis may generate; it loads this module into a process of its own."""

import requests
import schemathesis
from schemathesis import Case, HookContext

# Beyond it the HTTP server itself answers 414 with an empty body, as RFC 9110 allows for any request: the
# parser keeps lengths in 16 bits (`MAX_LEN` of the crate `http`), and the service never sees the request.
LONGEST_REQUEST_TARGET = 65_534


@schemathesis.hook
def filter_case(_context: HookContext, case: Case) -> bool:
    """Drop cases whose request target no HTTP server of ours takes."""
    kwargs = case.as_transport_kwargs(base_url=case.operation.base_url)
    prepared = requests.Request(case.method, kwargs["url"], params=kwargs.get("params")).prepare()
    return len(prepared.path_url) <= LONGEST_REQUEST_TARGET
