"""What servers of ours share, shown by programs that are none."""

import sys
from pathlib import Path

import psutil
import pytest

from headtohead.errors import StackError
from headtohead.services.server_process import ServerProcess

pytestmark = pytest.mark.process

PROGRAM = Path(sys.executable).resolve()
ANSWERS = "import time; open('answer', 'w').write('1.2'); time.sleep(600)"
ENDS = "import sys; sys.exit('Error: the port is taken')"
SILENT = "import time; time.sleep(600)"


@pytest.fixture
def server(tmp_path: Path):
    (tmp_path / "folder").mkdir()
    process = ServerProcess(
        name="Echo",
        programs=(PROGRAM.name,),
        folder=tmp_path / "folder",
        log=tmp_path / "echo.log",
        start_seconds=20.0,
    )
    yield process
    process.stop(seconds=0)


def answer(server: ServerProcess) -> str | None:
    path = server.folder / "answer"
    return path.read_text() or None if path.exists() else None


def test_it_is_awaited_found_by_its_folder_and_stopped(server):
    assert server.find() == ()
    started = server.start([PROGRAM, "-c", ANSWERS], answer=lambda: answer(server))
    assert started is not None
    process, version = started
    assert version == "1.2"
    assert server.find() == (process,)
    assert server.stop()
    assert not psutil.pid_exists(process.pid)
    assert not server.stop()


def test_one_that_ends_is_no_server_and_its_log_says_why(server):
    assert server.start([PROGRAM, "-c", ENDS], answer=lambda: None) is None
    failure = server.failure(more="; or ask")
    assert "Echo does not start: Error: the port is taken" in str(failure)
    assert failure.fix == f"see {server.log}; or ask"


def test_one_that_does_not_answer_in_time_is_an_error(server):
    hasty = ServerProcess(**{**vars(server), "start_seconds": 0.2})
    with pytest.raises(StackError, match="Echo does not answer"):
        hasty.start([PROGRAM, "-c", SILENT], answer=lambda: None)
    assert len(server.find()) == 1
