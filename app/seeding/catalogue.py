"""The rows of the catalogue."""

from collections.abc import Iterator
from itertools import count

import numpy as np
from django.utils.text import slugify

from app.seeding import vocabulary
from app.seeding.draws import Draws, Integers, distinct, pick
from app.seeding.lines import blocks, lines, moments

PRODUCT_NAMES = tuple(
    f"{quality} {material} {thing}"
    for quality in vocabulary.QUALITIES
    for material in vocabulary.MATERIALS
    for thing in vocabulary.THINGS
)
PRODUCT_SLUGS = tuple(slugify(name) for name in PRODUCT_NAMES)
BRAND_NAMES = tuple(
    beginning + ending
    for beginning in vocabulary.BRAND_BEGINNINGS
    for ending in vocabulary.BRAND_ENDINGS
)
# Three on average, as the sizes of real reviews go: most products have few, some have many.
TAG_COUNTS = np.array([1, 2, 2, 3, 3, 4, 4, 5])
REVIEW_COUNTS = np.array([0, 0, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 4, 4, 8, 12])
RATINGS = (1, 2, 3, 3, 4, 4, 4, 5, 5, 5)


def categories() -> list[tuple[int, int | None, str, str]]:
    """Id, parent's id, name and slug of each category, parents before their children."""
    ids = count(1)
    rows: list[tuple[int, int | None, str, str]] = []

    def add(name: str, *, parent: int | None, prefix: str) -> tuple[int, str]:
        slug = slugify(f"{prefix} {name}")
        rows.append((next(ids), parent, name, slug))
        return rows[-1][0], slug

    for root, groups in vocabulary.CATEGORIES.items():
        root_id, root_slug = add(root, parent=None, prefix="")
        for group in groups:
            group_id, group_slug = add(group, parent=root_id, prefix=root_slug)
            for leaf in vocabulary.RANGES:
                add(leaf, parent=group_id, prefix=group_slug)
    return rows


def category_lines() -> Iterator[str]:
    """Lines of id, parent_id, name, slug."""
    ids, parents, names, slugs = zip(*categories(), strict=True)
    yield lines("%d\t%s\t%s\t%s", ids, [parent or r"\N" for parent in parents], names, slugs)


def brand_lines() -> Iterator[str]:
    """Lines of id, name, slug."""
    slugs = [slugify(name) for name in BRAND_NAMES]
    yield lines("%d\t%s\t%s", range(1, len(BRAND_NAMES) + 1), BRAND_NAMES, slugs)


def tag_lines() -> Iterator[str]:
    """Lines of id, name."""
    yield lines("%d\t%s", range(1, len(vocabulary.TAGS) + 1), vocabulary.TAGS)


def product_lines(*, products: int, seed: int) -> Iterator[str]:
    """Lines of id, sku, slug, name, description, brand_id, category_id, price, stock and so on.

    The last three columns are version, created_at and updated_at.
    """
    category_count = len(categories())
    for draws, ids in blocks(products, seed=seed):
        size = len(ids)
        name = draws.integers("product.name", size=size, below=len(PRODUCT_NAMES))
        created_at = moments(draws, "product.created_at", size=size)
        yield lines(
            "%d\tSKU-%08d\t%s-%d\t%s\t%s\t%d\t%d\t%d.%02d\t%d\t1\t%s\t%s",
            ids.tolist(),
            ids.tolist(),
            pick(PRODUCT_SLUGS, name),
            ids.tolist(),
            pick(PRODUCT_NAMES, name),
            draws.choices("product.description", size=size, values=vocabulary.DESCRIPTIONS),
            (1 + draws.integers("product.brand", size=size, below=len(BRAND_NAMES))).tolist(),
            (1 + draws.integers("product.category", size=size, below=category_count)).tolist(),
            (1 + draws.integers("product.pounds", size=size, below=400)).tolist(),
            draws.choices("product.pence", size=size, values=(0, 50, 95, 99)),
            draws.integers("product.stock", size=size, below=500).tolist(),
            created_at,
            created_at,
        )


def product_tag_lines(*, products: int, seed: int) -> Iterator[str]:
    """Lines of id, product_id, tag_id."""
    next_id = 1
    for draws, ids in blocks(products, seed=seed):
        counts = TAG_COUNTS[draws.integers("tag.count", size=len(ids), below=len(TAG_COUNTS))]
        tags = distinct(
            draws, "tag", counts=counts, among=len(vocabulary.TAGS), most=TAG_COUNTS.max()
        )
        yield lines(
            "%d\t%d\t%d",
            range(next_id, next_id + len(tags)),
            np.repeat(ids, counts).tolist(),
            (1 + tags).tolist(),
        )
        next_id += len(tags)


def review_lines(*, products: int, customers: int, seed: int) -> Iterator[str]:
    """Lines of id, product_id, customer_id, rating, body, created_at."""
    next_id = 1
    for draws, ids in blocks(products, seed=seed):
        counts = _review_counts(draws, ids)
        reviewers = distinct(
            draws, "review", counts=counts, among=customers, most=REVIEW_COUNTS.max()
        )
        size = len(reviewers)
        yield lines(
            "%d\t%d\t%d\t%d\t%s\t%s",
            range(next_id, next_id + size),
            np.repeat(ids, counts).tolist(),
            (1 + reviewers).tolist(),
            draws.choices("review.rating", size=size, values=RATINGS),
            draws.choices("review.body", size=size, values=vocabulary.REVIEW_BODIES),
            moments(draws, "review.created_at", size=size),
        )
        next_id += size


def _review_counts(draws: Draws, ids: Integers) -> Integers:
    counts = REVIEW_COUNTS[draws.integers("review.count", size=len(ids), below=len(REVIEW_COUNTS))]
    # Experiments ask for the first product, whose page shall be a full one.
    return np.where(ids == 1, REVIEW_COUNTS.max(), counts)
