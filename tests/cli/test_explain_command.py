"""`h2h explain` as a user gives it, on the real stack."""

import json

import pytest

from tests.command_line import one_line

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
