"""Auditing experiments: each on rows, a cache and an API of its own, which many may ask at once."""

import importlib
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from typing import TypeAlias

import psutil

from headtohead.audit.client import AuditedVariant, Fact
from headtohead.audit.record import SCHEMA_VERSION, AuditRecord, VariantFacts
from headtohead.config import Config
from headtohead.errors import ConfigurationError, DeclarationError, MeasurementError
from headtohead.experiment import Experiment
from headtohead.records.provenance import Began
from headtohead.services import valkey
from headtohead.services.api import NAME as API
from headtohead.stack import temporary_stack
from headtohead.stack.settings import stack_settings
from headtohead.stack.target import Target, open_target, target_of
from headtohead.stack.variant_servers import served

Note: TypeAlias = Callable[[str], None]
Audit: TypeAlias = Callable[[AuditedVariant], Iterable[Fact]]

# Requests that race each other must run at the same time, whatever locks there are in a process and
# however few threads it has.
WORKERS = 4


def audit(experiments: Sequence[Experiment], *, config: Config, note: Note) -> AuditRecord:
    """Audit every variant of those experiments that declare an audit.

    Args:
        experiments: What to audit.
        config: All settings.
        note: Told what takes a moment.

    Raises:
        ConfigurationError: There is a --url, where rows are not ours to change, or no experiment
            declares an audit.
        DeclarationError: An audit cannot be imported.
        MeasurementError: An audit could not be carried out.
        StackError: The local stack does not come up.
    """
    if config.url:
        raise ConfigurationError(
            "an audit changes rows, and those at --url are not ours to change",
            fix="leave `url` out of the settings, so that the local stack is used",
        )
    audits = {each.name: imported(each, each.audit) for each in experiments if each.audit}
    if not audits:
        names = ", ".join(each.name for each in experiments) or "no experiment"
        raise ConfigurationError(
            f"there is nothing to audit ({names})",
            fix="let an experiment name its audit: Experiment(audit='package.module.audit')",
        )
    began = Began()
    with open_target(config, progress=note, experiments=experiments) as target:
        variants = [
            variant
            for experiment in experiments
            if experiment.name in audits
            for variant in _audit(experiment, audits[experiment.name], config=config, note=note)
        ]
    return AuditRecord(
        schema=SCHEMA_VERSION,
        **began.provenance(
            config.root, own=config.own_paths, servers=target.servers, rows=config.rows
        ),
        variants=tuple(variants),
    )


def imported(experiment: Experiment, path: str) -> Audit:
    """The function that an experiment names as its audit.

    Raises:
        DeclarationError: It cannot be imported.
    """
    module, _, name = path.rpartition(".")
    try:
        function: Audit = getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError) as error:
        raise DeclarationError(
            f"audit {path} of experiment {experiment.name!r} cannot be imported ({error})",
            fix="name a function that takes an AuditedVariant and yields facts",
        ) from error
    return function


def _audit(
    experiment: Experiment, function: Audit, *, config: Config, note: Note
) -> list[VariantFacts]:
    """Audit all variants of one experiment."""
    settings = stack_settings(config, [experiment])
    with (
        temporary_stack.scratch(
            settings, rows=config.rows, seed=config.seed, workers=WORKERS, progress=note
        ) as apart,
        served(experiment, target=target_of(apart), note=note) as there,
    ):
        return facts_of(experiment, function, target=there, cache_url=apart.cache_url, note=note)


def facts_of(
    experiment: Experiment, function: Audit, *, target: Target, cache_url: str, note: Note
) -> list[VariantFacts]:
    """The facts of each variant, in the order in which they are declared.

    Args:
        experiment: Whose variants are asked.
        function: Its audit.
        target: What serves them, on rows that may be changed.
        cache_url: The cache that is emptied before each variant.
        note: Told which variant is audited.

    Raises:
        MeasurementError: An audit could not be carried out, or states no fact.
    """
    found = {}
    # The baseline last: memory that it makes processes take would be there for the others.
    for variant in reversed(experiment.all_variants):
        identity = experiment.identity(variant)
        note(f"auditing {identity}")
        valkey.empty_cache(cache_url)
        audited = AuditedVariant(
            experiment=experiment,
            variant_name=variant.name,
            base_url=target.url_of(experiment, variant),
            token=target.token,
            processes=_workers(target),
        )
        with closing(audited):
            facts = tuple(function(audited))
        if not facts:
            raise MeasurementError(
                f"the audit of {identity} states no fact", fix="let it yield at least one"
            )
        found[variant.name] = VariantFacts(
            experiment=experiment.name, variant=variant.name, facts=facts
        )
    return [found[variant.name] for variant in experiment.all_variants]


def _workers(target: Target) -> tuple[int, ...]:
    """The processes that serve requests, of the API and of servers like it."""
    return tuple(
        worker.pid
        for name, pid in target.processes.items()
        if name.startswith(API)
        for worker in psutil.Process(pid).children()
    )
