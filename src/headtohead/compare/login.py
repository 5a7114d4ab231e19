"""How requests are logged in: a session, a token or a command of the user's, of each side apart."""

import json
import re
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode

from urllib3 import BaseHTTPResponse

from headtohead.compare.endpoints import HEAD, common_headers, is_header
from headtohead.compare.login_settings import TABLE, TOKEN, Login
from headtohead.errors import ConfigurationError
from headtohead.experiment import Request
from headtohead.services.django_project import Project
from headtohead.stack.revision_servers import IsolatedRevisions
from headtohead.stack.target import client, send

# Tokens may be good for a few minutes only: whoever logged in longer ago does so again.
RENEWED_AFTER_SECONDS = 60.0

_COMMAND_SECONDS = 60
_USUAL_TOKEN_FIELDS = ("access", "token", "access_token", "key", "auth_token")


def headers_of_sides(
    sides: IsolatedRevisions,
    *,
    urls: Mapping[str, str],
    given: Sequence[str],
    login: Login | None,
) -> dict[str, dict[str, str]]:
    """The headers that every request carries, of each side; a login adds what says who asks.

    Args:
        sides: The revisions.
        urls: Scheme, host and port of each side's server.
        given: The user's own, as ``Name: value``.
        login: How to log in to each side; None where nobody does.

    Raises:
        ConfigurationError: A header is none, or the login does not work; what is secret is not
            told.
        MeasurementError: Nothing answers at an address.
    """
    common = common_headers(given, token=sides.token)
    headers = dict.fromkeys(urls, common)
    if login is None:
        return headers
    for side, url in urls.items():
        added = log_in(
            login, side=side, url=url, headers=common, project=partial(_project_on, side, sides)
        )
        headers[side] = common_headers([*given, *added], token=sides.token)
    return headers


def _project_on(side: str, sides: IsolatedRevisions) -> Project:
    """The project as head has it, on the databases and caches of a side."""
    data = sides.projects[side]
    return replace(
        sides.projects[HEAD],
        database_url=data.database_url,
        cache_url=data.cache_url,
        isolation=data.isolation,
    )


def log_in(
    login: Login, *, side: str, url: str, headers: Mapping[str, str], project: Callable[[], Project]
) -> list[str]:
    """Log in to one side.

    Args:
        login: How.
        side: The side's name, for messages.
        url: Scheme, host and port of its server.
        headers: Those that every request carries.
        project: Makes the project in which a command runs.

    Returns:
        The headers that say who asks, as ``Name: value``.

    Raises:
        ConfigurationError: It does not work; what is secret is not told.
        MeasurementError: Nothing answers at the address.
    """
    if login.way == "command":
        return _printed(login, side=side, url=url, project=project())
    in_use = {name: value for name, value in headers.items() if name.lower() != "accept"}
    # A form may refuse whoever wants JSON alone.
    visitor = _Visitor(login, side=side, url=url, headers={**in_use, "Accept": "*/*"})
    return visitor.session() if login.way == "url" else visitor.token()


