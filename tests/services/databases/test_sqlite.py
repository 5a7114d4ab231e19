"""SQLite's databases are files, copied whole and never written by whoever copies them."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from headtohead.errors import StackError
from headtohead.services.databases.database import database_of
from headtohead.services.databases.sqlite import SQLite, copy, file_of, url_of


@pytest.fixture
def database(tmp_path: Path) -> tuple[SQLite, str]:
    return SQLite(), url_of(tmp_path / "made by h2h" / "none.sqlite3")


def insert(file: Path, *values: int) -> sqlite3.Connection:
    connection = sqlite3.connect(file)
    connection.execute("CREATE TABLE IF NOT EXISTS item (id)")
    connection.executemany("INSERT INTO item VALUES (?)", [(each,) for each in values])
    connection.commit()
    return connection


def items(file: Path) -> list[int]:
    with closing(sqlite3.connect(file)) as connection:
        return [row[0] for row in connection.execute("SELECT id FROM item ORDER BY id")]


def state(folder: Path) -> dict[str, tuple[bytes, int]]:
    return {each.name: (each.read_bytes(), each.stat().st_mtime_ns) for each in folder.iterdir()}


def test_a_url_names_a_file_whatever_is_in_its_name(tmp_path):
    file = tmp_path / "a b%#?.sqlite3"
    assert file_of(url_of(file)) == file
    assert isinstance(database_of(url_of(file)), SQLite)


def test_a_database_is_a_copy_of_another_one_and_gone_when_it_is_dropped(database):
    sqlite, url = database
    template = sqlite.create(url, name="template.sqlite3")
    insert(file_of(template), 1, 2).close()
    made = sqlite.create(url, name="base.sqlite3", like="template.sqlite3")
    insert(file_of(made), 3).close()
    assert items(file_of(template)) == [1, 2]
    assert items(file_of(made)) == [1, 2, 3]
    sqlite.settle(made)
    assert sqlite.django_settings(made)["NAME"] == str(file_of(made))
    sqlite.drop(url, name="base.sqlite3")
    assert [each.name for each in file_of(url).parent.iterdir()] == ["template.sqlite3"]


def test_what_is_not_yet_in_the_file_is_copied_and_the_users_folder_stays(tmp_path, database):
    own = tmp_path / "own"
    own.mkdir()
    with closing(sqlite3.connect(own / "db.sqlite3")) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("CREATE TABLE item (id)")
        connection.execute("INSERT INTO item VALUES (7)")
        connection.commit()
        assert (own / "db.sqlite3-wal").stat().st_size
        before = state(own)
        copy(own / "db.sqlite3", tmp_path / "copy.sqlite3")
        assert state(own) == before
    assert items(tmp_path / "copy.sqlite3") == [7]


def test_a_dump_is_carried_out(tmp_path, database):
    sqlite, url = database
    (tmp_path / "rows.sql").write_text("CREATE TABLE item (id); INSERT INTO item VALUES (5);")
    made = sqlite.create(url, name="template.sqlite3")
    sqlite.load(made, source=tmp_path / "rows.sql", shown="rows.sql")
    assert items(file_of(made)) == [5]


@pytest.mark.parametrize("name", ["rows.sql", "rows.sqlite3"])
def test_what_is_no_database_is_told(name, tmp_path, database):
    sqlite, url = database
    (tmp_path / name).write_text("these are no rows, and nothing else either")
    made = sqlite.create(url, name="template.sqlite3")
    with pytest.raises(StackError) as told:
        sqlite.load(made, source=tmp_path / name, shown=name)
    assert "`data`" in told.value.fix
