import os
import struct
from pathlib import Path

import pytest
from prometheus_client.mmap_dict import MmapedDict, mmap_key

from headtohead.django.prometheus.collecting import page

NO_PROCESS = 2**22  # Linux gives no higher number
ASIDE = "headtohead_metrics_files_unreadable_total"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where a process has counted three requests."""
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path))
    written = MmapedDict(str(tmp_path / f"counter_{os.getpid()}.db"))
    written.write_value(mmap_key("served", "served_total", [], [], "Requests."), 3.0, 0.0)
    written.close()
    return tmp_path


def scraped() -> dict[str, float]:
    lines = page().decode().splitlines()
    return {
        name: float(value)
        for name, _, value in (line.partition(" ") for line in lines if not line.startswith("#"))
    }


def broken_files() -> dict[str, bytes]:
    entry = struct.pack("i", 20) + b"x" * 20
    return {
        "empty": b"",
        "two bytes": b"\x08\x00",
        "cut off": struct.pack("ii", 64, 0) + entry,
        "no JSON": struct.pack("ii", 8 + 4 + 20 + 16, 0) + entry + struct.pack("dd", 1.0, 0.0),
        "endless": struct.pack("ii", 2**31 - 1, 0) + struct.pack("i", 2**31 - 1),
        "negative": struct.pack("ii", 64, 0) + struct.pack("i", -64) + b"\x00" * 64,
    }


@pytest.mark.parametrize("content", broken_files().values(), ids=broken_files())
def test_what_a_killed_process_left_is_set_aside_and_counted(folder: Path, content: bytes) -> None:
    file = folder / f"histogram_{NO_PROCESS}.db"
    file.write_bytes(content)
    for _ in range(2):
        assert scraped() == {"served_total": 3, ASIDE: 1}
    assert not file.exists()
    assert file.with_name(f"{file.name}.unreadable").read_bytes() == content


def test_a_process_at_work_keeps_its_file_however_little_is_in_it(folder: Path) -> None:
    file = folder / f"histogram_{os.getppid()}.db"
    file.touch()
    assert scraped() == {"served_total": 3, ASIDE: 0}
    assert file.exists()


def test_where_all_can_be_read_nothing_is_set_aside(folder: Path) -> None:
    assert scraped() == {"served_total": 3, ASIDE: 0}


def test_without_a_folder_this_process_is_all_there_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PROMETHEUS_MULTIPROC_DIR", raising=False)
    assert "python_info" in page().decode()
