"""Run in a project's interpreter: it says which paths its URLconf leads GET requests to.

Apps are loaded for it, so it is asked on the databases and caches that h2h made.
"""

import re
import sys
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

import django
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.exceptions import Resolver404
from django.utils.regex_helper import normalize

from headtohead.django.description import prepare
from headtohead.protocol.project_description import ProjectRoutes

# Packages and apps whose pages are for running a project, not for its users.
_PACKAGES = re.compile(
    r"(?:django\.contrib\.(?:admin|admindocs|staticfiles)|django\.views\.(?:static|i18n)"
    r"|debug_toolbar|django_prometheus|drf_spectacular|drf_yasg|silk)(?:\.|$)"
)
_APPS = frozenset({"admin", "djdt", "silk"})
# Words that say so of a path: the first of it, and any of it.
_FIRST_WORDS = re.compile(r"/(?:__debug__|_?static|admin|media|metrics|prometheus|silk)(?:/|$)")
_WORDS = re.compile(r"/(?:log|sign)[-_]?(?:out|off)(?:/|$)", re.IGNORECASE)


def main() -> None:
    """Print the routes; the command's argument is the path of `manage.py`, or empty."""
    manage = sys.argv[1]
    if manage:
        prepare(manage)
    django.setup()
    print(routes().to_line())  # noqa: T201 (that is the answer)


def routes() -> ProjectRoutes:
    """Where the URLconf leads GET requests."""
    resolver = get_resolver()
    paths: dict[str, None] = {}
    with_parameters = set_aside = 0
    for regex, view, apps in _views(resolver, prefix="", apps=()):
        if not _takes_get(view):
            continue
        # As `reverse` reads it.
        path, parameters = normalize(regex)[0]
        path = f"/{path}"
        if _is_for_operation(path, view, apps):
            set_aside += 1
        elif parameters:
            with_parameters += 1
        elif _leads_to(view, path, resolver):
            paths[quote(path, safe="/:@!$&'()*+,;=~-._")] = None
    return ProjectRoutes(paths=tuple(paths), with_parameters=with_parameters, set_aside=set_aside)


def _views(
    resolver: URLResolver, *, prefix: str, apps: tuple[str, ...]
) -> Iterator[tuple[str, Callable[..., Any], tuple[str, ...]]]:
    """The regular expression of each path, its view, and the names of the apps above it."""
    for each in resolver.url_patterns:
        regex = prefix + each.pattern.regex.pattern.removeprefix("^")
        if isinstance(each, URLPattern):
            yield regex, each.callback, apps
        else:
            yield from _views(each, prefix=regex, apps=(*apps, each.app_name or ""))


def _takes_get(view: Callable[..., Any]) -> bool:
    """Whether a view does; a function does not say."""
    # Django REST framework's view sets, and classes of Django's and of its.
    actions = getattr(view, "actions", None)
    if actions:
        return "get" in actions
    kind = getattr(view, "view_class", None) or getattr(view, "cls", None)
    return kind is None or hasattr(kind, "get")


def _is_for_operation(path: str, view: Callable[..., Any], apps: tuple[str, ...]) -> bool:
    module = getattr(view, "__module__", None) or ""
    named = _PACKAGES.match(module) or _FIRST_WORDS.match(path) or _WORDS.search(path)
    return bool(named) or not _APPS.isdisjoint(apps)


def _leads_to(view: Callable[..., Any], path: str, resolver: URLResolver) -> bool:
    """Whether a path reaches that view, or one that stands before it."""
    try:
        found: bool = resolver.resolve(path).func == view
    except Resolver404:
        return False
    return found
