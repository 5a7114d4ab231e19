"""What was not foreseen: a defect of h2h, or a disk that takes nothing more."""

import errno
import os
import re
import sys
import tempfile
import traceback
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import unquote

from headtohead.cli.project import read_config
from headtohead.config import Config
from headtohead.errors import ExitCode
from headtohead.host.files import is_own
from headtohead.host.secret_arguments import secret_values

# What a machine refuses that no code of h2h could do better, with what the user does about it.
_REFUSED: Mapping[int, str] = {
    errno.ENOSPC: "make room on that disk",
    errno.EDQUOT: "make room within your quota",
    errno.EROFS: "name a folder that can be written (--results, `stack` in [tool.headtohead])",
    errno.EACCES: "give yourself the right to it, or name another place",
}
_PASSWORD = re.compile(r"(?<=://)[^\s/@]*:[^\s/]*@|(?<=://)[^\s/@:]+@")
_URL_PASSWORD = re.compile(r"://[^\s/@:]*:([^\s/]*)@")
# As those are that h2h makes up, and those of a token endpoint.
_MADE_UP = re.compile(r"(?<![\w-])(?=[\w-]*[a-z])(?=[\w-]*[A-Z])[\w-]{32,}")
_SECRET_NAME = re.compile(r"PASSWORD|SECRET|TOKEN|(?<![A-Z])KEY(?![A-Z])", re.IGNORECASE)
_HIDDEN = "***"
# Characters below which a secret may be part of any word.
_SHORT = 6
_LONGEST_TOLD = 300


def told(error: Exception) -> tuple[str, ExitCode]:
    """What to say of an error that nobody foresaw, on a line, and the exit code that it means.

    A defect leaves its traceback in a file; with H2H_DEBUG it is printed, too.
    """
    if isinstance(error, OSError):
        if isinstance(error, BrokenPipeError):
            fix = "give the command again; `h2h status` shows where the logs are"
            return f"a program that h2h talked to is gone ({error.strerror}); {fix}", ExitCode.USAGE
        # Who is refused without a path was no file: that is for h2h to foresee.
        fix = _REFUSED.get(error.errno or 0, "")
        if fix and (error.filename or error.errno != errno.EACCES):
            name = os.fsdecode(error.filename) if error.filename else "what is written"
            return f"{name} cannot be used ({error.strerror}); {fix}", ExitCode.USAGE
    try:
        config = read_config()
    except Exception:  # noqa: BLE001 (it may be what is broken)
        config = None
    secrets = sorted(set(_secrets(config)), key=len, reverse=True)
    text = _without(secrets, "".join(traceback.format_exception(error)))
    if os.environ.get("H2H_DEBUG", "0") != "0":
        sys.stderr.write(text)
    name, message = type(error).__name__, " ".join(str(error).split())
    what = _without(secrets, f"{name}: {message}" if message else name)
    if len(what) > _LONGEST_TOLD:
        what = f"{what[:_LONGEST_TOLD]} …"
    kept = _keep(text, config)
    seen = f"see {kept}" if kept else "set H2H_DEBUG=1 to see where"
    return f"a defect of h2h: {what}; {seen}, and report it", ExitCode.DEFECT


def _keep(text: str, config: Config | None) -> Path | None:
    """The file, which nobody else may read, that keeps it; None where none can be written."""
    folders = [Path(tempfile.gettempdir())]
    if config and is_own(config.stack_directory) and (config.stack_directory / "logs").is_dir():
        folders.insert(0, config.stack_directory / "logs")
    for folder in folders:
        try:
            descriptor, name = tempfile.mkstemp(prefix="h2h-defect-", suffix=".txt", dir=folder)
            with os.fdopen(descriptor, "w", encoding="utf-8", errors="backslashreplace") as file:
                file.write(text)
        except OSError:
            continue
        return Path(name)
    return None


def _secrets(config: Config | None) -> Iterator[str]:
    """What the user gave that nobody else is to read."""
    headers = [*(config.headers if config else ()), *secret_values(sys.argv)]
    for header in headers:
        # "Authorization: Token abc", "sessionid=abc".
        for value in (header.partition(":")[2].strip(), header.partition("=")[2].strip()):
            yield value
            yield from (each for each in re.split(r"[\s;=]+", value) if len(each) >= _SHORT)
    for name, value in os.environ.items():
        if _SECRET_NAME.search(name) and len(value) >= _SHORT:
            yield value
    for value in (*os.environ.values(), *sys.argv, *_texts(config)):
        for password in _URL_PASSWORD.findall(value):
            yield from (password, unquote(password))


def _texts(config: Config | None) -> Iterator[str]:
    return (each for each in vars(config).values() if isinstance(each, str)) if config else iter(())


def _without(secrets: list[str], text: str) -> str:
    text = _PASSWORD.sub(f"{_HIDDEN}@", text)
    for secret in filter(None, secrets):
        # A short one is hidden where it stands alone, lest every letter be.
        text = re.sub(rf"(?<!\w){re.escape(secret)}(?!\w)", _HIDDEN, text)
        if len(secret) >= _SHORT:
            text = text.replace(secret, _HIDDEN)
    return _MADE_UP.sub(_HIDDEN, text)
