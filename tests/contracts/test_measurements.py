"""Every setting of a measurement reaches what is measured, alone and beside every other one."""

from dataclasses import replace
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from headtohead.config import MASTER_PORT, Config
from headtohead.host.cores import Cores, available_cores, generator_cores, server_cores
from headtohead.load.messages.arm import Arm
from headtohead.load.messages.background import BackgroundPlan
from headtohead.load.messages.latency import PairPlan
from headtohead.load.messages.open_model import OpenPlan, pool_size
from headtohead.load.messages.throughput import BlockPlan
from headtohead.modes.latency.negative_control import BUDGET_SHARE
from headtohead.records.run import Run, read_record
from headtohead.run.background import DEFAULT_USERS
from headtohead.setting_values import UserCounts
from headtohead.stack.settings import StackSettings
from tests.run.scripted import STACK_METRICS_PORT, STACK_URL, THREE, Noted, run_noted
from tests.values import MODES, SETTINGS, two_values

# Two values that suit any of the other settings', where not any two would do.
SUITABLE: dict[str, tuple[Any, Any]] = {
    "users": (UserCounts((3, 5)), UserCounts(7)),
    "block": (0.25, 0.5),
    "budget": (12.5, 31.5),
    "rate": (20.5, 41.0),
    # Nothing is settled as no difference before the budget is spent.
    "margin": (0.003, 0.001),
    "workers": (2, 0),
    "remote_workers": (1, 0),
    "master_bind": ("127.0.0.1", "127.0.0.2:6001"),
    "background": ("browse:3", "buy"),
    "url": (None, "http://127.0.0.1:9"),
    "metrics_port": (0, 333),
}
# What a run itself does not read, and where it is seen.
ELSEWHERE = {
    **dict.fromkeys(("experiments", "explain", "publish", "dashboards"), "tests/cli/test_flags.py"),
    **dict.fromkeys(
        ("python", "start", "health", "data", "prepare", "headers", "reachable"),
        "tests/contracts/test_designs.py",
    ),
    **dict.fromkeys(
        ("snapshot", "lock", "copy", "benchmarks", "openapi", "history"), "tests/contracts"
    ),
}
OF_A_RUN = [each for each in SETTINGS if each.name not in {*ELSEWHERE, "mode"}]
# Each column is a setting, each row a run: any two columns show all four pairs of their values.
# No setting is on in the first run, each is in four of the other seven, and no two in the same.
RUNS = [
    {
        setting.name: number in chosen
        for setting, chosen in zip(OF_A_RUN, combinations(range(1, 8), 4), strict=False)
    }
    for number in range(8)
]


@pytest.fixture(autouse=True)
def _without_settings_of_these_tests(monkeypatch):
    monkeypatch.delenv("DJANGO_SETTINGS_MODULE", raising=False)


def value(name: str, *, second: bool) -> Any:
    setting = next(each for each in SETTINGS if each.name == name)
    return SUITABLE.get(name, two_values(setting))[second]


def asked(config: Config) -> Noted:
    """What a run has to ask for where these settings hold."""
    itself = arm("one", config)
    plans: list[Any] = []
    if config.control:
        plans.append(pairs(config, itself, share=BUDGET_SHARE))
    # Two of three arms make a comparison.
    common = {"warm_up": config.warm_up, "seconds": config.budget * 3 / 2, "seed": config.seed}
    arms = (itself, arm("other", config), arm("third", config))
    closed: list[tuple[int, int]] = []
    if config.mode == "latency":
        plans.append(pairs(config, *arms[1:]))
        # Both variants are twice as fast, which the first report makes clear.
        closed = [(len(plans) - 1, variant) for variant in (0, 1) if config.early_stop]
    elif config.mode == "throughput":
        for index, users in enumerate(config.users):
            given = common | {"users": users, "seed": config.seed + index}
            plans.append(BlockPlan(arms=arms, block_seconds=config.block, **given))
    else:
        given = common | {"arrivals": config.arrivals, "rate": config.rate}
        users = pool_size(config.rate)
        plans.append(OpenPlan(arms=arms, users=users, stretch_seconds=config.block, **given))
    return Noted(
        plans=plans,
        closed=closed,
        stacks=[] if config.url else [stack(config)],
        fleets=[fleet(config)] if waits(config) else [],
        journeys=[journey(config)] if config.background else [],
        exports=exports(config),
    )


def arm(variant: str, config: Config) -> Arm:
    token = config.token if config.url else "the stack's"
    declared = THREE.variant(variant)
    return Arm(
        identity=f"e/{variant}",
        base_url=config.url or STACK_URL,
        method="GET",
        path="/it",
        headers=THREE.request_for(declared, token=token).headers,
        body=None,
    )


