"""A shop of a given size."""

from app.accounts.models import Customer
from app.caching import stores
from app.catalog import services
from app.catalog.models import (
    Brand,
    Category,
    CategoryFigures,
    Product,
    ProductTag,
    Review,
    Tag,
)
from app.orders.models import (
    Confirmation,
    Fulfilment,
    Order,
    OrderItem,
    OutboxEntry,
    StockReservation,
)
from app.seeding import catalogue, purchases
from app.seeding.accounts import replace_accounts
from app.seeding.loading import Loaded, Table, replace_rows

# What only comes of using the shop.
EMPTIED = (CategoryFigures, Confirmation, Fulfilment, OutboxEntry, StockReservation)


def shop_seed(*, products: int, seed: int, demo_password: str = "") -> dict[type, Loaded]:
    """Replace the whole shop; the same arguments always make the same rows.

    Args:
        products: How many products; the number of customers and orders follows from it.
        seed: Chooses among all shops of that size; not negative.
        demo_password: What the first customers sign in with; when empty, none has an account.

    Raises:
        CacheUnavailableError: The rows are there, but a cache still holds the old ones.
    """
    loaded = replace_rows(_tables(products=products, seed=seed), emptied=EMPTIED)
    services.category_figures_refresh()
    replace_accounts(password=demo_password)
    stores.clear()
    return loaded


def _tables(*, products: int, seed: int) -> list[Table]:
    customers = purchases.customers_for(products)
    return [
        Table(
            model=Category,
            columns=("id", "parent_id", "name", "slug"),
            blocks=catalogue.category_lines(),
        ),
        Table(model=Brand, columns=("id", "name", "slug"), blocks=catalogue.brand_lines()),
        Table(model=Tag, columns=("id", "name"), blocks=catalogue.tag_lines()),
        Table(
            model=Customer,
            columns=("id", "email", "full_name", "created_at"),
            blocks=purchases.customer_lines(customers=customers, seed=seed),
        ),
        Table(
            model=Product,
            columns=(
                *("id", "sku", "slug", "name", "description", "brand_id", "category_id"),
                *("price", "stock", "version", "created_at", "updated_at"),
            ),
            blocks=catalogue.product_lines(products=products, seed=seed),
        ),
        Table(
            model=ProductTag,
            columns=("id", "product_id", "tag_id"),
            blocks=catalogue.product_tag_lines(products=products, seed=seed),
        ),
        Table(
            model=Review,
            columns=("id", "product_id", "customer_id", "rating", "body", "created_at"),
            blocks=catalogue.review_lines(products=products, customers=customers, seed=seed),
        ),
        Table(
            model=Order,
            columns=("id", "customer_id", "number", "status", "placed_at"),
            blocks=purchases.order_lines(customers=customers, seed=seed),
        ),
        Table(
            model=OrderItem,
            columns=("id", "order_id", "product_id", "quantity", "unit_price"),
            blocks=purchases.order_item_lines(customers=customers, products=products, seed=seed),
        ),
    ]
