"""What [tool.headtohead.login] may say."""

from typing import Any

import pytest

from headtohead.compare.login_settings import Login, read_login
from headtohead.config_loading import load_config
from headtohead.errors import ConfigurationError

ACCOUNT = {"username": "demo", "password": "hidden"}


def read(table: dict[str, Any], **environment: str) -> Login | None:
    return read_login(table, environment=environment)


def test_without_a_table_nobody_logs_in():
    assert read({}) is None


def test_a_session_has_a_path_and_an_account():
    assert read({"url": "/in/", **ACCOUNT, "username_field": "email"}) == Login(
        way="url", at="/in/", username="demo", password="hidden", username_field="email"
    )


def test_a_token_is_sent_as_djangos_frameworks_do_unless_it_is_told():
    plain = read({"token_url": "/token/", **ACCOUNT})
    assert (plain.way, plain.at, plain.token_field) == ("token_url", "/token/", "")
    assert (plain.header, plain.username_field) == ("Authorization: Bearer {token}", "username")
    told = {"token_field": "data.key", "header": "X-Key: {token}"}
    other = read({"token_url": "/token/", **ACCOUNT, **told})
    assert (other.token_field, other.header) == ("data.key", "X-Key: {token}")


def test_a_command_needs_no_account():
    assert read({"command": "manage.py token"}) == Login(way="command", at="manage.py token")


def test_a_password_may_stand_in_a_variable():
    table = {"url": "/in/", "username": "demo", "password": {"env": "SHOP_PASSWORD"}}
    assert read(table, SHOP_PASSWORD="hidden").password == "hidden"
    for environment in ({}, {"SHOP_PASSWORD": ""}):
        with pytest.raises(ConfigurationError, match="in SHOP_PASSWORD, which is not set; export"):
            read(table, **environment)


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ({"urll": "/in/"}, "unknown key 'urll'; did you mean url?"),
        ({"zzz": 1}, "unknown key 'zzz'; known: url, username, password, username_field"),
        (ACCOUNT, "has no way to log in; give one of url"),
        ({"url": "/in/", "command": "x"}, "has url and command; give one of url"),
        ({"command": "x", "username": "demo"}, "username means nothing with command; leave it"),
        ({"url": "/in/", **ACCOUNT, "header": "A: {token}"}, "header means nothing with url"),
        ({"url": "/in/", "username": "demo"}, "url and no password; add it, as text or as passw"),
        ({"token_url": "/in/", "password": "hidden"}, "has token_url and no username"),
        ({"url": "in/", **ACCOUNT}, "url is 'in/'; give a path from the root"),
        ({"url": "https://shop.example/in/", **ACCOUNT}, "give a path from the root"),
        (
            {"url": "/in/", **ACCOUNT, "password": 5},
            'password is no text; give a text or { env = "',
        ),
        ({"url": "/in/", **ACCOUNT, "password": " "}, "password is no text"),
        ({"url": "/in/", **ACCOUNT, "password": {"env": "A", "b": "hidden"}}, "is no text"),
        ({"url": {"env": "A"}, **ACCOUNT}, "url is no text; give a text"),
        ({"token_url": "/in/", **ACCOUNT, "header": "hidden"}, "header is no header with {token}"),
        ({"token_url": "/in/", **ACCOUNT, "header": "A b: {token}"}, "write it as header = "),
        ({"token_url": "/in/", **ACCOUNT, "header": "A: hidden"}, "write it as header = "),
    ],
)
def test_what_cannot_be_used_is_told_in_a_line_without_the_password(table, says):
    with pytest.raises(ConfigurationError) as told:
        read(table, A="hidden")
    assert says in str(told.value)
    assert "hidden" not in str(told.value)
    assert "\n" not in str(told.value)


def test_the_table_is_read_with_the_other_settings_and_shows_no_password(tmp_path):
    settings = tmp_path / "pyproject.toml"
    settings.write_text('[tool.headtohead.login]\nurl = "/in/"\npassword = "hidden"\n')
    config = load_config(start=tmp_path, environment={}, flags={})
    assert config.login == {"url": "/in/", "password": "hidden"}
    assert "hidden" not in repr(config)
    assert "hidden" not in repr(read({"url": "/in/", **ACCOUNT}))


def test_a_login_that_is_no_table_is_refused(tmp_path):
    (tmp_path / "pyproject.toml").write_text('[tool.headtohead]\nlogin = "demo"\n')
    with pytest.raises(ConfigurationError, match=r"login is no table; make it \[tool.headtohead.l"):
        load_config(start=tmp_path, environment={}, flags={})
