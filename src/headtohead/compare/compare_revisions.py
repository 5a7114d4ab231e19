"""A whole comparison: both revisions served side by side, launch after launch, then the record."""

import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from headtohead.analysis.verdicts import CLAIM_ALPHA
from headtohead.compare.endpoint_tally import EndpointTally, judged
from headtohead.compare.endpoints import BASE, CONTROL, HEAD, common_headers
from headtohead.compare.finding import Choose
from headtohead.compare.login_settings import read_login
from headtohead.compare.rounds import ComparisonRounds
from headtohead.config import Config
from headtohead.errors import MeasurementError
from headtohead.records import provenance
from headtohead.records.provenance import Began
from headtohead.records.recording import run_directory
from headtohead.records.results import ExperimentResult
from headtohead.records.run import SCHEMA_VERSION, Revisions, Run, UntimedEndpoint, write_record
from headtohead.revisions import checked_out
from headtohead.stack import revision_servers
from headtohead.stack.settings import stack_settings
from headtohead.validity.comparison import control_caveats

_QUESTION = "Is {request} as fast at {head} as at {base}?"


def compare(
    base: str | None,
    head: str | None,
    *,
    choose: Choose,
    rounds: int,
    config: Config,
    note: Callable[[str], None],
    say: Callable[[str], None],
    write_reports: Callable[[Run, Path], None],
    margins: Mapping[str, float] = MappingProxyType({}),
) -> tuple[Run, Path]:
    """Measure two revisions of a project against each other and write the record.

    Args:
        base: A branch, tag or hash; None for where the work on HEAD began.
        head: Another one; None for the working tree.
        choose: Given both sides as they are served, says what to ask for.
        rounds: How often the servers are started again.
        config: All settings; `budget` is each endpoint's, all rounds together.
        note: Told in a few words what is being done.
        say: Told in a sentence what whoever reads the result should know.
        write_reports: Writes what is derived from the record into the run's folder.
        margins: The smallest effects that matter on endpoints that have one of their own, by name.

    Returns:
        The record, and the folder that holds it.

    Raises:
        ConfigurationError: Nobody can log in as the settings say, or a header is none.
        RevisionError: A revision cannot be had.
        StackError: A server does not come up.
        MeasurementError: Nothing could be timed.
    """
    began = Began()
    login = read_login(config.login, environment=os.environ)
    common_headers(config.headers, token="")
    with (
        run_directory(began.at, results=config.results_directory, note=note) as (
            run_id,
            directory,
        ),
        checked_out(base, head, config=config, note=note, say=say) as revisions,
        revision_servers.apart(
            stack_settings(config),
            {
                **dict(zip((BASE, HEAD), revisions, strict=True)),
                **({CONTROL: revisions[0]} if config.control else {}),
            },
            progress=note,
        ) as sides,
    ):
        taking = ComparisonRounds(
            sides=sides, config=config, login=login, rounds=rounds, margins=margins, note=note
        )
        taking.take(choose)
        for remark in sides.remarks():
            say(remark)
        labels = {"head": revisions[1].label, "base": revisions[0].label}
        measured, tallies = [], []
        for tally in taking.tallies:
            endpoint = tally.endpoint
            question = _QUESTION.format(request=endpoint.request, **labels)
            try:
                measured.append(tally.measured(question=question))
            except MeasurementError as error:
                # The other results stay as they are; the record is invalid all the same.
                taking.untimed.append(
                    UntimedEndpoint(
                        path=endpoint.path,
                        method=endpoint.method,
                        reason=error.problem,
                        kind="failed",
                    )
                )
            else:
                tallies.append(tally)
        control = _control(taking.control, base=labels["base"]) if taking.control else None
        against = tuple(control_caveats(control)) if control else ()
        for each in measured:
            each.write_raw(directory)
        record = Run(
            schema=SCHEMA_VERSION,
            run_id=run_id,
            **began.provenance(
                config.root, own=config.own_paths, servers=taking.target.servers, rows=sides.rows
            ),
            complete=True,
            experiments=judged(
                tallies,
                [
                    replace(each.result, caveats=(*each.result.caveats, *against))
                    for each in measured
                ],
            ),
            control=control,
            revisions=Revisions(
                base=provenance.compared(revisions[0]),
                head=provenance.compared(revisions[1]),
                rounds=rounds,
                alpha=CLAIM_ALPHA,
                untimed=tuple(taking.untimed),
            ),
        )
        write_reports(record, directory)
        write_record(record, directory)
    return record, config.results_directory / run_id


def _control(tally: EndpointTally, *, base: str) -> ExperimentResult | None:
    """What base against itself came to; None where not a pair of it succeeded."""
    request = tally.endpoint.request
    try:
        result = tally.measured(question=f"Is {request} as fast at {base} as it is?").result
    except MeasurementError:
        return None
    (control,) = judged([tally], [result])
    return control
