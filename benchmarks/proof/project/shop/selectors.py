"""What the shop's pages show."""

from collections import Counter
from typing import Any

from django.core.cache import cache
from django.db.models import Avg, Count

from shop.models import Product, Sale

PAGE = 25
SECONDS = 300


def product_list() -> list[dict[str, Any]]:
    """The first page of products, with their categories."""
    products = Product.objects.select_related("category").order_by("id")[:PAGE]
    return [
        {"id": each.id, "name": each.name, "price": each.price, "category": each.category.name}
        for each in products
    ]


def product_page(product_id: int) -> dict[str, Any]:
    """A product beside its category, kept for a while."""
    key = f"product:{product_id}"
    page = cache.get(key)
    if page is None:
        page = product_with_category(product_id)
        cache.set(key, page, SECONDS)
    return page


def product_with_category(product_id: int) -> dict[str, Any]:
    product = Product.objects.select_related("category").get(id=product_id)
    others = Product.objects.filter(category=product.category)
    figures = others.aggregate(count=Count("id"), price=Avg("price"))
    sold = Sale.objects.filter(product__category=product.category).count()
    return {
        "name": product.name,
        "price": product.price,
        "category": product.category.name,
        "others": [each.name for each in others.order_by("id")[:10]],
        "in category": figures["count"],
        "average price": round(figures["price"]),
        "sold": sold,
    }


def report() -> dict[str, Any]:
    """What was sold on each day, smoothed over the days around it."""
    sold: Counter[int] = Counter()
    for day, quantity in Sale.objects.order_by("id").values_list("day", "quantity"):
        sold[day] += quantity
    smooth = dict.fromkeys(range(1, 29), 0.0)
    for width in range(1, 15):
        for day in smooth:
            around = [sold[other] for other in range(day - width, day + width + 1)]
            smooth[day] += sum(around) / len(around)
    return {str(day): round(value / 14, 3) for day, value in smooth.items()}


def best_sellers() -> list[dict[str, Any]]:
    """The products that are sold most."""
    names = {each.id: each.name for each in Product.objects.order_by("id")}
    sold: Counter[int] = Counter()
    for product, quantity in Sale.objects.order_by("id").values_list("product_id", "quantity"):
        sold[product] += quantity
    best = sorted(sold.items(), key=lambda item: (-item[1], item[0]))[:10]
    return [{"name": names[product], "sold": quantity} for product, quantity in best]


def search(text: str) -> list[str]:
    """Names of the products that have a text in them."""
    found = []
    for product in Product.objects.order_by("id"):
        if text in product.name:
            found.append(product.name)
    return found[:PAGE]
