"""Where and how a run was taken, and how to read it: the words every report shares."""

from collections.abc import Mapping
from typing import Protocol

from headtohead.analysis.results import Verdict
from headtohead.records.comparison import Mode
from headtohead.records.provenance import Environment, GitState
from headtohead.records.results import ExperimentResult
from headtohead.records.run import Run
from headtohead.report.document import Facts, Section
from headtohead.report.findings import control_finding, findings
from headtohead.report.numbers import (
    ARROW,
    load,
    milliseconds,
    per_second,
    percent,
    quantity,
    size,
    times,
    users,
)

INCOMPLETE = "This run was cut short: its record is not complete."

VERDICT_MEANINGS = (
    ((Verdict.FASTER, Verdict.SLOWER), "the whole interval lies beyond the margin"),
    (
        (Verdict.FASTER_SIZE_UNRESOLVED, Verdict.SLOWER_SIZE_UNRESOLVED),
        "the interval excludes 1 but reaches into the margin",
    ),
    ((Verdict.NO_DIFFERENCE,), "the whole interval lies within the margin"),
    ((Verdict.INCONCLUSIVE,), "the interval is too wide to say; measure for longer"),
    ((Verdict.INVALID,), "the numbers must not be used; the caveats say why"),
)

_READINGS = {
    Mode.LATENCY: "0.5 is half the time",
    Mode.THROUGHPUT: "of throughput 2 is twice the requests a second, of p50, p95 and p99 0.5 is"
    " half the time",
    Mode.OPEN: "0.5 is half the response time",
}

_METHODS = {
    Mode.LATENCY: (
        (
            "Baseline and variant are requested in adjacent pairs by one user, and a coin flip"
            " decides which of the two goes first."
        ),
        (
            "The ratio is the median over all pairs of log(variant time / baseline time), turned"
            " back into a ratio."
        ),
    ),
    Mode.THROUGHPUT: (
        (
            "All users send one request after another to the same variant, and are switched to"
            " another after every block; a round holds one block of every variant, in random order."
        ),
        "A block is measured from when the last request in flight at the switch has ended.",
        (
            "A request counts only if it began and ended within one block. Latencies of those that"
            " were cut are known to exceed what they had lasted, and percentiles take that into"
            " account (Kaplan and Meier)."
        ),
        (
            "The ratio of throughput is the median over all rounds of log(variant requests/s /"
            " baseline requests/s), turned back into a ratio; those of p50, p95 and p99 are"
            " medians over groups of rounds that have enough requests for them."
        ),
    ),
    Mode.OPEN: (
        (
            "Requests arrive at a planned rate, at one variant at a time, and are sent when they"
            " are due whether or not earlier ones have returned; a round holds one stretch of every"
            " variant, in random order and with the same arrivals."
        ),
        "A stretch ends when all its requests have, so no queue is left to the next variant.",
        (
            "A response time counts from when its request was due. Requests that could not be sent"
            " because all users waited for answers are known to have taken at least that long, and"
            " percentiles take that into account (Kaplan and Meier)."
        ),
        (
            "The ratio is the median over all rounds of log(variant / baseline) of the median"
            " response time, turned back into a ratio; those of p95 and p99 are medians over groups"
            " of rounds that have enough requests for them."
        ),
    ),
}

_INTERVAL = "The 95 % interval inverts the sign-flip randomisation test."
_LAUNCH_INTERVAL = (
    "The 95 % interval is Student's over the launches, and never narrower than that of all pairs."
)
_LAUNCHES = (
    "The servers of both revisions are restarted for every round, in random order, because one"
    " process is faster than another by luck; the ratio is the mean of what the rounds' pairs say."
)
_EARLY_STOP = (
    "When to stop, and the verdict, were left to its wider form for any number of looks (a"
    " confidence sequence), so that measuring could end once the answer was clear."
)


class Record(Protocol):
    """What records of every kind say of where they were taken."""

    @property
    def git(self) -> GitState:
        """The revision measured."""

    @property
    def environment(self) -> Environment:
        """Where."""


def interval_sentences(run: Run) -> tuple[str, ...]:
    """How the intervals of this run were made."""
    if run.revisions:
        return (_LAUNCH_INTERVAL,)
    could_stop = any(finding.comparison.anytime_ci95 for finding in findings(run))
    return (_INTERVAL, _EARLY_STOP) if could_stop else (_INTERVAL,)


def method_sentences(run: Run) -> tuple[str, ...]:
    """How the numbers of this run came about."""
    modes = {experiment.mode for experiment in run.experiments}
    sentences = tuple(sentence for mode in sorted(modes) for sentence in _METHODS[mode])
    return (*sentences, _LAUNCHES) if run.revisions else sentences