def pairs(config: Config, *variants: Arm, share: float = 1.0) -> PairPlan:
    return PairPlan(
        baseline=arm("one", config),
        variants=variants,
        warm_up=config.warm_up,
        seconds=config.budget * share,
        seed=config.seed,
    )


def stack(config: Config) -> StackSettings:
    return StackSettings(
        root=config.root,
        directory=config.root / config.stack,
        settings_module=config.settings or "",
        health=config.health,
        workers=config.api_workers,
        services=("celery",) if config.background and config.celery else (),
        **{
            name: getattr(config, name)
            for name in (
                *("wsgi", "asgi", "gunicorn_config", "celery", "port", "prometheus"),
                *("rows", "seed", "database_url", "cache_url", "broker_url", "memcached_url"),
            )
        },
    )


def waits(config: Config) -> int:
    """For how many workers."""
    workers = config.workers + config.remote_workers
    return workers if config.mode == "throughput" else 0


def fleet(config: Config) -> dict[str, Any]:
    host, _, port = config.master_bind.partition(":")
    return {
        "local": config.workers,
        "remote": config.remote_workers,
        "host": host,
        # Whoever starts workers elsewhere has to know it.
        "port": int(port or (MASTER_PORT if config.remote_workers else 0)),
        "wait": config.worker_wait,
        "cores": available_cores() if config.url else generator_cores(available_cores()),
    }


def journey(config: Config) -> tuple[BackgroundPlan, Cores]:
    name, _, users = str(config.background).partition(":")
    plan = BackgroundPlan(
        root=str(config.root),
        module=f"{config.scenarios}.{name}",
        base_url=config.url or STACK_URL,
        users=int(users or DEFAULT_USERS),
    )
    return plan, server_cores(available_cores())


def exports(config: Config) -> list[tuple[str, int]]:
    port = config.metrics_port or (0 if config.url else STACK_METRICS_PORT)
    return [(config.metrics_host, port)] if port else []


def recorded(config: Config) -> dict[str, Any]:
    """What the record has to say of these settings."""
    steps = list(config.users) if config.mode == "throughput" and config.users[1:] else []
    return {
        "folder": config.root / config.results,
        "mode": config.mode,
        "seed": config.seed,
        "margins": {config.margin},
        "stopped early": {config.mode == "latency" and config.early_stop},
        "control": config.control,
        "steps": steps,
        "workers": waits(config),
        "offered": (config.rate, config.arrivals, config.block) if config.mode == "open" else None,
        "background": journey(config)[0].users if config.background else None,
        "rows": 0 if config.url else config.rows,
    }


def said(record: Run, folder: Path) -> dict[str, Any]:
    """What a record says of the settings it was taken with."""
    (result,) = record.experiments
    load = result.offered
    return {
        "folder": folder,
        "mode": result.mode,
        "seed": result.seed,
        "margins": {each.margin for each in result.comparisons},
        "stopped early": {each.stopped_early for each in result.comparisons},
        "control": record.control is not None,
        "steps": [step.users for step in result.steps],
        "workers": result.workers,
        "offered": (load.rate, load.arrivals, load.stretch_seconds) if load else None,
        "background": result.background.users if result.background else None,
        "rows": record.environment.rows,
    }


@pytest.mark.parametrize("setting", OF_A_RUN, ids=[each.name for each in OF_A_RUN])
def test_a_setting_decides_something_in_the_modes_that_it_is_for(setting):
    """Whoever adds a setting says above what follows from it, or where that is seen."""
    deciding = []
    for mode in MODES:
        # Where there is something to wait for, and something to measure elsewhere.
        url = "http://127.0.0.1:9" if setting.name == "token" else None
        config = Config(root=Path(), mode=mode, remote_workers=1, background="browse:3", url=url)
        one, other = (
            replace(config, **{setting.name: value(setting.name, second=second)})
            for second in (False, True)
        )
        if (asked(one), recorded(one)) != (asked(other), recorded(other)):
            deciding.append(mode)
    assert deciding == [mode for mode in MODES if mode in (setting.metadata["modes"] or MODES)]


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("chosen", RUNS, ids=range(len(RUNS)))
def test_a_run_asks_for_what_its_settings_say_whichever_two_of_them_meet(chosen, mode, tmp_path):
    settings = {name: value(name, second=second) for name, second in chosen.items()}
    config = Config(root=tmp_path, mode=mode, **settings)
    noted = run_noted(folder=tmp_path, mode=mode, **settings)
    expected = asked(config)
    assert noted.plans == expected.plans
    assert noted == expected
    assert read_record(config.results_directory / "latest") == noted.record
    assert said(noted.record, config.results_directory) == recorded(config)


def test_any_two_settings_meet_in_all_four_ways():
    assert len(RUNS[0]) == len(OF_A_RUN)
    for one, other in combinations(RUNS[0], 2):
        assert len({(run[one], run[other]) for run in RUNS}) == 4
