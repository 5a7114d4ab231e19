"""Logging in to servers and by commands."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from headtohead.compare.login import log_in
from headtohead.compare.login_settings import Login
from headtohead.errors import ConfigurationError
from headtohead.revisions.environments import PythonEnvironment
from headtohead.services.django_project import Project
from tests.services.test_django_project import project

PAGE = """<form action="/search/"><input type="hidden" name="scope" value="all"></form>
<form method="post"><input type=hidden name="csrfmiddlewaretoken" value="of-the-form">
<input type="hidden" name="next" value="/&amp;"><input name="username">
<input type="password"></form>
<form action="/out/"><input type="hidden" name="out" value="1"></form>"""
RIGHT = "canary-5up3r"
ANSWERS = {
    "/usual/": {"access": "a.b.c", "refresh": "r"},
    "/drf/": {"token": "t-1"},
    "/nested/": {"data": {"key": "k-1"}},
    "/other/": {"jwt": "j-1"},
    "/broken-line/": {"token": "t-1\r\nX: 1"},
    "/list/": ["t-1"],
}


class Accounts(BaseHTTPRequestHandler):
    """Logs whoever has the password in, as Django does, and tells the test what was sent."""

    def do_GET(self) -> None:
        self.server.seen.append(("GET", dict(self.headers), ""))
        self._answer(200, PAGE, "csrftoken=before; Path=/; SameSite=Lax")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.server.seen.append(("POST", dict(self.headers), body))
        if self.path in ANSWERS:
            right = json.loads(body)["password"] == RIGHT
            self._answer(200 if right else 401, json.dumps(ANSWERS[self.path]))
        elif "csrftoken=before" not in self.headers.get("Cookie", ""):
            self._answer(403, "CSRF verification failed")
        elif parse_qs(body)["password"] != [RIGHT]:
            self._answer(200, PAGE, "csrftoken=again")
        elif self.path == "/nothing/":
            self._answer(302, "", "csrftoken=again")
        else:
            self._answer(302, "", "csrftoken=after; Path=/", "sessionid=s-1; HttpOnly; Secure")

    def _answer(self, status: int, body: str, *cookies: str) -> None:
        self.send_response(status)
        for each in cookies:
            self.send_header("Set-Cookie", each)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *arguments: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[ThreadingHTTPServer]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Accounts) as server:
        server.seen = []
        thread = threading.Thread(target=server.serve_forever, args=[0.01])
        thread.start()
        yield server
        server.shutdown()
        thread.join()


HEADERS = {"Accept": "application/json", "Host": "shop.example", "Cookie": "tenant=one"}


def logged_in(login: Login, *, port: int = 9, runs: Project | None = None) -> list[str]:
    url = f"http://127.0.0.1:{port}"
    return log_in(login, side="head", url=url, headers=HEADERS, project=lambda: runs)


def account(way: str, at: str, *, password: str = RIGHT, **more: str) -> Login:
    return Login(way=way, at=at, username="demo", password=password, **more)


def test_a_session_brings_its_cookies_and_the_token_for_writes(server):
    given = logged_in(account("url", "/in/"), port=server.server_port)
    assert given == ["Cookie: csrftoken=after; sessionid=s-1", "X-CSRFToken: after"]
    (_, asked, _), (_, sent, body) = server.seen
    assert parse_qs(body) == {
        "csrfmiddlewaretoken": ["of-the-form"],
        "next": ["/&"],
        "username": ["demo"],
        "password": [RIGHT],
    }
    assert (asked["Accept"], asked["Host"], asked["Cookie"]) == (
        "*/*",
        "shop.example",
        "tenant=one",
    )
    assert sent["Cookie"] == "tenant=one; csrftoken=before"
    assert sent["X-CSRFToken"] == "before"
    assert sent["Referer"] == "http://shop.example/in/"
    assert sent["Content-Type"] == "application/x-www-form-urlencoded"


def test_an_account_may_be_called_otherwise(server):
    logged_in(account("url", "/in/", username_field="email"), port=server.server_port)
    assert parse_qs(server.seen[-1][-1])["email"] == ["demo"]


@pytest.mark.parametrize(
    ("way", "at", "headers"),
    [
        ("token_url", "/usual/", ["Authorization: Bearer a.b.c"]),
        ("token_url", "/drf/", ["Authorization: Bearer t-1"]),
    ],
)
def test_a_token_has_one_of_the_usual_names(server, way, at, headers):
    assert logged_in(account(way, at), port=server.server_port) == headers
    method, sent, body = server.seen[-1]
    assert (method, json.loads(body)) == ("POST", {"username": "demo", "password": RIGHT})
    assert sent["Content-Type"] == "application/json"


def test_a_token_may_stand_elsewhere_and_be_sent_otherwise(server):
    told = account("token_url", "/nested/", token_field="data.key", header="X-Key: Token {token}")
    assert logged_in(told, port=server.server_port) == ["X-Key: Token k-1"]


@pytest.mark.parametrize(
    ("login", "says"),
    [
        (account("url", "/in/", password="wrong-1"), "POST /in/ answers with the form again; che"),
        (account("url", "/nothing/"), "POST /nothing/ answers 302 without a session; check user"),
        (account("token_url", "/drf/", password="wrong-1"), "POST /drf/ answers 401; check userna"),
        (
            account("token_url", "/other/"),
            "answers without access or token or access_token or key or auth_token; name where",
        ),
        (account("token_url", "/drf/", token_field="jwt"), "answers without jwt; name where the"),
        (account("token_url", "/list/"), "answers without access"),
        (account("token_url", "/broken-line/"), "answers without access"),
    ],
)
def test_a_login_that_fails_says_where_and_no_secret(server, login, says):
    with pytest.raises(ConfigurationError) as told:
        logged_in(login, port=server.server_port)
    assert says in str(told.value)
    assert str(told.value).startswith("no login to head: ")
    assert not {RIGHT, "wrong-1"} & {*str(told.value).replace(";", " ").split()}


PRINTS = "import os, sys; print('Authorization:', os.environ['H2H_TOKEN'], sys.argv[1])"


def command(text: str) -> Login:
    return Login(way="command", at=text)


@pytest.mark.process
def test_a_command_of_the_project_prints_the_headers(tmp_path):
    runs = project(runs_in=environment(tmp_path), token="of-this-stack")
    (tmp_path / "show.py").write_text(
        f"{PRINTS}\nprint('6 objects imported.')\nprint('X-Folder:', os.getcwd())\n"
    )
    given = logged_in(command('python show.py "for {url}"'), port=9, runs=runs)
    assert given == [
        "Authorization: of-this-stack for http://127.0.0.1:9",
        f"X-Folder: {tmp_path}",
    ]


def environment(folder: Path) -> PythonEnvironment:
    return PythonEnvironment(root=folder)


@pytest.mark.process
@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("python -c \"raise SystemExit('canary')\"", "command exits with 1 for head; try it in"),
        ("python -c \"print('canary')\" 1", "prints no header for head"),
        ("python -c \"print('A b: canary')\"", "prints no header for head"),
        ("python -c pass", "prints no header for head; let it print lines such as"),
        ("no-such-program-of-ours", "command cannot be run for head"),
        ("python 'unclosed", 'command has "python \'unclosed", which cannot be read'),
    ],
)
def test_a_command_that_fails_is_told_without_what_it_prints(tmp_path, text, says):
    with pytest.raises(ConfigurationError) as told:
        logged_in(command(text), runs=project(runs_in=environment(tmp_path)))
    assert says in str(told.value)
    assert "canary" not in str(told.value)
