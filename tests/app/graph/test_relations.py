import pytest

from app.graph.relations import BatchedRelations, NaiveRelations, Relations
from tests.app.factories import make_product, make_review

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("relations", [BatchedRelations(), NaiveRelations()])
def test_naive_and_batched_relations_lead_to_the_same_rows(relations: Relations) -> None:
    product = make_product()
    review, newer = make_review(product=product), make_review(product=product)
    relations.announce([product, make_product()])
    assert relations.brand(product) == product.brand
    assert relations.category(product) == product.category
    assert relations.tags(product) == list(product.tags.all())
    assert relations.reviews(product, first=2) == [newer, review]
    assert relations.reviews(product, first=1) == [newer]
    assert relations.customer(review) == review.customer
    assert relations.product(review) == product


def test_only_the_list_at_hand_is_loaded(django_assert_num_queries) -> None:
    listed, alone = make_product(), make_product()
    for product in (listed, alone):
        make_review(product=product)
    relations = BatchedRelations()
    relations.announce([listed])
    relations.announce([alone])
    relations.reviews(alone, first=5)
    relations.announce([listed])
    with django_assert_num_queries(1):
        relations.reviews(listed, first=5)


def test_what_one_list_has_loaded_the_next_does_not_load_again(django_assert_num_queries) -> None:
    one, other = make_product(), make_product()
    relations = BatchedRelations()
    relations.announce([one])
    relations.tags(one)
    relations.announce([one, other])
    with django_assert_num_queries(1):
        relations.tags(other)
        relations.tags(one)
