"""The metrics of all processes of a server, of which one may have been killed as it wrote."""

import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from prometheus_client import REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.metrics_core import CounterMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector

DIRECTORY = "PROMETHEUS_MULTIPROC_DIR"
# What is added to the name of a file that is set aside.
ASIDE = ".unreadable"


class Collector(MultiProcessCollector):
    """Adds up what can be read; the rest, which a killed process left, is set aside and counted.

    prometheus_client fails on the first file that is cut off, and so would every later scrape.
    """

    def collect(self) -> Iterable[Metric]:
        """The metrics of all processes, and how many files were set aside."""
        try:
            found = list(super().collect())  # type: ignore[no-untyped-call]
        except Exception:  # noqa: BLE001 (whatever bytes may stand in a file)
            files = [str(file) for file in Path(self._path).glob("*.db") if _is_readable(file)]
            found = list(self.merge(files))  # type: ignore[no-untyped-call]
        aside = sum(1 for _ in Path(self._path).glob(f"*{ASIDE}"))
        counted = CounterMetricFamily(
            "headtohead_metrics_files_unreadable",
            "Files of metrics that a process left unreadable when it was killed.",
            value=aside,
        )
        return [*found, counted]


def registry() -> CollectorRegistry:
    """The metrics of all processes, or of this one where it is the only one."""
    if DIRECTORY not in os.environ:
        return REGISTRY
    found = CollectorRegistry()
    Collector(found)  # type: ignore[no-untyped-call]
    return found


def page() -> bytes:
    """What a scrape gets."""
    return generate_latest(registry())


def _is_readable(file: Path) -> bool:
    try:
        MultiProcessCollector.merge([str(file)])  # type: ignore[no-untyped-call]
    except Exception:  # noqa: BLE001 (as above)
        # A process that is at work may have begun with its file just now.
        if not _is_at_work(file.stem.rpartition("_")[2]):
            with suppress(FileNotFoundError):
                file.rename(file.with_name(f"{file.name}{ASIDE}"))
        return False
    return True


def _is_at_work(process: str) -> bool:
    try:
        os.kill(int(process), 0)
    except PermissionError:
        return True
    except (ValueError, OSError):
        return False
    return True
