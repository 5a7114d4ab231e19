"""The page on faults, of the record that their tests keep."""

import json
from collections.abc import Iterator
from pathlib import Path

_HEAD = """\
# What happens when something breaks

Each line is a test that breaks something for real: processes are killed and stopped, servers
restarted, connections stalled, disks filled. What was seen is what that test saw last:

```
H2H_KEEP_FAULTS=$PWD/docs/reliability.jsonl .venv/bin/pytest tests/faults tests/security
make docs
```

| what breaks | asked meanwhile | promised | seen |
|---|---|---|---|
"""


def render(record: Path) -> str:
    """The page; of a test that has been kept several times, the last is told.

    Args:
        record: A case a line, as `tests/faults/cases.py` writes them.
    """
    lines = record.read_text(encoding="utf-8").splitlines()
    cases = {case["test"]: case for case in map(json.loads, lines)}
    return _HEAD + "".join(_rows(cases))


def _rows(cases: dict[str, dict]) -> Iterator[str]:
    for test, case in sorted(cases.items()):
        shape = test.partition("[")[2].rstrip("]")
        name = f"{case['name']} ({shape})" if shape else case["name"]
        seen = ", ".join(
            f"{figure.replace('_', ' ')} {_shown(value)}" for figure, value in case["seen"].items()
        )
        yield f"| {name} | {case['load'] or 'nothing'} | {case['promised']} | {seen} |\n"


def _shown(value: object) -> str:
    return f"{value:.2g}" if isinstance(value, float) else f"{value}"
