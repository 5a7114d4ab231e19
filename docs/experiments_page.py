"""The page of all experiments: declarations beside what the reference run answered."""

import importlib
import pkgutil
from collections.abc import Iterator

from headtohead.audit.record import AuditRecord, value_in_words
from headtohead.experiment import Experiment, Server, Variant
from headtohead.records.run import Run
from headtohead.report.findings import findings
from headtohead.report.numbers import NO_VALUE, count
from headtohead.report.sentences import environment_line, how_to_read

PACKAGE = "app.experiments"


def render(run: Run, audit: AuditRecord) -> str:
    """The page, in the order of the experiments' names.

    Args:
        run: The run whose answers are shown; an experiment that it lacks has none.
        audit: The facts that are shown beside them.
    """
    declared = sorted(_declared(), key=lambda each: each[1].name)
    lines = [
        "# Experiments",
        "",
        (
            "One file in `app/experiments/` each. Answers are those of the run whose record is kept"
            f" in `reference-run/`: {environment_line(run)}. {how_to_read(run)}"
        ),
        "",
        (
            "`h2h run EXPERIMENT` answers a question on your machine, `h2h check EXPERIMENT`"
            " without a clock, and `h2h audit EXPERIMENT` finds its facts again; those shown here"
            f" are kept in `audit.json`: {environment_line(audit)}."
            " [The method](method.md) says how, and what it cannot tell."
        ),
    ]
    for lesson, experiment in declared:
        lines += ["", f"## {experiment.name}", "", lesson, "", f"**{experiment.question}**", ""]
        lines += [*_answers(run, experiment), "", *_variants(run, experiment)]
        if experiment.needs:
            services = " and ".join(experiment.needs)
            lines += ["", f"It needs {services}, which `h2h` starts with the stack."]
        lines += _facts(audit, experiment)
    return "\n".join(lines) + "\n"


def _declared() -> Iterator[tuple[str, Experiment]]:
    """Every experiment with the lesson that its module's docstring tells."""
    package = importlib.import_module(PACKAGE)
    for found in pkgutil.iter_modules(package.__path__):
        module = importlib.import_module(f"{PACKAGE}.{found.name}")
        for value in vars(module).values():
            if isinstance(value, Experiment):
                yield " ".join((module.__doc__ or "").split()), value


def _answers(run: Run, experiment: Experiment) -> list[str]:
    told = [
        f"- {finding.sentence} Verdict: *{finding.verdict}*."
        for finding in findings(run)
        if finding.experiment.name == experiment.name
    ]
    if told:
        return told
    if not experiment.timed:
        return ["- It is not timed: its audit answers it."]
    return [f"- No answer is kept yet: `h2h run {experiment.name}` gives yours."]


def _variants(run: Run, experiment: Experiment) -> Iterator[str]:
    request = experiment.request
    yield f"`{request.method} {request.path}`, the same for every variant; what serves it differs:"
    yield ""
    yield "| variant | served by | queries |"
    yield "|---|---|---|"
    for variant in experiment.all_variants:
        marks = [
            *(["baseline"] if variant is experiment.baseline else []),
            *(["what users get"] if experiment.is_served(variant) else []),
        ]
        name = f"{variant.name} ({', '.join(marks)})" if marks else variant.name
        served_by = f"`{variant.selector}`{_server(experiment.server_of(variant))}"
        yield f"| {name} | {served_by} | {_queries(run, experiment, variant)} |"


def _server(server: Server | None) -> str:
    """What is said of a server that is a variant's own."""
    if server is None:
        return ""
    changes = ", ".join(f"`{name}={value}`" for name, value in server.environment.items())
    return f", {server.interface.upper()} server with {changes or 'the usual settings'}"


def _queries(run: Run, experiment: Experiment, variant: Variant) -> str:
    explained = (
        each.queries_per_request
        for measured in run.experiments
        if measured.name == experiment.name
        for each in measured.variants
        if each.name == variant.name and each.explained
    )
    # An experiment may have come, or got a variant, after the run.
    return next(map(count, explained), NO_VALUE)


def _facts(audit: AuditRecord, experiment: Experiment) -> Iterator[str]:
    if experiment.audit is None:
        return
    yield ""
    kept = tuple(audit.of_experiment(experiment.name))
    if not kept:
        yield f"No facts are kept yet: `h2h audit {experiment.name}` states them."
        return
    yield "Beside time, an audit asks each variant from several sides and states:"
    yield ""
    yield "| variant | fact | value | expected |"
    yield "|---|---|---|---|"
    for variant in kept:
        for fact in variant.facts:
            expected = fact.expected if fact.holds else f"{fact.expected}: **not so**"
            yield f"| {variant.variant} | {fact.name} | {value_in_words(fact)} | {expected} |"
