"""All dashboards as the files that Grafana is provisioned with."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models.dashboard import Dashboard

from dashboards.api import api
from dashboards.database_and_cache import database_and_cache
from dashboards.head_to_head import head_to_head
from dashboards.load_generator import load_generator
from dashboards.regression_history import regression_history
from headtohead.experiment import Experiment

DASHBOARDS: Sequence[Callable[[Sequence[Experiment]], Dashboard]] = (
    head_to_head,
    api,
    database_and_cache,
    load_generator,
    regression_history,
)


def render(experiments: Iterable[Experiment]) -> Mapping[str, str]:
    """The JSON of every dashboard, by the name of its file.

    Args:
        experiments: The declared experiments; each that is timed gets its panels, choices and
            colours. Of others, which audits alone answer, there is nothing to draw.
    """
    declared = [each for each in experiments if each.timed]
    drawn = [dashboard(declared) for dashboard in DASHBOARDS]
    encoder = JSONEncoder(sort_keys=True, indent=2, ensure_ascii=False)
    return {f"{each.uid}.json": f"{encoder.encode(each)}\n" for each in drawn}
