"""Both sides of a first look, brought up once as far as it goes."""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from headtohead.compare.endpoints import BASE, HEAD
from headtohead.compare.login import headers_of_sides
from headtohead.compare.login_settings import Login
from headtohead.config import Config
from headtohead.errors import HeadToHeadError
from headtohead.init import project_facts as known
from headtohead.init.endpoint import choose, document_fact, endpoint_fact, routes_fact
from headtohead.init.facts import Fact, Standing, failed
from headtohead.revisions import checked_out
from headtohead.revisions.git_command import names
from headtohead.revisions.interpreters import facts_of
from headtohead.services.gunicorn import own_config
from headtohead.services.project_layout import ProjectLayout
from headtohead.stack import revision_servers
from headtohead.stack.application import application_of
from headtohead.stack.asked_revisions import Side
from headtohead.stack.existing_rows import shown, source_of
from headtohead.stack.revision_servers import IsolatedRevisions
from headtohead.stack.settings import StackSettings, stack_settings

_DUMPS = ("*.dump", "*.sql", "*.sqlite3")


def settings_fact(module: str, *, config: Config, layout: ProjectLayout) -> Fact:
    """The settings, and who names them."""
    variable = os.environ.get("DJANGO_SETTINGS_MODULE", "")
    return known.settings_fact(module, config=config, layout=layout, variable=variable)


@dataclass(kw_only=True)
class Trial:
    """Both sides brought up once, as far as it goes.

    Attributes:
        config: All settings.
        layout: The project's files.
        login: How to log in to each side; None where nobody does.
        has_base: Whether there is a commit to compare with; without one, the working tree is
            brought up twice.
        note: Told in a few words what is being done.
        say: Told in a sentence what the user should know.
        facts: What was found out on the way.
        problem: What ended it; None where nothing did.
        stage: What was being done then.
        path: What both sides were asked for.
    """

    config: Config
    layout: ProjectLayout
    login: Login | None
    has_base: bool
    note: Callable[[str], None]
    say: Callable[[str], None]
    facts: list[Fact] = field(default_factory=list)
    problem: HeadToHeadError | None = None
    stage: str = "revisions"
    path: str = ""
    _distributions: Mapping[str, str] = field(default_factory=dict)

    def take(self, path: str | None) -> None:
        """Bring both up, and ask each once."""
        try:
            self._bring_up(path)
        except HeadToHeadError as error:
            self.problem = error

    def told(self) -> list[Fact]:
        """The facts, with what ended it where none of them says so."""
        if self.problem is None or any(each.standing is Standing.MISSING for each in self.facts):
            return self.facts
        if self.stage.startswith("settings") and not self.layout.settings_module:
            return [*self.facts, settings_fact("", config=self.config, layout=self.layout)]
        return [*self.facts, failed(self.stage, self.problem, "tried")]

    def _bring_up(self, path: str | None) -> None:
        config = self.config
        base = None if self.has_base else "HEAD"
        with checked_out(base, None, config=config, note=self.note, say=self.say) as (one, head):
            first = one if self.has_base else head
            self.facts.append(known.packages_fact(first, head))
            python = head.environment.interpreter
            self._distributions = facts_of(python, repository=head.root).distributions
            self.stage = "settings of base"
            with revision_servers.apart(
                stack_settings(config),
                {BASE: first, HEAD: head},
                progress=self.note,
                asked=self._asked,
            ) as sides:
                self.stage = "server"
                self.note("starting both servers")
                with sides.served((BASE, HEAD)) as servers:
                    self.facts += self._served_by(sides)
                    self.stage = "endpoint"
                    urls = {side: f"http://{each.address}" for side, each in servers.items()}
                    headers = headers_of_sides(
                        sides, urls=urls, given=config.headers, login=self.login
                    )
                    chosen = choose(
                        path,
                        url=urls[HEAD],
                        document=config.openapi,
                        headers=headers[HEAD],
                        project=sides.projects[HEAD],
                    )
                    self.path = chosen.endpoint.path
                    found = (document_fact(chosen, config=config), routes_fact(chosen))
                    self.facts += [each for each in found if each]
                    self.note(f"asking both for {self.path}")
                    logs = os.path.relpath(sides.data.directory / "logs", config.root)
                    self.facts.append(endpoint_fact(chosen, urls=urls, headers=headers, logs=logs))

    def _asked(self, side: Side) -> None:
        """Take in what a side said of itself."""
        if side.name == BASE:
            self.stage = "settings"
            return
        self.stage = "databases"
        config = self.config
        module = side.description.settings_module
        settings = stack_settings(config)
        sources = {}
        for group in dict.fromkeys(side.groups().values()):
            source = source_of(side, group, settings=settings)
            if source is not None:
                sources[group] = shown(source)
        self.facts += [
            settings_fact(module, config=config, layout=self.layout),
            *self._application_fact(side, settings),
            *known.database_facts(
                side,
                sources=sources,
                config=config,
                suggestions=_suggestions(config.root, commands=side.description.commands),
            ),
            *known.surroundings_facts(side, distributions=self._distributions),
        ]

    def _application_fact(self, side: Side, settings: StackSettings) -> list[Fact]:
        try:
            application = application_of(settings, side.project, side.description)
        except HeadToHeadError as error:
            return [failed("application", error, "its settings and its files")]
        return [known.application_fact(side, application)] if application.name else []

    def _served_by(self, sides: IsolatedRevisions) -> list[Fact]:
        project = sides.projects[HEAD]
        own = own_config(project, named=self.config.gunicorn_config)
        facts = known.server_facts(
            sides.applications[HEAD],
            config=self.config,
            has=sides.descriptions[HEAD].servers,
            gunicorn_config=os.path.relpath(own, project.runs_in.root) if own else "",
        )
        return list(facts)


def _suggestions(root: Path, *, commands: Sequence[str]) -> tuple[str, ...]:
    """Lines that may say where rows come from."""
    fixtures = names("ls-files", "-z", "--", ":(glob)**/fixtures/*.json", root=root)
    own = [Path(each) for each in fixtures if "test" not in each]
    return known.row_suggestions(
        dumps=[each.name for pattern in _DUMPS for each in sorted(root.glob(pattern))],
        fixtures=[each.stem for each in own],
        commands=commands,
    )
