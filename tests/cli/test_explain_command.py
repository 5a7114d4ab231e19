"""`h2h explain` as a user gives it, on the real stack."""

import json
import shutil

import pytest

from tests.conftest import UNTIL_SETTLED, copy_project
from tests.test_cli import one_line, processes_of

pytestmark = pytest.mark.stack


def test_it_tells_what_repeats_whose_code_that_is_and_how_it_is_answered(project):
    told = project.json("explain", "product-list")["variants"]
    naive, prefetched = told
    assert [each["variant"] for each in told] == ["product-list/naive", "product-list/prefetched"]
    assert naive["queries"] == 152

    repeated = {
        each["statement"]["sql"].partition(" FROM ")[2].split()[0]: each
        for each in naive["statements"]
        if each["statement"]["times"] == 50
    }
    assert repeated.keys() == {"catalog_brand", "catalog_category", "catalog_tag"}
    for each in repeated.values():
        assert [hint.partition(":")[0] for hint in each["hints"]] == ["N+1"]
        (source,) = each["detail"]["sources"]
        assert source["location"]["path"] == "app/catalog/serializers.py"
        assert source["times"] == 50
    code = (project.root / "app" / "catalog" / "serializers.py").read_text().splitlines()
    location = repeated["catalog_tag"]["detail"]["sources"][0]["location"]
    assert location["function"] == "ProductSerializer.to_representation"
    assert code[location["line"] - 1].startswith("class ProductSerializer")
    assert repeated["catalog_brand"]["detail"]["plan"]["loops"] == 1

    assert prefetched["queries"] == 3
    assert all(each["hints"] == [] for each in prefetched["statements"])
    assert all(each["detail"]["plan"] for each in prefetched["statements"])


def test_it_explains_what_is_timed_which_a_full_cache_may_answer(project):
    uncached, cached = project.json("explain", "product-detail")["variants"]
    assert uncached["queries"] > 0
    assert cached["queries"] == 0


def test_people_see_trees_and_hints(project):
    completed = project.h2h("explain", "product-list")
    assert completed.returncode == 0, completed.stderr
    lines = completed.stdout.splitlines()
    assert lines[0] == "product-list/naive: 152 queries"
    assert lines[1].startswith("  50 times: SELECT")
    assert lines[2].startswith("    from app/catalog/serializers.py:")
    assert any(line.startswith("    hint: N+1: the same SELECT 50 times") for line in lines)
    assert any("catalog_brand" in line and line.endswith(" ms") for line in lines)


def test_a_server_elsewhere_needs_its_token(project):
    url = project.json("status")["api_url"]
    completed = project.h2h("explain", "product-list", "--url", url)
    assert completed.returncode == 1
    assert "give its H2H_TOKEN" in one_line(completed)


def test_scan_and_index_of_a_search_are_both_seen(project):
    sequential, indexed = project.json("explain", "product-search")["variants"]
    assert "catalog_product" in relations(sequential, "Seq Scan")
    assert relations(indexed, "Seq Scan") != relations(sequential, "Seq Scan")


def relations(variant: dict, operation: str) -> list[str]:
    """The tables that a variant reads by an operation."""

    def nodes(node):
        yield node
        for child in node["children"]:
            yield from nodes(child)

    return [
        node["relation"]
        for each in variant["statements"]
        for node in nodes(each["detail"]["plan"])
        if node["operation"] == operation
    ]


def test_what_was_explained_is_kept_beside_the_runs(project):
    told = project.json("explain", "product-list")
    kept = json.loads((project.root / "results" / "latest-explain" / "explain.json").read_text())
    assert kept == told
    assert kept["rows"] == 300


@pytest.mark.alone
def test_a_run_is_explained_in_its_own_report(project):
    project.measure("product-list", *UNTIL_SETTLED, "--results", "explained")
    folder = project.root / "explained" / "latest"
    assert "What each variant does" not in (folder / "report.html").read_text()
    completed = project.h2h("explain", "--run", "explained/latest")
    assert completed.returncode == 0, completed.stderr
    assert "shown in explained/latest/report.html" in completed.stderr
    assert len(json.loads((folder / "explain.json").read_text())["variants"]) == 2
    page = (folder / "report.html").read_text()
    assert "naive</b>: 152 queries" in page
    assert "app/catalog/serializers.py:" in page
    assert page == project.h2h("report", "explained/latest", "--format", "html").stdout
    assert [path.name for path in folder.iterdir() if "partial" in path.name] == []


def test_a_run_explains_itself_once_all_is_measured_and_leaves_no_process(tmp_path):
    project = copy_project(tmp_path)
    completed = project.h2h(
        *("run", "category-summary", "--rows", "50", "--explain", *UNTIL_SETTLED)
    )
    # Others on this machine may well take the cores; explaining is no business of theirs.
    assert completed.returncode in {0, 3}, completed.stderr
    folder = tmp_path / "results" / "latest"
    live, cached, _ = json.loads((folder / "explain.json").read_text())["variants"]
    assert (live["queries"], cached["queries"]) == (3, 0)
    assert "live</b>: 3 queries" in (folder / "report.html").read_text()
    assert processes_of(tmp_path) == []


@pytest.mark.alone
def test_a_broken_explanation_is_one_line(project, tmp_path):
    project.measure("category-summary", *UNTIL_SETTLED, "--results", "broken")
    shutil.copytree(project.root / "broken" / "latest", tmp_path / "run")
    (tmp_path / "run" / "explain.json").write_text("{}")
    completed = project.h2h("report", str(tmp_path / "run"), "--format", "html")
    assert completed.returncode == 2
    assert "h2h explain --run" in one_line(completed)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--run", "nowhere"), "no record at nowhere"),
        (("product-list", "--run", "results/latest"), "give experiments or --run, not both"),
    ],
)
def test_wrong_usage_is_one_line(project, arguments, message):
    completed = project.h2h("explain", *arguments)
    assert completed.returncode == 2
    assert message in one_line(completed)
