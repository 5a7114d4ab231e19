"""What to tell where a process of the project fails: the telling line of its log, and the fix."""

from pathlib import Path

from headtohead.config import TABLE
from headtohead.errors import StackError
from headtohead.host import processes
from headtohead.protocol.isolation import STRANGERS


def project_error(problem: str, *, log: Path, settings_module: str) -> StackError:
    """What to tell about a process of the project that failed: its log's telling line."""
    line = processes.telling_line(processes.read_log(log))
    return StackError(f"{problem}: {line}", fix=_fix(line, settings_module, log))


def _fix(line: str, settings_module: str, log: Path) -> str:
    if STRANGERS in line:
        return (
            "let DATABASES, CACHES and CELERY_BROKER_URL lead to DATABASE_URL, CACHE_URL, "
            "MEMCACHED_URL and BROKER_URL, which h2h sets, and keep files in MEDIA_ROOT; or "
            "compare revisions (h2h compare), for which all that there is is copied"
        )
    if line.startswith("Unknown command: 'seed'"):
        return "give the project a `seed` management command with --rows, --seed and --count"
    if "settings are not configured" in line and not settings_module:
        return f'name them, such as settings = "shop.settings.base" in {TABLE}'
    if not line.startswith("ModuleNotFoundError"):
        return f"see {log}"
    missing = line.partition("'")[2].partition("'")[0]
    if missing.partition(".")[0] == settings_module.partition(".")[0]:
        return f"check `settings` and `wsgi` in {TABLE}, see {log}"
    return f"install what the project needs (pip install '.[app]'), see {log}"
