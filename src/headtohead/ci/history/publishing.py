"""A history in PostgreSQL tables, where Grafana reads it."""

from collections.abc import Sequence

from headtohead.ci.history.series import Series
from headtohead.publish.publish_runs import replace_rows


def publish(series: Sequence[Series], *, url: str) -> None:
    """Write series in place of what the tables held of their endpoints and anchors.

    Args:
        series: All of a history.
        url: The database; the tables are made, or brought up to date, where that is needed.

    Raises:
        PublishError: The database refuses.
    """
    replace_rows(
        {
            "history": [
                {
                    "subject": entry.subject,
                    "metric": entry.metric,
                    "anchor": entry.anchor,
                    "git_commit": entry.commit,
                    "committed_at": entry.committed_at,
                    "ratio": entry.ratio,
                    "ci95_low": entry.ci95[0],
                    "ci95_high": entry.ci95[1],
                    "verdict": entry.verdict,
                    "run_id": entry.run_id,
                    "measured_at": entry.measured_at,
                }
                for each in series
                for entry in each.entries
            ],
            "changes": [
                {
                    "subject": each.subject,
                    "metric": each.metric,
                    "anchor": each.anchor,
                    "git_commit": step.entry.commit,
                    "committed_at": step.entry.committed_at,
                    "step": step.change.step,
                    "ci95_low": step.change.ci95[0],
                    "ci95_high": step.change.ci95[1],
                }
                for each in series
                for step in each.steps
            ],
        },
        url=url,
    )
