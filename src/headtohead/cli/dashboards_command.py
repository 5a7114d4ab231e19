"""Grafana's dashboards: dashboards build."""

import importlib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from headtohead.cli.application import app, print_json, say
from headtohead.cli.options import AsJson
from headtohead.cli.project import read_project
from headtohead.errors import CheckFailedError, ConfigurationError
from headtohead.experiment_registry import Registry
from headtohead.host.files import write_whole

dashboards = typer.Typer(help="The Grafana dashboards of the declared experiments.")
app.add_typer(dashboards, name="dashboards")

GENERATED = "generated"


@dashboards.command()
def build(
    *,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; fail if a file is out of date.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Write the dashboards' JSON again from the declared experiments.

    Example: h2h dashboards build --check
    """
    config, registry = read_project()
    package, files = _rendered(config.dashboards, registry)
    folder = package / GENERATED
    kept = {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.json")}
    changed = sorted(
        name for name in kept.keys() | files.keys() if kept.get(name) != files.get(name)
    )
    if as_json:
        print_json({"dashboards": sorted(files), "changed": changed})
    if check and changed:
        raise CheckFailedError(
            f"dashboards differ from what the experiments declare: {', '.join(changed)}",
            fix="run h2h dashboards build and commit what it writes",
        )
    if not check:
        _write(folder, files, outdated=kept.keys() - files.keys())
    if not as_json:
        state = f"{len(changed)} changed" if changed else "all up to date"
        say(f"{len(files)} dashboards, {state}")


def _rendered(package: str, registry: Registry) -> tuple[Path, Mapping[str, str]]:
    if not len(registry):
        raise ConfigurationError("no experiment is declared", fix="declare one to draw it")
    try:
        module = importlib.import_module(f"{package}.build")
    except ImportError as error:
        raise ConfigurationError(
            f"dashboards package {package!r} cannot be imported ({error})",
            fix="set `dashboards` in [tool.headtohead] to the package that draws them, and "
            "install what it needs (make setup)",
        ) from error
    return Path(str(module.__file__)).parent, module.render(registry)


def _write(folder: Path, files: Mapping[str, str], *, outdated: set[str]) -> None:
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        write_whole(text, folder / name)
    for name in outdated:
        (folder / name).unlink()