class _Visitor:
    """Logs in to one server over HTTP, and keeps its cookies."""

    def __init__(self, login: Login, *, side: str, url: str, headers: Mapping[str, str]) -> None:
        self._login = login
        self._side = side
        self._url = url
        given = [value for name, value in headers.items() if name.lower() == "cookie"]
        self._headers = {name: headers[name] for name in headers if name.lower() != "cookie"}
        self._given = given
        self._cookies: dict[str, str] = {}

    def session(self) -> list[str]:
        """The headers of a session, with the CSRF token that its writes need."""
        login = self._login
        page = _Form.of(self._send("GET"))
        account = {login.username_field: login.username, "password": login.password}
        before = dict(self._cookies)
        answer = self._send(
            "POST",
            body=urlencode({**page.hidden, **account}),
            headers={
                "Content-Type": "application/x-www-form-urlencoded",
                "Referer": f"http://{self._headers.get('Host', '127.0.0.1')}{login.at}",
                **self._csrf(),
            },
        )
        changed = {name for name, value in self._cookies.items() if before.get(name) != value}
        again = answer.status == 200 and _Form.of(answer).asks_for_password
        if answer.status >= 400 or again or all(map(_is_csrf, changed)):
            because = "with the form again" if again else f"{answer.status} without a session"
            raise self._refused(f"answers {because}")
        return [f"Cookie: {self._cookie()}", *(f"{k}: {v}" for k, v in self._csrf().items())]

    def token(self) -> list[str]:
        """The header that holds a token."""
        login = self._login
        account = {login.username_field: login.username, "password": login.password}
        answer = self._send(
            "POST", body=json.dumps(account), headers={"Content-Type": "application/json"}
        )
        if not 200 <= answer.status < 300:
            raise self._refused(f"answers {answer.status}")
        try:
            given: Any = json.loads(answer.data)
        except (ValueError, RecursionError):
            given = None
        fields = [login.token_field] if login.token_field else _USUAL_TOKEN_FIELDS
        found = [token for each in fields if isinstance(token := _value_at(given, each), str)]
        header = login.header.replace(TOKEN, found[0]) if found else ""
        if not is_header(header):
            raise self._refused(
                f"answers without {' or '.join(fields)}",
                fix=f"name where the token stands as token_field in {TABLE}",
            )
        return [header]

    def _send(
        self, method: str, *, body: str | None = None, headers: Mapping[str, str] | None = None
    ) -> BaseHTTPResponse:
        sent = {**self._headers, **(headers or {})}
        if cookies := "; ".join(filter(None, (*self._given, self._cookie()))):
            sent["Cookie"] = cookies
        request = Request(path=self._login.at, method=method, headers=sent, body=body)
        with client() as http:
            answer = send(http, request, base_url=self._url)
        for each in answer.headers.getlist("Set-Cookie"):
            name, _, value = each.partition(";")[0].partition("=")
            self._cookies[name.strip()] = value.strip()
        return answer

    def _cookie(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self._cookies.items() if value)

    def _csrf(self) -> dict[str, str]:
        tokens = [value for name, value in self._cookies.items() if _is_csrf(name) and value]
        return {"X-CSRFToken": tokens[-1]} if tokens else {}

    def _refused(self, problem: str, *, fix: str = "") -> ConfigurationError:
        return ConfigurationError(
            f"no login to {self._side}: POST {self._login.at} {problem}",
            fix=fix or f"check username and password in {TABLE}",
        )


class _Form(HTMLParser):
    """What a page's forms send beside what people type in."""

    def __init__(self) -> None:
        super().__init__()
        self.hidden: dict[str, str] = {}
        self.asks_for_password = False
        self._over = False

    @classmethod
    def of(cls, answer: BaseHTTPResponse) -> "_Form":
        """Read a page, which may be none."""
        form = cls()
        form.feed(answer.data.decode("utf-8", "replace"))
        return form

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a field of a form; the one that asks for a password counts."""
        given = dict(attrs)
        kind, name = given.get("type") or "", given.get("name")
        if tag == "form" and not self.asks_for_password:
            self.hidden.clear()
        if tag == "input" and kind.lower() == "password":
            self.asks_for_password = True
        if tag == "input" and kind.lower() == "hidden" and name and not self._over:
            self.hidden.setdefault(name, given.get("value") or "")

    def handle_endtag(self, tag: str) -> None:
        """Pass over what follows the form that counts."""
        self._over = self._over or (tag == "form" and self.asks_for_password)


def _is_csrf(cookie: str) -> bool:
    return re.search("csrf|xsrf", cookie, re.IGNORECASE) is not None


def _value_at(answer: Any, dotted: str) -> Any:
    for key in dotted.split("."):
        answer = answer.get(key) if isinstance(answer, dict) else None
    return answer


def _printed(login: Login, *, side: str, url: str, project: Project) -> list[str]:
    """The headers that a command prints; neither they nor what it complains of are told."""
    words = [
        word.replace("{url}", url) for word in project.words(login.at, setting=f"{TABLE} command")
    ]
    try:
        finished = subprocess.run(
            words,
            cwd=project.folder,
            env=project.variables(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_COMMAND_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        late = isinstance(error, subprocess.TimeoutExpired)
        reason = f"does not end within {_COMMAND_SECONDS} s" if late else "cannot be run"
        raise ConfigurationError(
            f"{TABLE} command {reason} for {side}", fix="try it in the project's folder"
        ) from None
    if finished.returncode:
        raise ConfigurationError(
            f"{TABLE} command exits with {finished.returncode} for {side}",
            fix="try it in the project's folder, where it may say why",
        )
    # `manage.py shell` and many a project say more than they are asked.
    lines = [line.strip() for line in finished.stdout.splitlines() if is_header(line.strip())]
    if not lines:
        raise ConfigurationError(
            f"{TABLE} command prints no header for {side}",
            fix='let it print lines such as "Authorization: Token abc"',
        )
    return lines
