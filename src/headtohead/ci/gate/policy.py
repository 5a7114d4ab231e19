"""What a project lets pass: [tool.headtohead.gate]."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from headtohead.errors import ConfigurationError

TABLE = "[tool.headtohead.gate]"

_Margin = Annotated[float, Meta(ge=0.0001)]


class Response(StrEnum):
    """What becomes of a gate that finds something."""

    PASS = "pass"  # noqa: S105 (no password)
    WARN = "warn"
    FAIL = "fail"


class FindingKind(StrEnum):
    """What can be found; all but what is well have a response of that name in the policy."""

    PASSED = "passed"
    FASTER = "faster"
    # Another answer, other SQL, or queries that grow with the rows.
    CHECKS = "checks"
    SLOWER = "slower"
    # Slower, but whether by more than the margin is not known.
    UNRESOLVED = "unresolved"
    # Neither slower, nor faster, nor known to differ by less than the margin.
    INCONCLUSIVE = "inconclusive"
    # The revisions answer differently, or only one of them has the endpoint.
    DIFFERS = "differs"
    # What could not be checked or timed here.
    UNTESTED = "untested"
    # Measured, but not to be used.
    INVALID = "invalid"


# What nobody minds.
WELL = frozenset({FindingKind.PASSED, FindingKind.FASTER})


class ExperimentPolicy(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What holds for one experiment instead of the policy's own; None where nothing else does."""

    margin: _Margin | None = None
    checks: Response | None = None
    slower: Response | None = None
    unresolved: Response | None = None
    inconclusive: Response | None = None
    differs: Response | None = None
    untested: Response | None = None
    invalid: Response | None = None


class Policy(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What holds for all experiments.

    Attributes:
        budget: Seconds to measure for, all endpoints together.
        rounds: How often both revisions' servers are started again.
        paths: What to ask for beside the GET requests of experiments.
        control: Whether base is compared with itself, too; if it differs, nothing counts.
        benchmarks: Whether to compare the project's micro-benchmarks, too, in as many rounds.
        margin: The smallest effect that matters, as a fraction; None is the project's own.
        checks: What becomes of a failed check.
        slower: Of a slowdown by more than the margin.
        unresolved: Of a slowdown of which it is not known whether it is more than the margin.
        inconclusive: Of an endpoint of which nothing can be said.
        differs: Of other answers than the base's.
        untested: Of what could not be checked or timed.
        invalid: Of a measurement that does not count.
        experiments: What holds for single ones, by name; a path's name is its words.
    """

    budget: Annotated[float, Meta(gt=0)] = 240.0
    rounds: Annotated[int, Meta(ge=4)] = 8
    paths: tuple[str, ...] = ()
    control: bool = True
    benchmarks: bool = False
    margin: _Margin | None = None
    checks: Response = Response.FAIL
    slower: Response = Response.FAIL
    unresolved: Response = Response.WARN
    inconclusive: Response = Response.WARN
    differs: Response = Response.WARN
    untested: Response = Response.WARN
    invalid: Response = Response.FAIL
    experiments: dict[str, ExperimentPolicy] = msgspec.field(default_factory=dict)

    def response(self, kind: FindingKind, *, experiment: str) -> Response:
        """What becomes of a finding about an experiment."""
        if kind in WELL:
            return Response.PASS
        own: Response | None = getattr(self._of(experiment), kind)
        general: Response = getattr(self, kind)
        return own or general

    def margin_of(self, experiment: str, *, default: float) -> float:
        """The smallest effect on an experiment that matters, where the project's is `default`."""
        return self._of(experiment).margin or self.margin or default

    def asking(self, paths: Sequence[str]) -> "Policy":
        """The same policy, for these paths as well."""
        return msgspec.structs.replace(self, paths=(*self.paths, *paths))

    def _of(self, experiment: str) -> ExperimentPolicy:
        return self.experiments.get(experiment, ExperimentPolicy())


def read_policy(table: Mapping[str, Any]) -> Policy:
    """The policy that a project's table states.

    Raises:
        ConfigurationError: The table has an unknown key, or a value that means nothing.
    """
    try:
        return msgspec.convert(dict(table), Policy)
    except msgspec.ValidationError as error:
        raise ConfigurationError(
            f"{TABLE} cannot be used: {error}".replace("`$", f"`{TABLE}"),
            fix="docs/commands.md has its keys; responses are pass, warn or fail",
        ) from error
