"""Whoever watches a run."""

from typing import Protocol

from headtohead.experiment import Experiment
from headtohead.measurement import ExperimentResult
from headtohead.run.progress import Progress


class Observer(Protocol):
    """What a run tells whoever watches it."""

    def note(self, text: str) -> None:
        """Something happens that takes a moment."""

    def begin(self, experiment: Experiment) -> None:
        """Measuring of an experiment begins."""

    def update(self, progress: Progress) -> None:
        """It has come this far."""

    def end(self, result: ExperimentResult) -> None:
        """It is done."""
