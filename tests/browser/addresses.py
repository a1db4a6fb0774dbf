"""Every page of the console, by its address: the admin's and the console's own."""

from collections.abc import Iterator

from django.apps import apps
from django.contrib import admin
from django.db.models import Model
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from conflicts.models import ScheduleConflict
from scheduling.models import DailySchedule, ScheduleRevision
from tests.browser.world import World

# They answer a script, or nobody who is signed in and opens an address.
NO_PAGES = {"admin:autocomplete", "admin:login", "admin:logout", "admin:view_on_site"}
METHOD_NOT_ALLOWED = 405
FORBIDDEN = ("_add", "_delete")
EDITED_HERE = ("admin:auth_", "admin:django_celery_beat_")
QUERIES = {"console:board": "?date={0.day}"}


def sections() -> list[str]:
    """Return what pages belong to: the console, the admin of each app, and the admin itself."""
    return sorted({_section_of(name) for name, _parameters in _patterns() if _may_be_page(name)})


def pages(world: World, somebody: Client, section: str = "") -> dict[str, str]:
    """Return the address of one example of each page, or of each of a section, by its name.

    Parts of pages, files and redirections are none.
    """
    return {name: address for name, address, _page in opened(world, somebody, section=section)}


def opened(
    world: World, somebody: Client, *, but: tuple[str, ...] = (), section: str = ""
) -> Iterator[tuple[str, str, str]]:
    """Yield the name, the address and the HTML of one example of each page, but of those whose name begins so."""
    for name, parameters in _patterns():
        if _may_be_page(name) and not name.startswith(but) and section in {"", _section_of(name)}:
            address = _address(name, parameters, world)
            if page := _page_at(address, somebody):
                yield name, address, page


def everything(world: World) -> list[str]:
    """Return an address of each pattern that shows rows of ours: pages, their parts, files, what leads elsewhere."""
    names = {name: parameters for name, parameters in _patterns() if name not in NO_PAGES}
    unknown = (*FORBIDDEN, "_history")
    return [
        _address(name, parameters, world)
        for name, parameters in names.items()
        if not name.startswith(EDITED_HERE) and not name.endswith(unknown)
    ]


def _section_of(name: str) -> str:
    namespace, _, page = name.partition(":")
    labels = {model._meta.app_label for model in admin.site._registry} if namespace == "admin" else set()
    return next((label for label in labels if page.startswith(f"{label}_")), namespace)


def _may_be_page(name: str) -> bool:
    """The rows that the service writes are neither added nor deleted by hand; all logs of Django's are one template."""
    if name.endswith("_history"):
        return name == "admin:auth_user_history"
    return name not in NO_PAGES and (name.startswith(EDITED_HERE) or not name.endswith(FORBIDDEN))


def _page_at(address: str, somebody: Client) -> str:
    """Return the HTML of a page, empty for what is none."""
    answer = somebody.get(address)
    assert answer.status_code < 400 or answer.status_code == METHOD_NOT_ALLOWED, (
        f"{address} answers {answer.status_code}"
    )
    if answer.status_code != 200 or answer.streaming or answer.content.lstrip()[:9].upper() != b"<!DOCTYPE":
        return ""
    return answer.content.decode()


def _address(name: str, parameters: list[str], world: World) -> str:
    arguments = {parameter: _argument(name, parameter, world) for parameter in parameters}
    return reverse(name, kwargs=arguments) + QUERIES.get(name, "").format(world)


def _argument(page: str, parameter: str, world: World) -> object:
    """Return what the world has by this name, or the newest row of the model that the parameter names."""
    known = vars(world) | {
        "app_label": "scheduling",
        "date": world.day,
        "first": world.runs[0],
        "second": world.runs[1],
    }
    if parameter in {"object_id", "id"}:
        return _object_id(page, world)
    return known[parameter] if parameter in known else _newest(parameter.removesuffix("_id"))


def _newest(name: str) -> object:
    model = next(model for model in apps.get_models() if model._meta.model_name == name)
    return model._default_manager.latest("pk").pk


def _object_id(page: str, world: World) -> object:
    model = next(model for model in admin.site._registry if page.startswith(_prefix(model)))
    chosen = {
        DailySchedule: world.schedule_id,
        ScheduleConflict: world.conflict_id,
        ScheduleRevision: world.revision_id,
    }
    return chosen.get(model) or model._default_manager.latest("pk").pk


def _prefix(model: type[Model]) -> str:
    return f"admin:{model._meta.app_label}_{model._meta.model_name}_"


def _patterns() -> Iterator[tuple[str, list[str]]]:
    """Yield the name and the parameters of each pattern below /admin/."""
    resolver = get_resolver()
    for namespace in ("admin", "console"):
        _prefix, inner = resolver.namespace_dict[namespace]
        yield from _of(inner, namespace)


def _of(resolver: URLResolver, namespace: str) -> Iterator[tuple[str, list[str]]]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            yield from _of(pattern, namespace)
        elif isinstance(pattern, URLPattern) and pattern.name:
            yield f"{namespace}:{pattern.name}", list(pattern.pattern.regex.groupindex)
