"""uv, told what pip is told on this machine, and nothing of the environment h2h was started in."""

import configparser
import os
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from shutil import which

from uv import find_uv_bin

from headtohead.errors import RevisionError
from headtohead.revisions.git_command import without_repository

_STRANGERS = ("VIRTUAL_ENV", "PYTHONPATH", "PYTHONHOME", "CONDA_PREFIX")
# Where packages come from and how they are fetched is the machine's affair; all else is ours.
_KEPT = (
    *("UV_INDEX", "UV_DEFAULT_INDEX", "UV_EXTRA_INDEX_URL", "UV_FIND_LINKS", "UV_CONFIG_FILE"),
    *("UV_CACHE_DIR", "UV_LINK_MODE", "UV_CONCURRENT_", "UV_OFFLINE", "UV_HTTP_", "UV_NATIVE_TLS"),
    *("UV_SYSTEM_CERTS", "UV_INSECURE_HOST", "UV_KEYRING_PROVIDER", "UV_CREDENTIALS_DIR"),
)
_OF_THE_MACHINE = Path("/etc")
_SOURCES = ("index", "index-url", "extra-index-url", "find-links", "no-index")
# What pip calls it, what uv calls it, and what stands between several.
_TRANSLATED = {
    "index-url": ("UV_DEFAULT_INDEX", " "),
    "extra-index-url": ("UV_INDEX", " "),
    "find-links": ("UV_FIND_LINKS", ","),
    "constraint": ("UV_CONSTRAINT", " "),
    "trusted-host": ("UV_INSECURE_HOST", " "),
    "default-timeout": ("UV_HTTP_TIMEOUT", " "),
    "timeout": ("UV_HTTP_TIMEOUT", " "),
    "cert": ("SSL_CERT_FILE", " "),
    "proxy": ("ALL_PROXY", " "),
}


def run_uv(*arguments: str | Path, cwd: Path, given: str = "", **variables: str) -> str:
    """Have uv do something, with the interpreters that are there.

    Args:
        arguments: What.
        cwd: The folder in which it does.
        given: What it reads from its standard input.
        variables: What it is told beside the configuration of this machine.

    Returns:
        What it prints.

    Raises:
        RevisionError: It cannot.
    """
    finished = subprocess.run(
        [_uv(os.environ), *arguments],
        cwd=cwd,
        env=uv_variables(os.environ) | variables,
        input=given,
        capture_output=True,
        text=True,
        check=False,
    )
    if finished.returncode != 0:
        raise RevisionError(
            f"the environment of a revision cannot be made ({_said(finished.stderr)})",
            fix="install by hand what that revision locks to see why, with uv "
            f"{' '.join(map(str, arguments[:2]))}",
        )
    return finished.stdout.strip()


def uv_variables(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment of a process of uv.

    Where uv itself is not told where packages are, it is told what pip is: by its variables and
    its files. It looks at all indexes for the best version then, as pip does.

    Args:
        environment: That of this process.
    """
    told = {
        name: value
        for name, value in without_repository(environment).items()
        if name not in _STRANGERS and (not name.startswith("UV_") or name.startswith(_KEPT))
    }
    told |= {"UV_PYTHON_DOWNLOADS": "never", "UV_NO_PROGRESS": "1"}
    if "PATH" in told:
        told["PATH"] = _without_shims(told["PATH"])
    if _is_configured(environment):
        return told
    options = _pip_options(environment)
    for option, (variable, between) in _TRANSLATED.items():
        if option in options:
            told.setdefault(variable, between.join(options[option].split()))
    if "extra-index-url" in options:
        told.setdefault("UV_INDEX_STRATEGY", "unsafe-best-match")
    return told


def _uv(environment: Mapping[str, str]) -> str:
    return environment.get("UV") or which("uv", path=environment.get("PATH")) or find_uv_bin()


def _without_shims(path: str) -> str:
    """A PATH with the interpreters of pyenv in place of its shims.

    A shim fails unless its version is chosen in the folder, and uv looks no further then.
    """
    folders: list[str] = []
    for folder in path.split(os.pathsep):
        shims = Path(folder)
        is_pyenv = shims.name == "shims" and (shims.parent / "versions").is_dir()
        behind = sorted(shims.parent.glob("versions/*/bin"), reverse=True) if is_pyenv else [folder]
        folders += map(str, behind)
    return os.pathsep.join(folders)


def _is_configured(environment: Mapping[str, str]) -> bool:
    if any(f"UV_{each.upper().replace('-', '_')}" in environment for each in _SOURCES):
        return True
    if "UV_DEFAULT_INDEX" in environment:
        return True
    named = environment.get("UV_CONFIG_FILE")
    files = [
        Path(named) if named else _home(environment) / "uv" / "uv.toml",
        *(folder / "uv" / "uv.toml" for folder in _shared_folders(environment)),
        _OF_THE_MACHINE / "uv" / "uv.toml",
    ]
    for file in files:
        try:
            content = tomllib.loads(file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            continue
        if any(each in content or each in content.get("pip", {}) for each in _SOURCES):
            return True
    return False


def _pip_options(environment: Mapping[str, str]) -> dict[str, str]:
    """What pip is told on this machine, by the long name of each option."""
    options: dict[str, str] = {}
    for file in _pip_files(environment):
        # Not interpolated: an address may hold a percent sign.
        parser = configparser.RawConfigParser(strict=False)
        try:
            parser.read(file, encoding="utf-8")
        except (OSError, ValueError, configparser.Error):
            continue
        for section in ("global", "install"):
            if parser.has_section(section):
                options |= {
                    name.lstrip("-").replace("_", "-"): value
                    for name, value in parser.items(section)
                }
    for name, value in environment.items():
        if name.startswith("PIP_") and value:
            options[name.removeprefix("PIP_").lower().replace("_", "-")] = value
    return options


def _pip_files(environment: Mapping[str, str]) -> Iterator[Path]:
    """Files of pip's, of which later ones win."""
    named = environment.get("PIP_CONFIG_FILE")
    if named == os.devnull:
        return
    yield from (folder / "pip" / "pip.conf" for folder in reversed(_shared_folders(environment)))
    yield _OF_THE_MACHINE / "pip.conf"
    if not named:
        yield Path(environment.get("HOME", "~")).expanduser() / ".pip" / "pip.conf"
        yield _home(environment) / "pip" / "pip.conf"
    yield Path(sys.prefix) / "pip.conf"
    if named:
        yield Path(named)


def _home(environment: Mapping[str, str]) -> Path:
    home = Path(environment.get("HOME", "~")).expanduser()
    return Path(environment.get("XDG_CONFIG_HOME") or home / ".config")


def _shared_folders(environment: Mapping[str, str]) -> list[Path]:
    named = environment.get("XDG_CONFIG_DIRS") or "/etc/xdg"
    return [Path(each) for each in named.split(os.pathsep) if each]


def _said(output: str) -> str:
    """The telling lines of what uv says of a failure, as one."""
    lines = [line.encode("ascii", "ignore").decode().strip() for line in output.splitlines()]
    start = next((number for number, line in enumerate(lines) if line.startswith("error:")), 0)
    return " ".join(line for line in lines[start:] if line)[:300] or "it says nothing"
