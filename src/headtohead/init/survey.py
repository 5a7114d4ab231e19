"""Looks at a project and brings two of its revisions up once, as a comparison does.

Nothing of the project runs in its own folder, nor anything that writes where h2h did not make it.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase

from headtohead.compare.endpoints import common_headers, endpoints_at
from headtohead.compare.login_settings import read_login
from headtohead.config import Config
from headtohead.errors import HeadToHeadError
from headtohead.init import project_facts as known
from headtohead.init.facts import Fact, Standing, advised, failed
from headtohead.init.trial import Trial, settings_fact
from headtohead.revisions import git
from headtohead.revisions.base import default_base
from headtohead.revisions.environments import locks_for
from headtohead.revisions.interpreters import facts_of, find_interpreter
from headtohead.revisions.working_tree import ignored_candidates
from headtohead.services.project_layout import layout_of
from headtohead.setting_values import Texts

SCHEMA_VERSION = 1


@dataclass(frozen=True, kw_only=True)
class Survey:
    """What `h2h init` found.

    Attributes:
        schema: Version of this format.
        facts: All that a comparison depends on, in the order in which it was found out.
        path: What both sides were asked for; empty where they did not come up.
        named: Whether it was the user who named that path.
    """

    schema: int
    facts: tuple[Fact, ...]
    path: str
    named: bool = False

    @property
    def has_base(self) -> bool:
        """Whether there is a commit to compare the working tree with."""
        return not any(each.subject == "base" and each.line_to_add for each in self.facts)

    def ready(self, *, added: bool) -> bool:
        """Whether a comparison works.

        Args:
            added: Whether the lines that were needed are in the configuration by now.
        """
        lacking = {Standing.MISSING} if added else {Standing.MISSING, Standing.ADDED}
        return not lacking & {each.standing for each in self.facts}


def survey(
    *,
    config: Config,
    path: str | None,
    note: Callable[[str], None],
    say: Callable[[str], None],
) -> Survey:
    """Look at a project; what cannot be had is among the facts.

    Args:
        config: All settings.
        path: What to ask both sides for; None for what is found.
        note: Told in a few words what is being done.
        say: Told in a sentence what the user should know.

    Raises:
        ConfigurationError: The path is not absolute, a header is none, or nobody can log in as the
            settings say.
    """
    endpoints_at([path] if path else [])
    common_headers(config.headers, token="")
    login = read_login(config.login, environment=os.environ)
    root = config.root
    layout = layout_of(root, settings_module=config.settings)
    facts = [known.folder_fact(layout, root=root), *_before(config)]
    if any(each.standing is Standing.MISSING for each in facts):
        facts.append(settings_fact(layout.settings_module, config=config, layout=layout))
        return Survey(schema=SCHEMA_VERSION, facts=tuple(facts), path="")
    before = Survey(schema=SCHEMA_VERSION, facts=tuple(facts), path="")
    trial = Trial(
        config=config, layout=layout, login=login, has_base=before.has_base, note=note, say=say
    )
    trial.take(path)
    ignored = _ignored(config)
    needed = False
    if ignored and trial.problem:
        note(f"trying again with {', '.join(ignored)}")
        fuller = replace(config, copy=Texts([*config.copy, *ignored]))
        again = replace(trial, config=fuller, facts=[], problem=None)
        again.take(path)
        needed = len(again.facts) > len(trial.facts)
        trial = again if needed else trial
    if ignored:
        facts.append(known.ignored_fact(ignored, needed=needed))
    return Survey(
        schema=SCHEMA_VERSION,
        facts=(*facts, *trial.told()),
        path=trial.path,
        named=path is not None,
    )


def _before(config: Config) -> list[Fact]:
    """What is known before a revision is checked out."""
    root, found = config.root, []
    try:
        top = git.repository(root)
        git.commit_of("HEAD", root=root)
    except HeadToHeadError as error:
        found.append(failed("repository", error, "git"))
    else:
        try:
            base, name = default_base(root, own=config.own_paths)
        except HeadToHeadError as error:
            found.append(
                advised(
                    "base",
                    f"{error.problem}; only tried with the working tree",
                    "git",
                    advice=error.fix,
                )
            )
        else:
            found.append(known.base_fact(base, name, top=top, root=root))
    try:
        interpreter = find_interpreter(root, named=config.python, environment=os.environ)
        said = facts_of(interpreter.path, repository=git.folders_up(root.resolve())[-1])
    except HeadToHeadError as error:
        return [*found, failed("interpreter", error, "tried")]
    whole = root.resolve()
    lock, _, lacks = locks_for(
        whole, like=whole, interpreter=interpreter, facts=said, named=config.lock
    )
    return [
        *found,
        known.borrowed_fact(interpreter, lock=lock, lacks=lacks)
        if lock and lacks
        else known.interpreter_fact(interpreter, said, root=root),
        known.lock_fact(lock, root=whole),
    ]


def _ignored(config: Config) -> list[str]:
    """Ignored files that the project probably needs, and that are not copied yet."""
    found = [each.as_posix() for each in ignored_candidates(config.root)]
    return [
        each
        for each in found
        if not any(fnmatchcase(each, pattern.removesuffix("/")) for pattern in config.copy)
    ]
