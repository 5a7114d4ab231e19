"""The folder of a validation: a file for each finished trial, so that it can go on later."""

from collections.abc import Iterator
from pathlib import Path

from benchmarks.validation.record import Setup, read_setup
from benchmarks.validation.scenarios import Scenario
from benchmarks.validation.trace import Trace, read_started_at, read_trace, write_trace
from headtohead.errors import ConfigurationError
from headtohead.host.files import write_whole
from headtohead.records.store import to_json

_SETUP_NAME = "setup.json"


class TrialFolder:
    """Finished trials and what holds for all of them.

    Args:
        path: The folder; it is made.

    Raises:
        ConfigurationError: It cannot be written to.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._trials = path / "trials"
        try:
            self._trials.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ConfigurationError(
                f"output folder {path} cannot be written to ({error.strerror})",
                fix="make it writable, or name another with --output",
            ) from error

    def setup(self, *, subject: str, seconds: float, seed: int) -> Setup | None:
        """What holds for the trials that are kept here, None when there are none yet.

        Raises:
            ConfigurationError: They were taken of something else.
            RecordError: It cannot be read.
        """
        path = self.path / _SETUP_NAME
        if not path.exists():
            return None
        setup = read_setup(path)
        asked = {"subject": subject, "seconds": seconds, "seed": seed}
        for name, value in asked.items():
            kept = getattr(setup, name)
            if kept != value:
                raise ConfigurationError(
                    f"trials in {self.path} were taken with {name} {kept}, not {value}",
                    fix="give that again to go on with them, or another folder with --output",
                )
        return setup

    def write_setup(self, setup: Setup) -> None:
        """Keep what holds for all trials to come."""
        write_whole(to_json(setup), self.path / _SETUP_NAME)

    def has(self, scenario: Scenario, index: int) -> bool:
        """Whether this trial is finished."""
        return self._file(scenario.name, index).exists()

    def write(self, trace: Trace) -> None:
        """Keep a finished trial."""
        write_trace(trace, self._file(trace.scenario, trace.index))

    def traces(self) -> Iterator[Trace]:
        """Every finished trial in the order they were taken."""
        files = sorted(self._trials.glob("*.npz"), key=read_started_at)
        return (read_trace(file) for file in files)

    def _file(self, scenario: str, index: int) -> Path:
        return self._trials / f"{scenario}-{index:04d}.npz"
