"""What is known of a project before anything of it is served: facts, made of what was seen."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path

from headtohead.config import TABLE, Config
from headtohead.init.facts import Fact, Standing, advised, missing, setting
from headtohead.protocol.project_description import DatabaseSettings
from headtohead.revisions.checkout import Revision
from headtohead.revisions.interpreters import FoundInterpreter, InterpreterFacts
from headtohead.revisions.locks import Lock
from headtohead.services.project_layout import ProjectLayout, settings_below
from headtohead.stack.application import Application
from headtohead.stack.asked_revisions import Side

_MAKES_ROWS = re.compile(
    r"(?:.*_)?(?:seed|populate|demo|sample)(?:_.*)?|(?:add|create|generate|load|make)_(?:.*_)?data"
)
_STANDS_IN = {
    "redis": "a Valkey of h2h's stands in",
    "memcached": "a memcached of h2h's stands in",
    "files": "a folder of each side's own stands in",
    "database": "it is in the copied database",
    "memory": "it stays in the processes",
    "none": "it keeps nothing",
    "unknown": "what it would connect to or write is refused",
}
_PRODUCTS = {"postgresql": "PostgreSQL", "sqlite": "SQLite"}


def folder_fact(layout: ProjectLayout, *, root: Path) -> Fact:
    """Where the project's commands run."""
    if layout.manage is None:
        return Fact(subject="project", found=".", known_by="no manage.py is here or below")
    folder = layout.folder.relative_to(root).as_posix()
    return Fact(
        subject="project", found=folder, known_by=layout.manage.relative_to(root).as_posix()
    )


def base_fact(commit: str, name: str, *, top: Path, root: Path) -> Fact:
    """The repository, and what the working tree is compared with."""
    inside = root.resolve().relative_to(top).as_posix()
    where = "its top folder" if inside == "." else f"the folder {inside}"
    return Fact(subject="base", found=f"{name} ({commit[:10]})", known_by=f"git, from {where}")


def interpreter_fact(found: FoundInterpreter, facts: InterpreterFacts, *, root: Path) -> Fact:
    """What runs the project."""
    # A path of this machine is nothing to commit.
    within = found.path.is_relative_to(root)
    lines = (setting("python", str(found.path.relative_to(root))),) if within else ()
    return Fact(
        subject="interpreter",
        found=f"Python {facts.python}, Django {facts.django or 'none'}",
        known_by=found.how,
        lines=lines,
    )


def borrowed_fact(found: FoundInterpreter, *, lock: Lock, lacks: str) -> Fact:
    """That the project has no environment, and what was found in its place does not serve."""
    return Fact(
        subject="interpreter",
        found=f"none of the project's: what {lock.name} pins is installed apart",
        known_by=f"no environment is there, and {found.how} lacks {lacks}",
    )


def lock_fact(lock: Lock | None, *, root: Path) -> Fact:
    """What pins its packages."""
    if lock is None:
        return Fact(
            subject="lock",
            found="none: every revision runs with the packages of the interpreter",
            known_by="no lock and no requirements file is there",
        )
    within = lock.path.is_relative_to(root)
    name = lock.path.relative_to(root).as_posix() if within else lock.path.name
    lines = (setting("lock", name),) if within else ()
    why = lock.name.partition(", ")[2]  # of several
    return Fact(subject="lock", found=name, known_by=why or "it is there", lines=lines)


def packages_fact(base: Revision, head: Revision) -> Fact:
    """Whether both sides run with the same packages."""
    one, other = base.environment, head.environment
    if one.interpreter == other.interpreter:
        return Fact(subject="packages", found="both sides share them", known_by=one.packages)
    return Fact(
        subject="packages",
        found="each side has its own",
        known_by=f"base: {one.packages}; working tree: {other.packages}",
    )


def settings_fact(module: str, *, config: Config, layout: ProjectLayout, variable: str) -> Fact:
    """The settings of the project.

    Args:
        module: What the project itself says, once it was asked; or what its files say.
        config: The settings of h2h.
        layout: The project's files.
        variable: DJANGO_SETTINGS_MODULE in the environment; empty for none.
    """
    if not module:
        there = settings_below(layout.folder) or ["shop.settings"]
        example = setting("settings", there[0])
        return missing("settings", "not found", "no manage.py, .env or wsgi.py names them", example)
    if config.settings:
        known_by = f"settings in {TABLE}"
    elif variable == module:
        known_by = "DJANGO_SETTINGS_MODULE"
    else:
        known_by = layout.named_in or "the project, when asked"
    return Fact(
        subject="settings", found=module, known_by=known_by, lines=(setting("settings", module),)
    )


def application_fact(side: Side, application: Application) -> Fact:
    """What is served."""
    said = side.description
    other = {"wsgi": ("ASGI", said.asgi), "asgi": ("WSGI", said.wsgi)}
    interface, unasked = other[application.interface]
    more = f"; its {interface} application is not asked" if unasked else ""
    return Fact(
        subject="application",
        found=f"{application.name} ({application.interface.upper()}){more}",
        known_by=application.known_by,
        lines=(setting(application.interface, application.name),),
    )


