"""What `h2h check` and `h2h audit` find in code that was changed, on the real stack."""

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.command_line import one_line
from tests.conftest import ROOT, UNTIL_SETTLED, Project, temporary_project

pytestmark = pytest.mark.stack

SELECTORS = "app/catalog/selectors.py"
SNAPSHOT = "app/experiments/queries.json"
STOCK = "app/catalog/stock.py"
SNIPPET = re.compile(r"<!-- experiment: (\S+) -->\n```python\n(.*?)```", re.DOTALL)
SERVED = """"brand", "category").prefetch_related("tags").order_by("id")"""


@pytest.fixture(scope="module")
def changing() -> Iterator[Project]:
    """A project of this module's own, to change its code and its snapshot."""
    with temporary_project(changed=True) as project:
        settings = project.root / "pyproject.toml"
        # A worker would be started again after every change.
        settings.write_text(settings.read_text().replace("celery = ", "# celery = "))
        started = project.h2h("up", "--rows", "50")
        assert started.returncode == 0, started.stderr
        yield project


@pytest.fixture
def edit(changing: Project) -> Iterator:
    """Replaces text in files of the project for the time of a test."""
    originals: dict[Path, str] = {}

    def replace(name: str, old: str, new: str) -> None:
        path = changing.root / name
        text = path.read_text()
        originals.setdefault(path, text)
        assert old in text
        path.write_text(text.replace(old, new))

    yield replace
    for path, text in originals.items():
        path.write_text(text)


def test_a_query_that_was_added_and_another_index_are_both_found(changing, edit):
    edit(
        SELECTORS,
        f"Product.objects.select_related({SERVED}",
        f"Product.objects.select_related({SERVED} if Tag.objects.exists() else None",
    )
    edit(SNAPSHOT, "product_name_trigrams", "product_name_before")
    completed = changing.h2h("check", "product-list", "product-search")
    assert completed.returncode == 1, completed.stderr
    told = completed.stdout
    assert "product-list/naive is not" not in told
    lines = told.splitlines()
    added = [number for number, line in enumerate(lines) if line.startswith("  + ")]
    assert lines[added[0]] == "  + once: SELECT ? AS a FROM catalog_tag LIMIT ?"
    assert lines[added[0] + 1].startswith("      from app/catalog/selectors.py:")
    words = [line.split() for line in lines]
    assert ["-", "Bitmap", "Index", "Scan", "using", "product_name_before"] in words
    assert ["+", "Bitmap", "Index", "Scan", "using", "product_name_trigrams"] in words
    assert "product-list/prefetched" in one_line(completed)


def test_an_n_plus_1_in_what_users_are_served_fails_whatever_the_snapshot_says(changing, edit):
    edit(SELECTORS, '.prefetch_related("tags").order_by("id")', '.order_by("id")')
    completed = changing.h2h("check", "product-list", "--update")
    assert completed.returncode == 1, completed.stderr
    assert "prefetched grows from 52 to 102" in completed.stdout
    assert "+ 50 times: SELECT catalog_tag.id" in completed.stdout
    assert "from app/catalog/serializers.py:" in completed.stdout
    assert "at app/catalog/serializers.py:" in one_line(completed)
    assert "users are served it; fetch at once" in one_line(completed)

    path = changing.root / SNAPSHOT
    before = json.loads((ROOT / SNAPSHOT).read_text())["experiments"]
    after = json.loads(path.read_text())["experiments"]
    assert f"Wrote {SNAPSHOT}" in completed.stdout
    assert after.pop("product-list") != before.pop("product-list")
    assert after == before
    shutil.copy(ROOT / SNAPSHOT, path)


