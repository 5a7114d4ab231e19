"""Real data sources, asked as Grafana asks them."""

import json
import math
import re
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import psycopg2

TIMEOUT = 30.0  # seconds
# Samples at most of a series: as many as a panel has room for.
RESOLUTION = 600


class QueryError(Exception):
    """A data source refuses a query."""


@dataclass(frozen=True, kw_only=True)
class Window:
    """The time that is shown, in seconds since 1970."""

    start: float
    end: float

    @property
    def step(self) -> int:
        """Seconds between samples."""
        return max(1, math.ceil((self.end - self.start) / RESOLUTION))


@dataclass(frozen=True, kw_only=True)
class Series:
    """A line: its labels and its values."""

    labels: Mapping[str, str]
    values: Sequence[float]

    @property
    def finite(self) -> bool:
        """Whether there is anything to draw."""
        return any(math.isfinite(value) for value in self.values)


@dataclass(frozen=True, kw_only=True)
class Prometheus:
    """A Prometheus server.

    Attributes:
        url: Its address, such as `http://127.0.0.1:9090`.
        scrape_seconds: How often it scrapes the slowest of its targets.
    """

    url: str
    scrape_seconds: int

    def range(self, expression: str, window: Window) -> list[Series]:
        """The values of an expression over time.

        Raises:
            QueryError: It cannot be evaluated.
        """
        interval = max(4 * self.scrape_seconds, window.step + self.scrape_seconds)
        found = self._ask(
            "query_range",
            query=expression.replace("$__rate_interval", f"{interval}s"),
            start=window.start,
            end=window.end,
            step=window.step,
        )
        return [
            Series(labels=each["metric"], values=[float(value) for _, value in each["values"]])
            for each in found["result"]
        ]

    def labels_of(self, metric: str, window: Window) -> frozenset[str]:
        """The labels that a metric has; none where there is no such metric."""
        found = self._ask("labels", **{"match[]": metric, "start": window.start, "end": window.end})
        return frozenset(found)

    def label_values(self, label: str, selector: str, window: Window) -> list[str]:
        """The values of a label, among the series that a selector chooses."""
        found = self._ask(
            f"label/{urllib.parse.quote(label)}/values",
            **{"match[]": selector, "start": window.start, "end": window.end},
        )
        return [str(value) for value in found]

    def _ask(self, path: str, **parameters: object) -> Any:
        address = f"{self.url}/api/v1/{path}?{urllib.parse.urlencode(parameters)}"
        try:
            with urllib.request.urlopen(address, timeout=TIMEOUT) as response:  # noqa: S310
                return json.load(response)["data"]
        except urllib.error.HTTPError as error:
            raise QueryError(error.read().decode(errors="replace")) from error


_MACROS = {
    r"\$__timeFilter\(([^)]+)\)": r"\1 BETWEEN {start} AND {end}",
    r"\$__timeFrom\(\)": "{start}",
    r"\$__timeTo\(\)": "{end}",
}


@dataclass(frozen=True, kw_only=True)
class Postgres:
    """A PostgreSQL server.

    Attributes:
        url: Its address.
    """

    url: str

    def rows(self, sql: str, window: Window) -> list[Mapping[str, Any]]:
        """What a SELECT finds, in a transaction that may read only.

        Raises:
            QueryError: It cannot be executed.
        """
        with closing(psycopg2.connect(self.url)) as connection:
            connection.set_session(readonly=True)
            with connection.cursor() as cursor:
                try:
                    cursor.execute(_expanded(sql, window))
                except psycopg2.Error as error:
                    raise QueryError(str(error)) from error
                names = [column.name for column in cursor.description or ()]
                return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _expanded(sql: str, window: Window) -> str:
    start, end = (
        f"'{datetime.fromtimestamp(moment, tz=UTC).isoformat()}'::timestamptz"
        for moment in (window.start, window.end)
    )
    for macro, text in _MACROS.items():
        sql = re.sub(macro, text.format(start=start, end=end), sql)
    return sql


def numbers_in(rows: Sequence[Mapping[str, Any]]) -> Iterator[float]:
    """Every finite number and every text, which counts as one: what a panel has to show."""
    for row in rows:
        for value in row.values():
            if isinstance(value, str) and value:
                yield 1.0
            elif isinstance(value, int | float | Decimal) and math.isfinite(value):
                yield float(value)