def database_facts(
    side: Side, *, sources: Mapping[str, str], config: Config, suggestions: Sequence[str]
) -> Iterable[Fact]:
    """Each database, and where its rows come from.

    Args:
        side: The revision that was asked.
        sources: What rows are copied from, in words, by the first alias of the database.
        config: The settings of h2h.
        suggestions: Lines that may say where rows come from.
    """
    for group in dict.fromkeys(side.groups().values()):
        database = side.description.databases[group]
        subject = _named("database", group)
        product = _PRODUCTS.get(database.vendor)
        if product is None:
            yield missing(
                subject,
                f"{database.vendor or database.engine}, which h2h cannot copy",
                "DATABASES",
                setting("settings", "shop.settings_of_tests"),
                advice="name settings with PostgreSQL or SQLite: settings = "
                '"shop.settings_of_tests"',
            )
        elif group in sources:
            how = f"data in {TABLE}" if config.data else "DATABASES; the file is there"
            yield Fact(
                subject=subject, found=f"{product}, copied from {sources[group]}", known_by=how
            )
        elif config.prepare:
            yield Fact(
                subject=subject,
                found=f"{product}, filled by `prepare`",
                known_by=f"prepare in {TABLE}",
            )
        elif group == "default" and not config.data and side.fixtures():
            names = [each.name for each in side.fixtures()]
            folders = dict.fromkeys(each.parent.parent.name for each in side.fixtures())
            yield Fact(
                subject=subject,
                found=f"{product}, filled by the fixtures {', '.join(names)}",
                known_by=f"they are in {', '.join(f'{each}/fixtures' for each in folders)}",
                lines=tuple(suggestions),
            )
        elif sources:
            yield Fact(subject=subject, found=f"{product}, empty", known_by="nothing to copy")
        else:
            lines = list(suggestions) or [setting("prepare", ["manage.py loaddata demo"])]
            if database.vendor != "sqlite":
                lines.insert(0, setting("data", "settings"))
            yield missing(subject, _rows_lacking(database, product), "DATABASES", *lines)


def _named(kind: str, alias: str) -> str:
    return kind if alias == "default" else f"{kind} {alias}"


def _rows_lacking(database: DatabaseSettings, product: str) -> str:
    if database.vendor == "sqlite":
        return f"{product}, but {Path(database.name).name} is not there: no rows"
    at = f" at {database.host}" if database.host else ""
    return f"{product} {database.name}{at}, which is left alone: no rows"


def row_suggestions(
    *, dumps: Sequence[str], fixtures: Sequence[str], commands: Sequence[str]
) -> tuple[str, ...]:
    """Lines that may say where rows come from, by what the project has.

    Args:
        dumps: Paths of dumps, from the project's folder.
        fixtures: Names of fixtures, as `loaddata` takes them.
        commands: Names of the project's management commands.
    """
    making = [each for each in commands if _MAKES_ROWS.fullmatch(each)]
    return (
        *(setting("data", each) for each in dumps[:1]),
        *(setting("prepare", [f"manage.py {each}"]) for each in making[:1]),
        *(setting("prepare", [f"manage.py loaddata {each}"]) for each in fixtures[:1]),
    )


def surroundings_facts(side: Side, *, distributions: Collection[str]) -> Iterable[Fact]:
    """Caches, files and tasks, and what stands in for them; what is switched off."""
    described = side.description
    for alias, cache in described.caches.items():
        kind = cache.kind if cache.kind != "unknown" else cache.backend
        found = f"{kind}; {_STANDS_IN[cache.kind]}"
        yield Fact(subject=_named("cache", alias), found=found, known_by="CACHES")
    if described.media_root:
        name = Path(described.media_root).name
        found = f"{name}; an empty folder of each side's own stands in"
        yield Fact(subject="media", found=found, known_by="MEDIA_ROOT")
    switched = {
        "DEBUG": (described.debug, "on; it is off on both sides"),
        "debug toolbar": (
            described.shows_debug_toolbar,
            "installed; its middleware is left out on both sides",
        ),
        "throttling": (described.throttled, "on; it is off on both sides"),
        "SSL redirect": (described.ssl_redirect, "on; it is off on both sides"),
    }
    for subject, (there, found) in switched.items():
        if there:
            yield Fact(subject=subject, found=found, known_by="the settings")
    if described.broker:
        found = f"Celery's broker is {described.broker}; tasks are dropped"
        yield Fact(subject="tasks", found=found, known_by="CELERY_BROKER_URL")
    elif "celery" in distributions:
        found = "Celery, whose broker the settings do not name; connecting to it is refused"
        yield Fact(subject="tasks", found=found, known_by="it is installed")


def ignored_fact(names: Sequence[str], *, needed: bool) -> Fact:
    """Files that git ignores and that no revision has.

    Args:
        names: Their paths, at least one.
        needed: Whether the project did not come up without them.
    """
    line = setting("copy", [*names])
    shown = ", ".join(names)
    if not needed:
        return advised("ignored files", f"{shown}; no revision has them", "their names", line)
    return advised(
        "ignored files",
        f"{shown}; without, the project does not come up",
        "tried without and with",
        line,
        standing=Standing.ADDED,
    )


def server_facts(
    application: Application, *, config: Config, has: Collection[str], gunicorn_config: str
) -> Iterable[Fact]:
    """What serves the project, and by what it is known to be up.

    Args:
        application: What is served.
        config: The settings of h2h.
        has: Packages of servers that the project has.
        gunicorn_config: gunicorn's own config file there; empty for none.
    """
    if not application.server:
        yield Fact(subject="server", found="the command of `start`", known_by=f"start in {TABLE}")
    else:
        own = application.server in has
        found = f"{'the project' if own else 'h2h'}'s {application.server}"
        if gunicorn_config and not application.command:
            found += f", with {gunicorn_config}"
        known_by = "it is installed" if own else "the project has none"
        yield Fact(subject="server", found=found, known_by=known_by)
    yield Fact(
        subject="health",
        found=f"200 at {config.health}" if config.health else "any answer to /",
        known_by=f"health in {TABLE}; it came up" if config.health else "it came up",
    )
