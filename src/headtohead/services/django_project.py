"""The Django project a stack serves: its environment and its management commands."""

import os
import shlex
import subprocess
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from headtohead.errors import ConfigurationError, StackError
from headtohead.host.files import write_whole
from headtohead.protocol.headers import TOKEN_VARIABLE
from headtohead.protocol.isolation import REMARK, VARIABLE, Isolation, stray_client
from headtohead.protocol.project_description import ProjectDescription, ProjectRoutes
from headtohead.revisions.environments import PythonEnvironment
from headtohead.revisions.git_command import without_repository
from headtohead.services.project_errors import project_error
from headtohead.services.project_variables import (
    ADDRESSES,
    SECRET,
    STACK_VARIABLE,
    ProjectVariable,
    instrumented,
)

Answer = TypeVar("Answer")


@dataclass(frozen=True, kw_only=True)
class Project:
    """A Django project with everything it is told about its surroundings.

    Attributes:
        runs_in: Its folder, where commands run, and the Python that runs them.
        directory: The stack's folder, which marks the project's processes as this stack's.
        settings_module: Dotted name of its settings.
        database_url: Its DATABASE_URL.
        cache_url: Its CACHE_URL.
        broker_url: Its BROKER_URL; empty where no worker runs.
        memcached_url: Its MEMCACHED_URL; empty where none runs.
        told: The variables that it wants beside these.
        secrets: The secrets in them, by the variable's name.
        token: Authorises measured requests.
        embedded: Whether the database is the stack's own.
        manage: Its `manage.py`; None for a project that has its commands run as `django`.
        addresses: Those of `ADDRESSES` that it is told.
        isolation: The file that says what stands in for its own servers; None for none.
    """

    runs_in: PythonEnvironment
    directory: Path
    settings_module: str
    database_url: str = field(repr=False)
    cache_url: str = field(repr=False)
    broker_url: str = field(repr=False)
    memcached_url: str
    told: tuple[ProjectVariable, ...] = ()
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    token: str = field(repr=False)
    embedded: bool
    manage: Path | None = None
    addresses: Collection[str] = ADDRESSES
    isolation: Path | None = None

    @property
    def folder(self) -> Path:
        """Where its commands and its server run."""
        return self.manage.parent if self.manage else self.runs_in.root

    def variables(self) -> dict[str, str]:
        """The environment variables of the project's processes."""
        values = {
            each: each.value.replace(SECRET, self.secrets.get(each.name, "")) for each in self.told
        }
        trial = {each.name: value for each, value in values.items() if each.only_embedded}
        told = {each.name: value for each, value in values.items() if not each.only_embedded}
        surroundings = without_repository(os.environ) | self.runs_in.variables()
        given = (trial if self.embedded else {}) | surroundings
        addresses = {
            "DATABASE_URL": self.database_url,
            "CACHE_URL": self.cache_url,
            # Empty rather than left out: the user's own must not come through without a worker.
            "BROKER_URL": self.broker_url,
            "MEMCACHED_URL": self.memcached_url,
        }
        variables = {
            **given,
            **told,
            **{name: addresses[name] for name in self.addresses},
            "H2H_SERVE_EXPERIMENTS": "1",
            TOKEN_VARIABLE: self.token,
            STACK_VARIABLE: str(self.directory),
        }
        if self.settings_module:
            variables["DJANGO_SETTINGS_MODULE"] = self.settings_module
        if self.isolation:
            variables = instrumented(variables)
            variables[VARIABLE] = str(self.isolation)
            temporary = self.isolation.with_name("tmp")
            # The system's own may hold what is the user's.
            if temporary.is_dir():
                variables["TMPDIR"] = str(temporary)
        return variables

    def describe(self) -> ProjectDescription:
        """What its settings say, of which nothing is carried out.

        Raises:
            StackError: They cannot be read.
        """
        fix = "name the module as `settings` in [tool.headtohead]"
        read = ProjectDescription.from_output
        return self.answer("description.main", read=read, of="settings", fix=fix)

    def routes(self) -> ProjectRoutes:
        """Where its URLconf leads; its apps are loaded for it.

        Raises:
            StackError: It cannot be read.
        """
        fix = "name what to ask for with --path"
        return self.answer("routes.main", read=ProjectRoutes.from_output, of="URLconf", fix=fix)

    def answer(
        self,
        function: str,
        *arguments: str,
        read: Callable[[str], Answer | None],
        of: str,
        fix: str,
    ) -> Answer:
        """What a function of `headtohead.django` prints, as it is read.

        Raises:
            StackError: It fails, or there is no answer in what it prints.
        """
        answer = read(self.ask(function, *arguments))
        if not answer:
            raise StackError(
                f"the project's {of} cannot be read: its interpreter says nothing", fix=fix
            )
        return answer

    def ask(self, function: str, *arguments: str) -> str:
        """What a function of `headtohead.django` prints in its interpreter.

        Raises:
            StackError: It fails.
        """
        module, _, name = function.partition(".")
        code = f"from headtohead.django.{module} import {name}; {name}()"
        told = (str(self.manage or ""), *arguments)
        return self._run([str(self.runs_in.interpreter), "-c", code, *told], name=module).stdout

    def prepare(self, command: str) -> tuple[str, ...]:
        """Run a command that makes rows; what it was refused, and what of it cannot be seen.

        Raises:
            ConfigurationError: It cannot be read.
            StackError: It fails, or it would write into what may be somebody's.
        """
        words = self.words(command, setting="`prepare`")
        given = self.isolation.read_text(encoding="utf-8") if self.isolation else ""
        own = Isolation.from_json(given).own_words() if given else ()
        if client := stray_client(words, environment=self.variables(), own=own):
            raise StackError(
                f"`prepare` runs {client}, which may write into what h2h did not make",
                fix="name a dump as `data` in [tool.headtohead], or let manage.py fill the "
                "database: manage.py dbshell runs the client on that of h2h",
            )
        unseen = f"`{words[0]}` of `prepare` is no Python: h2h does not see what it writes"
        printed = self._run(words, name="prepare").stderr.splitlines()
        told = (each.removeprefix(REMARK) for each in printed if each.startswith(REMARK))
        return (*([] if words[0] == str(self.runs_in.interpreter) else [unseen]), *told)

    def words(self, command: str, *, setting: str) -> list[str]:
        """A command of the user's as it is run: by the project's Python and its `manage.py`.

        Args:
            command: The command, quoted as a shell wants it.
            setting: Where it stands, for messages.

        Raises:
            ConfigurationError: It cannot be read.
        """
        try:
            words = shlex.split(command)
        except ValueError as error:
            raise ConfigurationError(
                f"{setting} has {command!r}, which cannot be read ({error})",
                fix="quote its words as a shell wants it",
            ) from None
        if words and Path(words[0]).name == "manage.py":
            words[:1] = self._managing()
        elif words and words[0].startswith("python"):
            words[0] = str(self.runs_in.interpreter)
        return words

    def migrate(self, *, database: str = "default") -> None:
        """Bring the schema of a database, named by its alias, up to date.

        Raises:
            StackError: The command fails.
        """
        # What checks complain of, such as folders and programs, is no matter of the schema.
        self._manage("migrate", "--no-input", "--skip-checks", f"--database={database}")

    def count_rows(self) -> int:
        """Rows of the main table.

        Raises:
            StackError: The project has no `seed --count`, or it fails.
        """
        printed = self._manage("seed", "--count").strip()
        try:
            return int(printed)
        except ValueError:
            raise StackError(
                f"`seed --count` prints {printed!r}", fix="make it print one whole number"
            ) from None

    def seed(self, *, rows: int, seed: int) -> str:
        """Replace all rows.

        Returns:
            What the command prints.

        Raises:
            StackError: The command fails.
        """
        return self._manage("seed", "--rows", str(rows), "--seed", str(seed))

    def fill(self, *, rows: int, seed: int, empty: bool, progress: Callable[[str], None]) -> int:
        """Migrate the database, and seed it where it is empty.

        Args:
            rows: Rows of the main table to seed.
            seed: The same seed makes the same rows.
            empty: Whether it is known to be empty.
            progress: Told in a few words what is being done.

        Returns:
            How many rows there are.

        Raises:
            StackError: A command fails.
        """
        progress("migrating the database")
        self.migrate()
        found = 0 if empty else self.count_rows()
        if found:
            return found
        progress(f"seeding {rows} rows")
        self.seed(rows=rows, seed=seed)
        return rows

    def _manage(self, command: str, *arguments: str) -> str:
        return self._run([*self._managing(), command, *arguments], name=command).stdout

    def _managing(self) -> list[str]:
        """What a management command is given to."""
        through = [str(self.manage)] if self.manage else ["-m", "django"]
        return [str(self.runs_in.interpreter), *through]

    def _run(self, command: Sequence[str], *, name: str) -> "subprocess.CompletedProcess[str]":
        finished = subprocess.run(
            command,
            cwd=self.folder,
            env=self.variables(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if finished.returncode != 0:
            log = self.directory / "logs" / f"{name}.log"
            write_whole(finished.stdout + finished.stderr, log)
            raise project_error(f"`{name}` fails", log=log, settings_module=self.settings_module)
        return finished