@pytest.mark.nightly
def test_bodies_that_differ_only_at_rows_of_its_own_are_told_to_machines_too(changing, edit):
    # The stack that is up has 50 rows, the snapshot's have more.
    edit(
        SELECTORS,
        f"Product.objects.select_related({SERVED}",
        f"Product.objects.select_related({SERVED}[:1000]",
    )
    completed = changing.h2h("check", "product-list", "--json")
    assert completed.returncode == 1, completed.stderr
    (finding,) = json.loads(completed.stdout)["findings"]
    assert finding["variant"] == "product-list/prefetched"
    assert "body.count: 2000, not 1000" in finding["problem"]
    assert "at 2,000 rows" in finding["problem"]
    assert finding["problem"] in one_line(completed)


@pytest.mark.nightly
def test_without_a_snapshot_it_passes_and_says_how_to_make_one(changing):
    path = changing.root / SNAPSHOT
    text = path.read_text()
    path.unlink()
    try:
        completed = changing.h2h("check", "product-list", H2H_ROWS="60")
        assert completed.returncode == 0, completed.stderr
        assert "`h2h check --update` makes it" in completed.stdout
        assert "from 60 to 120" in completed.stdout
        assert not path.exists()
    finally:
        path.write_text(text)


@pytest.mark.nightly
def test_what_is_wrong_under_load_alone_fails_with_the_fact(changing, edit):
    edit(
        STOCK,
        "    _add(Product.objects.select_for_update().get(pk=product_id), by=by)",
        "    _add(Product.objects.get(pk=product_id), by=by)",
    )
    completed = changing.h2h("audit", "stock-update", "--json")
    assert completed.returncode == 1, completed.stderr
    assert "stock-update/row-lock: lost updates of 400" in one_line(completed)
    failing = [
        each["variant"]
        for each in json.loads(completed.stdout)["variants"]
        if not all(fact["holds"] for fact in each["facts"])
    ]
    assert failing == ["row-lock"]


@pytest.mark.nightly
def test_an_audit_that_could_not_be_done_is_one_line(changing, edit):
    edit(STOCK, 'update_fields=["stock"', 'update_fields=["stocks"')
    completed = changing.h2h("audit", "stock-update")
    assert completed.returncode == 3
    assert "stock-update/row-lock: POST /api/products/2/stock/ answers 500" in one_line(completed)


def test_an_audit_that_is_not_there_is_one_line(changing, edit):
    edit("app/experiments/stock_update.py", "stock_update.audit", "stock_update.none")
    completed = changing.h2h("audit", "stock-update")
    assert completed.returncode == 2
    assert "cannot be imported" in one_line(completed)


def test_the_experiment_in_one_file_that_the_readme_shows_works_as_it_stands(changing):
    path, text = SNIPPET.search((ROOT / "README.md").read_text()).groups()
    (changing.root / path).write_text(text)
    try:
        completed = changing.h2h("run", "product-columns", *UNTIL_SETTLED, "--json")
    finally:
        (changing.root / path).unlink()
    # Others may take the cores, which is not what this is about.
    assert completed.returncode in {0, 3}, completed.stderr
    (comparison,) = json.loads(completed.stdout)["experiments"][0]["comparisons"]
    assert (comparison["baseline"], comparison["variant"]) == ("all-columns", "shown-columns")


def test_unequal_variants_are_refused_with_the_difference(changing):
    file = changing.root / "app" / "experiments" / "unequal.py"
    file.write_text(UNEQUAL)
    before = list(changing.root.glob("results/*"))
    try:
        completed = changing.h2h("run", "unequal")
    finally:
        file.unlink()
    assert completed.returncode == 3, completed.stderr
    assert "body.results[0]" in one_line(completed)
    assert list(changing.root.glob("results/*")) == before


UNEQUAL = """
from headtohead.experiment import Experiment, Request, Variant


def backwards():
    from app.catalog.models import Product

    return Product.objects.order_by("-id")


UNEQUAL = Experiment(
    name="unequal",
    question="Is it faster to return something else?",
    request=Request(path="/api/products/"),
    seam="app.catalog.selectors.product_list",
    baseline=Variant(name="right", selector="app.catalog.selectors.product_list"),
    variants=(Variant(name="wrong", selector="app.experiments.unequal.backwards"),),
)
"""
