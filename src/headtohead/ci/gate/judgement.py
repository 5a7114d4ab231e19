"""What a gate found of each experiment, and what its policy makes of that."""

from collections.abc import Iterable
from dataclasses import dataclass

from headtohead.ci.gate.policy import FindingKind, Response
from headtohead.errors import ExitCode
from headtohead.protocol.explanation import Location
from headtohead.records.encoding import Bounds


@dataclass(frozen=True, kw_only=True)
class EndpointEffect:
    """An endpoint's effect.

    Attributes:
        ratio: Head over base: 1.05 takes 5 % more time.
        ci95: The 95 % interval of `ratio`.
        margin: The smallest effect that matters, as a fraction.
    """

    ratio: float
    ci95: Bounds
    margin: float


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """One thing that was found.

    Attributes:
        stage: What found it: ``check``, ``compare`` or ``bench``.
        experiment: Of which experiment, or endpoint.
        subject: Of what in it; the experiment itself unless a variant of it.
        kind: What was found.
        response: What becomes of it.
        message: What was found, in words.
        fix: What to do about it; empty where there is nothing to do.
        source: The line of code to look at, where one is known.
        measured: The effect, where there is one to show.
    """

    stage: str
    experiment: str
    subject: str
    kind: FindingKind
    response: Response
    message: str
    fix: str = ""
    source: Location | None = None
    measured: EndpointEffect | None = None

    @property
    def text(self) -> str:
        """What was found, and what to do about it."""
        return f"{self.message.rstrip('.')}; {self.fix}" if self.fix else self.message


@dataclass(frozen=True, kw_only=True)
class Gate:
    """Everything that a gate found.

    Attributes:
        run_id: The comparison's record in the results folder; empty where there is none.
        base: What the working tree was compared with, as it was named.
        judgements: The gravest first.
        not_compared: Why there was nothing to compare with yet, in a sentence; empty where there
            was.
    """

    run_id: str
    base: str
    judgements: tuple[Judgement, ...]
    not_compared: str = ""

    def those(self, response: Response) -> tuple[Judgement, ...]:
        """The judgements with that response."""
        return tuple(each for each in self.judgements if each.response is response)

    @property
    def exit_code(self) -> ExitCode:
        """What the shell is told: a failure if there is one beside what does not count.

        A gate that found nothing has looked at nothing, unless there was nothing to look at yet.
        """
        if not self.judgements and not self.not_compared:
            return ExitCode.INVALID_MEASUREMENT
        failing = {each.kind for each in self.those(Response.FAIL)}
        if failing - {FindingKind.INVALID}:
            return ExitCode.GATE_FAILED
        return ExitCode.INVALID_MEASUREMENT if failing else ExitCode.OK

    @property
    def result(self) -> str:
        """The outcome in a word: passed, failed or invalid."""
        return {ExitCode.OK: "passed", ExitCode.GATE_FAILED: "failed"}.get(
            self.exit_code, "invalid"
        )


_GRAVITY = (Response.FAIL, Response.WARN, Response.PASS)


def sorted_by_gravity(judgements: Iterable[Judgement]) -> tuple[Judgement, ...]:
    """Failures first, then warnings, then the rest; what is not `passed` before what is."""
    return tuple(
        sorted(
            judgements,
            key=lambda each: (_GRAVITY.index(each.response), each.kind is FindingKind.PASSED),
        )
    )
