"""Write the generated parts of the documents again from the records that are kept beside them.

python docs/build.py    # rewrites README.md and, in docs/, the pages that records lie beside
"""

import io
import re
import sys
from pathlib import Path

from rich.console import Console

from headtohead.audit.record import AUDIT_FORMAT
from headtohead.records.run import read_record
from headtohead.report import terminal
from headtohead.report.run_brief import brief

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "docs")]

import caveats_page  # noqa: E402
import experiments_page  # noqa: E402
import reliability_page  # noqa: E402

from benchmarks.generator_cost import markdown as generator_cost  # noqa: E402
from benchmarks.generator_cost.record import Record as GeneratorCost  # noqa: E402
from benchmarks.itself import markdown as itself  # noqa: E402
from benchmarks.itself.record import Record as Itself  # noqa: E402
from benchmarks.proof import markdown as proof  # noqa: E402
from benchmarks.proof.record import Record as Proof  # noqa: E402
from benchmarks.soak import markdown as soak  # noqa: E402
from benchmarks.soak.record import Record as Soak  # noqa: E402
from benchmarks.storing import read_record as read_kept  # noqa: E402
from benchmarks.validation import markdown  # noqa: E402
from benchmarks.validation.output import write_pictures  # noqa: E402
from benchmarks.validation.record import read_validation  # noqa: E402

README = ROOT / "README.md"
REFERENCE_RUN = ROOT / "docs" / "reference-run"
VALIDATION = ROOT / "docs" / "validation"
EXPERIMENTS = ROOT / "docs" / "experiments.md"
CAVEATS = ROOT / "docs" / "caveats.md"
AUDIT = ROOT / "docs" / "audit.json"
GENERATOR_COST = ROOT / "docs" / "generator-cost"
PROOF = ROOT / "docs" / "proof"
ITSELF = ROOT / "docs" / "itself"
SOAK = ROOT / "docs" / "soak"
RELIABILITY = ROOT / "docs" / "reliability.jsonl"
# Wide enough for the table, narrow enough for the page that shows it.
COLUMNS = 150

_RESULT = re.compile(r"(<!-- result: .*? -->\n).*?(<!-- end of result -->)", re.DOTALL)


def readme_with_result(readme: str) -> str:
    """The README with the printed result of the reference run in its place."""
    console = Console(file=io.StringIO(), width=COLUMNS, force_terminal=False)
    terminal.render(brief(read_record(REFERENCE_RUN)), console=console)
    lines = [line.rstrip() for line in console.file.getvalue().splitlines()]
    printed = "\n".join(lines).strip("\n")
    return _RESULT.sub(lambda found: f"{found[1]}\n```text\n{printed}\n```\n\n{found[2]}", readme)


def validation_page(folder: Path) -> str:
    """The page of the validation whose record is in the folder, beside which the page is to lie."""
    return markdown.render(read_validation(folder), pictures=f"{folder.name}/")


def write_validation(folder: Path) -> None:
    """Write the page beside the folder of its record, and its pictures into that folder."""
    write_pictures(read_validation(folder), folder)
    folder.with_suffix(".md").write_text(validation_page(folder), encoding="utf-8")


def generator_cost_page(folder: Path) -> str:
    """The page on the generator's cost whose record is in the folder."""
    return generator_cost.render(read_kept(folder, GeneratorCost))


def proof_page(folder: Path) -> str:
    """The page on the judged commits whose record is in the folder."""
    return proof.render(read_kept(folder, Proof))


def itself_page(folder: Path) -> str:
    """The page on the commit compared with itself whose record is in the folder."""
    return itself.render(read_kept(folder, Itself))


def soak_page(folder: Path) -> str:
    """The page on load that was held for a while, whose record is in the folder."""
    return soak.render(read_kept(folder, Soak))


def main() -> None:
    """Rewrite what is out of date."""
    # A record takes a day of a quiet machine, so that a checkout may be without one.
    if VALIDATION.is_dir():
        write_validation(VALIDATION)
    for folder, page in (
        (GENERATOR_COST, generator_cost_page),
        (PROOF, proof_page),
        (ITSELF, itself_page),
        (SOAK, soak_page),
    ):
        if folder.is_dir():
            folder.with_suffix(".md").write_text(page(folder), encoding="utf-8")
    experiments = experiments_page.render(read_record(REFERENCE_RUN), AUDIT_FORMAT.read(AUDIT))
    EXPERIMENTS.write_text(experiments, encoding="utf-8")
    CAVEATS.write_text(caveats_page.render(), encoding="utf-8")
    page = reliability_page.render(RELIABILITY)
    RELIABILITY.with_suffix(".md").write_text(page, encoding="utf-8")
    README.write_text(readme_with_result(README.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
