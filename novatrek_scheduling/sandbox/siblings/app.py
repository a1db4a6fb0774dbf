"""The siblings as one ASGI application: /svc-<name>/<path of the contract>, and the control operations."""

import asyncio
import os
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, TypeAlias

import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from novatrek_scheduling.sandbox.siblings import (
    analytics,
    control,
    guide_management,
    location_services,
    notifications,
    trail_management,
    trip_catalog,
    weather,
)
from novatrek_scheduling.sandbox.siblings.distortions import DISTORTIONS
from novatrek_scheduling.sandbox.siblings.service import (
    Call,
    ErrorFormat,
    Handler,
    Query,
    Refused,
    Reply,
    Service,
)
from novatrek_scheduling.sandbox.siblings.state import State
from novatrek_scheduling.sandbox.siblings.switches import Mode, Switch, Switchboard

SERVICES: dict[str, Service] = {
    service.name: service
    for service in (
        trip_catalog.SERVICE,
        guide_management.SERVICE,
        trail_management.SERVICE,
        weather.SERVICE,
        location_services.SERVICE,
        notifications.SERVICE,
        analytics.SERVICE,
    )
}
_OFF_CONTRACT_BODY = b'["this is not what the contract says"]'
_MAX_CACHED_RESPONSES = 100_000
_PLAIN = ErrorFormat()

Endpoint: TypeAlias = Callable[[Request], Any]


def build_app(state: State, token: str) -> ASGIApp:
    """Return the application on `state`, which requires the bearer `token` in calls to a sibling."""
    switches = Switchboard()
    mounts: list[BaseRoute] = [Mount(f"/{name}", routes=_routes(service, state)) for name, service in SERVICES.items()]
    return _Gate(Starlette(routes=[*mounts, *_control_routes(state, switches)]), state, switches, token)


class _Gate:
    """The checks before every call: the switch, the bearer token, and the cached responses."""

    def __init__(self, app: ASGIApp, state: State, switches: Switchboard, token: str) -> None:
        self._app = app
        self._state = state
        self._switches = switches
        self._bearer = f"Bearer {token}".encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        _, name, *rest = scope["path"].split("/") if scope["type"] == "http" else ("", "")
        service = SERVICES.get(name)
        if service is None:
            await self._app(scope, receive, send)
            return
        switch = self._switches.of(name, "/" + "/".join(rest))
        if switch.mode is Mode.DOWN:
            await _drop(scope, receive)
            return
        response = await self._response(service, switch, scope)
        if response is None and switch.mode in DISTORTIONS and scope["method"] == "GET":
            response = await self._distorted(switch, service, scope, receive)
        await (response or self._app)(scope, receive, send)

    async def _distorted(self, switch: Switch, service: Service, scope: Scope, receive: Receive) -> Response:
        """Return the response of the service as the mode of the switch distorts it."""
        status, body = 200, bytearray()

        async def keep(message: Message) -> None:
            nonlocal status
            status = message.get("status", status)
            body.extend(message.get("body", b""))

        await self._app(scope, receive, keep)
        payload = orjson.loads(bytes(body))
        if status != HTTPStatus.OK:
            return _json(bytes(body), status)
        distorted = DISTORTIONS[switch.mode](payload, switch.patch)
        if distorted is None:
            return _refusal(service.errors, Refused(404, "NOT_FOUND", "There is nothing by that id."))
        return _json(_encoded(distorted), status)

    async def _response(self, service: Service, switch: Switch, scope: Scope) -> Response | None:
        if switch.mode is Mode.SLOW:
            await asyncio.sleep(switch.seconds)
        if switch.mode is Mode.FAILING:
            return _refusal(service.errors, Refused(500, "INTERNAL_ERROR", "Something went wrong."))
        if switch.mode is Mode.OFF_CONTRACT:
            return _json(_OFF_CONTRACT_BODY)
        if dict(scope["headers"]).get(b"authorization") != self._bearer:
            return _refusal(service.errors, Refused(401, "UNAUTHORIZED", "A valid bearer token is required."))
        is_cached = scope["method"] == "GET" and switch.mode not in DISTORTIONS
        cached = self._state.cached_responses.get(_key(scope)) if is_cached else None
        return _json(cached) if cached else None