def shared_alpha(run: Run) -> str | None:
    """Why a verdict may say less than its interval; None where each stands by itself."""
    comparisons = len(findings(run))
    if run.revisions:
        return (
            f"In at most {percent(run.revisions.alpha)} of comparisons is any verdict wrong (Holm),"
            " so one may say less than its own 95 % interval would allow."
        )
    if all(finding.comparison.alpha == 0.05 for finding in findings(run)):
        return None
    return (
        f"The {comparisons} verdicts share an alpha of 5 % (Holm), so one may say less than"
        " its own 95 % interval would allow."
    )


def revisions_sentence(run: Run) -> str | None:
    """What was compared; None where variants of one revision were."""
    if run.revisions is None:
        return None
    base, head = run.revisions.base.name, run.revisions.head.name
    return f"Base is {base}, head is {head}; both were started {times(run.revisions.rounds)}."


def untimed_sentences(run: Run) -> tuple[str, ...]:
    """Which endpoints were not timed, and why."""
    untimed = run.revisions.untimed if run.revisions else ()
    return tuple(f"Not timed: {each.method} {each.path} ({each.reason})." for each in untimed)


def control_sentence(run: Run) -> str | None:
    """What the run found where there is nothing to find; None where it did not look."""
    finding = control_finding(run)
    return f"Control: {finding.sentence}" if finding else None


def workers_sentence(run: Run) -> str | None:
    """How many processes put load on; None where it was one."""
    loads = {
        load(experiment.users, experiment.workers): None
        for experiment in run.experiments
        if experiment.workers
    }
    return f"Load: {', '.join(loads)}." if loads else None


def background_sentence(run: Run) -> str | None:
    """What ran beside the experiments; None where nothing was to."""
    beside = [each.background for each in run.experiments if each.background]
    if not beside:
        return None
    rates = [each.requests_per_second for each in beside]
    low, high = quantity(min(rates)), per_second(max(rates))
    rate = high if high == f"{low} /s" else f"{low} to {high}"
    errors, requests = sum(each.errors for each in beside), sum(each.requests for each in beside)
    return (
        f"Background: {users(beside[0].users)} of {beside[0].scenario}, {rate};"
        f" {errors:,} of {requests:,} requests failed."
    )


def how_to_read(run: Run) -> str:
    """What the ratio means, in one sentence."""
    margins = sorted({finding.comparison.margin for finding in findings(run)})
    within = " or ".join(percent(margin) for margin in margins)
    margin = f"; differences within {within} do not matter here" if margins else ""
    modes = sorted({experiment.mode for experiment in run.experiments})
    readings = ", ".join(_READINGS[mode] for mode in modes or [Mode.LATENCY])
    return f"Ratio = variant / baseline: {readings}, 1 is no difference{margin}."


def environment_line(record: Record) -> str:
    """The machine in one line."""
    environment = record.environment
    rows = f" {environment.rows:,} rows," if environment.rows else ""
    return (
        f"{environment.cpu}, {environment.cores} {'core' if environment.cores == 1 else 'cores'},"
        f" {software(environment)},{rows} load {load_change(record)}"
    )


def software(environment: Environment) -> str:
    """What the project ran on: each side's own, where revisions of it are compared."""
    sides = [environment.servers.get(f"API {side}") for side in ("base", "head")]
    known = dict.fromkeys(each for each in sides if each)
    return f" {ARROW} ".join(known) or f"Python {environment.python}"


def load_change(record: Record) -> str:
    """The load average before and after: 0.31 → 1.12."""
    environment = record.environment
    return f"{environment.load_before:.2f} {ARROW} {environment.load_after:.2f}"


def revision(record: Record) -> str:
    """The commit measured, short, and whether it was changed since."""
    if record.git.commit is None:
        return "outside a repository"
    return f"{record.git.commit[:12]}{' with uncommitted changes' if record.git.dirty else ''}"


def environment_section(record: Record) -> Section:
    """Everything known of where the run took place."""
    environment = record.environment
    facts = (
        ("Processor", environment.cpu),
        ("Cores", str(environment.cores)),
        ("Memory", size(environment.memory_bytes)),
        ("System", environment.system),
        ("Python", environment.python),
        ("Servers", _versions(environment.servers)),
        ("Packages", _versions(environment.packages)),
        ("Rows of the main table", f"{environment.rows:,}" if environment.rows else "unknown"),
        ("Load average before and after", load_change(record)),
    )
    return Section(title="Environment", key="environment", parts=(Facts(facts),))


def conditions(experiment: ExperimentResult) -> str | None:
    """How generator and machine fared during an experiment; None where the record says nothing."""
    generator, machine = experiment.generator, experiment.machine
    if generator is None or machine is None:
        return None
    others = "unknown" if machine.others is None else percent(machine.others)
    return (
        f"Load generator: {percent(generator.cpu_share)} of a core, held up by"
        f" {milliseconds(generator.lag_p99_ms)} at p99 and {milliseconds(generator.lag_max_ms)}"
        f" at most. Cores: other processes {others}, hypervisor {percent(machine.steal)},"
        f" load {machine.load:.2f}."
    )


def _versions(versions: Mapping[str, str]) -> str:
    return ", ".join(f"{name} {version}" for name, version in versions.items())
