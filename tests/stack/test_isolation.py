"""What a project's processes are told of what they may use, by what its settings lead to."""

from dataclasses import replace
from pathlib import Path

from headtohead.protocol.isolation import Isolation
from headtohead.protocol.project_description import CacheSettings, DatabaseSettings
from headtohead.stack.isolation import isolate_benchmarks
from tests.init.samples import DESCRIPTION


def sqlite(name: str) -> DatabaseSettings:
    return replace(DESCRIPTION.databases["default"], vendor="sqlite", name=name, host="", port="")


def forbidden(root: Path, **described: object) -> set[str] | None:
    told = {"databases": {}, "caches": {}, "media_root": ""} | described
    description = replace(DESCRIPTION, **told)
    file = isolate_benchmarks(root / "own", name="base", root=root, description=description)
    return file and set(Isolation.from_json(file.read_text()).forbidden)


def test_benchmarks_are_kept_from_every_place_in_the_settings(tmp_path):
    (tmp_path / "own").mkdir()
    caches = {
        "default": CacheSettings(backend="", kind="redis", location="redis://:p@127.0.0.1:1/2"),
        "shared": CacheSettings(backend="", kind="memcached", location="127.0.0.1, 127.0.0.1:3"),
        "files": CacheSettings(backend="", kind="files", location="/precious/cache"),
        "own": CacheSettings(backend="", kind="memory", location="/not/a/path"),
    }
    databases = {**DESCRIPTION.databases, "files": sqlite("/precious/rows.sqlite3")}
    described = {"databases": databases, "caches": caches, "media_root": "/precious/media"}
    assert forbidden(tmp_path, **described) == {
        *("db.internal:5432/shop", "/precious/rows.sqlite3", "/precious/media", "/precious/cache"),
        *("127.0.0.1:1", "127.0.0.1:11211", "127.0.0.1:3"),
    }


def test_what_lies_in_the_copy_or_in_memory_is_free(tmp_path):
    databases = {"default": sqlite(str(tmp_path / "db.sqlite3")), "memory": sqlite(":memory:")}
    assert forbidden(tmp_path, databases=databases, media_root=str(tmp_path / "media")) is None