async def _drop(scope: Scope, receive: Receive) -> None:
    """Close the connection without a response, as an unavailable service does."""
    scope["state"]["abort"]()
    while (await receive())["type"] != "http.disconnect":
        continue


def _routes(service: Service, state: State) -> list[BaseRoute]:
    by_path: dict[str, dict[str, Handler]] = {}
    for operation in service.operations:
        by_path.setdefault(operation.path, {})[operation.method] = operation.handler
    return [
        Route(path, _endpoint(handlers, state, service.errors), methods=list(handlers))
        for path, handlers in by_path.items()
    ]


def _endpoint(handlers: dict[str, Handler], state: State, errors: ErrorFormat) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        method = "GET" if request.method == "HEAD" else request.method
        raw = b"" if method == "GET" else await request.body()
        try:
            reply = handlers[method](state, Call(request.path_params, Query(request.query_params), raw))
        except Refused as refusal:
            return _refusal(errors, refusal)
        body = _encoded(reply.payload)
        if method == "GET" and len(state.cached_responses) < _MAX_CACHED_RESPONSES:
            state.cached_responses[_key(request.scope)] = body
        return _json(body, reply.status)

    return endpoint


def _control_routes(state: State, switches: Switchboard) -> list[BaseRoute]:
    def turn(_: State, call: Call) -> Reply:
        setting = call.body(control.SwitchSetting)
        if setting.service not in SERVICES:
            raise Refused(404, "UNKNOWN_SERVICE", f"{setting.service} is not one of {', '.join(SERVICES)}.")
        switches.turn(setting.service, setting.switch)
        return Reply(switches.positions())

    def reset(_: State, call: Call) -> Reply:
        try:
            state.reset(call.ids.get("name", ""))
        except KeyError as error:
            raise Refused(404, "UNKNOWN_WORLD", "No world is kept under this name.") from error
        switches.reset()
        return Reply({"status": "reset"})

    entity_handlers: dict[str, Handler] = {
        "GET": control.read_entity,
        "PATCH": control.alter_entity,
        "DELETE": control.remove_entity,
    }
    handlers: dict[str, dict[str, Handler]] = {
        "/_health": {"GET": lambda state, _: Reply({"status": "ok", "today": state.today.isoformat()})},
        "/_switches": {"GET": lambda _, __: Reply(switches.positions()), "POST": turn},
        "/_received": {"DELETE": _clear_received},
        "/_received/{service}": {"GET": lambda state, call: Reply(state.received.get(call.ids["service"], []))},
        "/_reset": {"POST": reset},
        "/_reset/{name}": {"POST": reset},
        "/_kept/{name}": {"POST": _keep_world},
        "/_keep": {"POST": control.keep_part},
        "/_world/summary": {"GET": control.summarize},
        "/_world/{kind}": {"POST": control.add_entity},
        "/_world/{kind}/{id}": entity_handlers,
    }
    return [
        Route(path, _endpoint(by_method, state, _PLAIN), methods=list(by_method))
        for path, by_method in handlers.items()
    ]


def _keep_world(state: State, call: Call) -> Reply:
    state.keep(call.ids["name"])
    return Reply({"status": "kept"}, 201)


def _clear_received(state: State, _: Call) -> Reply:
    state.received.clear()
    return Reply({})


def _key(scope: Scope) -> tuple[str, bytes]:
    return scope["path"], scope["query_string"]


def _encoded(payload: Any) -> bytes:
    return orjson.dumps(payload)


def _json(body: bytes, status: int = 200) -> Response:
    return Response(body, status, media_type="application/json")


def _refusal(errors: ErrorFormat, refusal: Refused) -> Response:
    return _json(_encoded(errors.payload(refusal)), refusal.status)


def token_from_environment() -> str:
    """Return the bearer token required of callers: SIBLING_TOKEN."""
    return os.environ.get("SIBLING_TOKEN", "sibling-token")
