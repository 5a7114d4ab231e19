"""`compare` with a login, of a project with accounts: it works, and tells no secret to anybody."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from secrets import token_hex
from tempfile import TemporaryDirectory

import psutil
import pytest

from tests.conftest import Project
from tests.processes import until

pytestmark = pytest.mark.revisions

# Another one each time, as all processes of the machine are looked through.
CANARY = f"canary-{token_hex(4)}"
SECRETS = {
    "SHOP_PASSWORD": f"{CANARY}-password-1",
    "DJANGO_SUPERUSER_PASSWORD": f"{CANARY}-password-1",
    "H2H_HEADERS": f"Authorization: Token {CANARY}-token-1\nCookie: tenant={CANARY}-cookie-1",
}
FILES = {
    "manage.py": """
import os, sys
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")
if __name__ == "__main__":
    from django.core.management import execute_from_command_line
    execute_from_command_line(sys.argv)
""",
    "shop/__init__.py": "",
    "shop/settings.py": """
from pathlib import Path
SECRET_KEY = "of a test"
ALLOWED_HOSTS = ["*"]
USE_TZ = True
ROOT_URLCONF = "shop.urls"
WSGI_APPLICATION = "shop.wsgi.application"
SESSION_ENGINE = "shop.sessions"
LOGIN_URL = "/in/"
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": Path(__file__).parent.parent / "shop.sqlite3",
    }
}
INSTALLED_APPS = [
    *("django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions"),
]
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
]
PAGE = "<form method=post>{% csrf_token %}{{ form }}</form>"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "OPTIONS": {
            "loaders": [
                ("django.template.loaders.locmem.Loader", {"registration/login.html": PAGE}),
            ]
        },
    }
]
""",
    "shop/wsgi.py": """
from django.core.wsgi import get_wsgi_application
application = get_wsgi_application()
""",
    "shop/sessions.py": f"""
from django.contrib.sessions.backends.db import SessionStore as Kept
class SessionStore(Kept):
    def _get_new_session_key(self):
        return "{CANARY}-" + super()._get_new_session_key()[:10]
    @classmethod
    def get_model_class(cls):
        return Kept.get_model_class()
""",
    "shop/urls.py": """
from uuid import uuid4
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import Group
from django.contrib.auth.views import LoginView
from django.http import JsonResponse
from django.urls import path
@login_required
def groups(request):
    made = Group.objects.create(name=str(uuid4()))
    sent = {name: request.headers.get(name) for name in ("Authorization", "Cookie", "X-Canary")}
    told = {"sent": sent, "session": request.session.session_key, "price": PRICE}
    return JsonResponse({"id": made.pk, "name": made.name, **told}, status=201)
urlpatterns = [path("in/", LoginView.as_view(next_page="/")), path("groups/", groups)]
PRICE = 5
""",
    "pyproject.toml": """
[tool.headtohead]
prepare = [
    "manage.py migrate",
    "manage.py createsuperuser --no-input --username demo --email demo@shop.example",
]
[tool.headtohead.login]
url = "/in/"
username = "demo"
password = { env = "SHOP_PASSWORD" }
""",
    ".gitignore": ".h2h\nresults\n*.sqlite3\n__pycache__\n",
}


@pytest.fixture(scope="module")
def shop() -> Iterator[Project]:
    """Two commits, of which the second has another price."""
    with TemporaryDirectory(prefix="h2h-test-") as temporary:
        root = Path(temporary).resolve() / "shop"
        for name, text in FILES.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text.lstrip(), encoding="utf-8")
        _git(root, "init", "--quiet", "--initial-branch=main")
        for message, price in (("Open the shop", 5), ("Raise the price", 6)):
            urls = FILES["shop/urls.py"].replace("PRICE = 5", f"PRICE = {price}")
            (root / "shop" / "urls.py").write_text(urls.lstrip(), encoding="utf-8")
            _git(root, "add", "--all")
            _git(root, "commit", "--quiet", "--message", message)
        yield Project(root=root, changed=True, environment=SECRETS)


def _git(root: Path, *arguments: str) -> None:
    who = ("-c", "user.name=Shop", "-c", "user.email=shop@shop.example")
    subprocess.run(["git", *who, *arguments], cwd=root, check=True)


def command_lines() -> Iterator[str]:
    """What the list of processes shows of all that there are."""
    for each in psutil.process_iter():
        with suppress(psutil.Error):
            yield " ".join(each.cmdline())


def test_a_session_writes_and_its_secrets_stand_nowhere(shop):
    process = shop.start(
        *("compare", "HEAD~1", "HEAD", "--path", "/groups/", "--method", "POST", "--body", "{}"),
        *("--header", f"X-Canary: {CANARY}-header-2", f"--cookie=basket={CANARY}-cookie-2"),
        *("--rounds", "4", "--budget", "1", "--json"),
    )
    # Whoever starts a process gives it a command line; from then on it is h2h's.
    until(lambda: CANARY not in "".join(psutil.Process(process.pid).cmdline()), process=process)
    listed: set[str] = set()
    while process.poll() is None:
        listed |= set(command_lines())
        with suppress(subprocess.TimeoutExpired):
            printed, complained = process.communicate(timeout=0.1)
    # A busy machine may make it invalid.
    assert process.returncode in {0, 3}, complained
    assert any("headtohead.load.generator" in each for each in listed)
    assert CANARY not in printed + complained + "".join(listed)

    record = json.loads(printed)
    assert record["revisions"]["untimed"] == []
    (result,) = record["experiments"]
    assert (result["name"], result["method"]) == ("post-groups", "POST")
    assert [each["errors"] for each in result["variants"]] == [0, 0]
    # The sides' sessions differ, and that is no difference between them.
    told = {each["code"]: each["message"] for each in result["caveats"]}
    assert "(body.id, body.name)" in told["bodies-vary"]
    assert told["bodies-differ"] == "The revisions answer differently (body.price: 5, not 6)."
    assert "body-changed" not in told

    if process.returncode == 0:
        assert shop.h2h("history", "add", "results/latest").returncode == 0
    kept = [path for path in shop.root.rglob("*") if path.is_file() and ".git" not in path.parts]
    assert {"run.json", "report.html", "post-groups.csv"} <= {path.name for path in kept}
    holding = {path.name for path in kept if CANARY.encode() in path.read_bytes()}
    assert holding == {"sessions.py"}


@pytest.mark.nightly
def test_the_first_look_logs_in_as_well(shop):
    told = shop.h2h("init", "--dry-run", "--path", "/groups/")
    assert told.returncode == 0, told.stdout
    assert "/groups/: 201 from both sides" in told.stdout
    assert CANARY not in told.stdout + told.stderr
