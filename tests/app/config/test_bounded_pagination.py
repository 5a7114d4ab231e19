from collections.abc import Callable, Iterable
from itertools import islice
from typing import Any

import pytest
from django.db import connection
from rest_framework.generics import ListAPIView
from rest_framework.permissions import AllowAny
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory

from app.catalog.models import Tag
from app.catalog.serializers import TagSerializer
from app.config import bounded_pagination
from app.config.bounded_pagination import BoundedPagination, count_up_to, count_up_to_exactly
from tests.app.factories import make_tag

pytestmark = pytest.mark.django_db

each_count = pytest.mark.parametrize("count", [count_up_to, count_up_to_exactly])


class TagListView(ListAPIView):
    permission_classes = (AllowAny,)
    serializer_class = TagSerializer
    pagination_class = BoundedPagination
    queryset = Tag.objects.order_by("id")


def page_of_tags(**query: Any) -> Response:
    return TagListView.as_view()(APIRequestFactory().get("/", query))


def nodes(plan: dict[str, Any]) -> Iterable[dict[str, Any]]:
    yield plan
    for child in plan.get("Plans", []):
        yield from nodes(child)


@pytest.fixture
def limit(monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(bounded_pagination, "COUNT_LIMIT", 5)
    return 5


@each_count
@pytest.mark.parametrize(("rows", "counted"), [(0, 0), (4, 4), (5, 5), (6, 5)])
def test_rows_are_counted_up_to_the_limit(
    count: Callable[..., int], rows: int, counted: int, django_assert_num_queries
) -> None:
    for _ in range(rows):
        make_tag()
    with django_assert_num_queries(1):
        assert count(rows=Tag.objects.order_by("name"), limit=5) == counted


def test_only_the_exact_count_reads_all_rows(django_assert_num_queries) -> None:
    for _ in range(50):
        make_tag()
    read = []
    for count in (count_up_to, count_up_to_exactly):
        with django_assert_num_queries(1) as captured:
            count(rows=Tag.objects.order_by("name"), limit=5)
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {captured[0]['sql']}")
            ((((explained),),),) = cursor.fetchall()
        (scan,) = [node for node in nodes(explained["Plan"]) if "Scan" in node["Node Type"]]
        read.append(round(scan["Actual Rows"]))
    assert read == [5, 50]


@pytest.mark.parametrize(
    ("rows", "count", "capped"), [(0, 0, False), (4, 4, False), (5, 5, False), (6, 5, True)]
)
def test_a_page_says_how_many_there_are_and_whether_there_are_more(
    limit: int, rows: int, count: int, capped: bool
) -> None:
    for _ in range(rows):
        make_tag()
    page = page_of_tags().data
    assert (page["count"], page["capped"]) == (count, capped)
    assert len(page["results"]) == count


def test_pages_end_where_the_count_does(limit: int) -> None:
    ids = [make_tag().pk for _ in range(7)]
    pages = [page_of_tags(page=number, page_size=2) for number in (1, 2, 3)]
    assert [row["id"] for page in pages for row in page.data["results"]] == list(islice(ids, limit))
    assert [bool(page.data["next"]) for page in pages] == [True, True, False]
    assert page_of_tags(page=4, page_size=2).status_code == 404
