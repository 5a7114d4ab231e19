"""Everything that can go wrong for a user, with the exit code it means and the fix it names."""

from enum import IntEnum
from typing import ClassVar


class ExitCode(IntEnum):
    """What a finished command tells the shell; 70 is what sysexits.h calls a software error."""

    OK = 0
    GATE_FAILED = 1
    USAGE = 2
    INVALID_MEASUREMENT = 3
    DEFECT = 70
    INTERRUPTED = 130


class HeadToHeadError(Exception):
    """A failure with a known cause.

    Args:
        problem: What is wrong, without a full stop.
        fix: What the user does about it, as an instruction.
    """

    exit_code: ClassVar[ExitCode] = ExitCode.USAGE

    def __init__(self, problem: str, *, fix: str) -> None:
        super().__init__(f"{problem}; {fix}")
        self.problem = problem
        self.fix = fix


class DeclarationError(HeadToHeadError):
    """An experiment is declared wrongly."""


class ConfigurationError(HeadToHeadError):
    """A setting, flag, address or path cannot be used."""


class UnknownExperimentError(HeadToHeadError):
    """No experiment has the name that was asked for."""


class RecordError(HeadToHeadError):
    """A record on disk cannot be read."""


class StackError(HeadToHeadError):
    """A server of the local stack cannot be started, reached or stopped."""


class RevisionError(HeadToHeadError):
    """A git revision of the project cannot be had."""


class PublishError(HeadToHeadError):
    """A record cannot be published."""


class CheckFailedError(HeadToHeadError):
    """A deterministic check (equal bodies, variant applied) failed."""

    exit_code = ExitCode.GATE_FAILED


class MeasurementError(HeadToHeadError):
    """A measurement was taken but does not count."""

    exit_code = ExitCode.INVALID_MEASUREMENT


class InterruptedCommandError(HeadToHeadError):
    """The user stopped a command that keeps what it had finished."""

    exit_code = ExitCode.INTERRUPTED
