"""Thirty changes to a small shop, five of which change how fast it answers.

Each stands for something that is committed every day. The five are known because they are planted
here: whoever reads the shop's history has to find them, and nothing else.
"""

from dataclasses import dataclass

from benchmarks.found import Effect


@dataclass(frozen=True, kw_only=True)
class Edit:
    """A part of a file, written anew.

    Attributes:
        file: From the project's folder.
        old: What stands there once; empty where the file is new.
        new: What stands there afterwards.
    """

    file: str
    old: str = ""
    new: str


@dataclass(frozen=True, kw_only=True)
class Planted:
    """What is to be found.

    Attributes:
        path: The endpoint.
        effect: Which way it goes.
        cause: Why, in a few words.
    """

    path: str
    effect: Effect
    cause: str


@dataclass(frozen=True, kw_only=True)
class Commit:
    """One change.

    Attributes:
        message: What its author calls it.
        edits: What it changes.
        planted: What it does to an endpoint; None where nothing that matters changes.
    """

    message: str
    edits: tuple[Edit, ...]
    planted: Planted | None = None


PATHS = ("/products/", "/products/7/", "/report/", "/best-sellers/", "/search/?text=13")

_SELECTORS = "shop/selectors.py"
_URLS = "shop/urls.py"
_MODELS = "shop/models.py"
_SETTINGS = "shop/settings.py"

COMMITS = (
    Commit(
        message="Say in the README how to run the shop",
        edits=(
            Edit(
                file="README.md",
                old="what was ordered of them.\n",
                new="what was ordered of them.\n\n`h2h up` runs it.\n",
            ),
        ),
    ),
    Commit(
        message="Document the page of a product",
        edits=(
            Edit(
                file=_SELECTORS,
                old="dict[str, Any]:\n    product = ",
                new='dict[str, Any]:\n    """The same, made anew."""\n    product = ',
            ),
        ),
    ),
    Commit(
        message="Name the page's size after what it is",
        edits=(
            Edit(file=_SELECTORS, old="PAGE = 25\n", new="PAGE_SIZE = 25\n"),
            Edit(file=_SELECTORS, old='order_by("id")[:PAGE]', new='order_by("id")[:PAGE_SIZE]'),
            Edit(file=_SELECTORS, old="found[:PAGE]", new="found[:PAGE_SIZE]"),
        ),
    ),
    Commit(
        message="List categories",
        edits=(
            Edit(
                file=_SELECTORS,
                old="def report()",
                new="def category_names() -> list[str]:\n"
                '    """All categories."""\n'
                '    return [each.name for each in Category.objects.order_by("id")]\n\n\n'
                "def report()",
            ),
            Edit(
                file=_SELECTORS,
                old="from shop.models import Product, Sale",
                new="from shop.models import Category, Product, Sale",
            ),
            Edit(
                file=_URLS,
                old="def report(",
                new="def categories(request: HttpRequest) -> JsonResponse:\n"
                '    return JsonResponse({"names": selectors.category_names()})\n\n\n'
                "def report(",
            ),
            Edit(
                file=_URLS,
                old='    path("report/", report),\n',
                new='    path("categories/", categories),\n    path("report/", report),\n',
            ),
        ),
    ),
    Commit(
        message="Describe what a product is in the admin's words",
        edits=(
            Edit(
                file=_MODELS,
                old='    """Something to buy."""\n',
                new='    """Something to buy, which has one category."""\n',
            ),
        ),
    ),
    Commit(
        message="Load products plainly, and leave their categories to Django",
        edits=(
            Edit(
                file=_SELECTORS,
                old='    products = Product.objects.select_related("category").order_by("id")'
                "[:PAGE_SIZE]\n",
                new='    products = Product.objects.order_by("id")[:PAGE_SIZE]\n',
            ),
        ),
        planted=Planted(
            path="/products/", effect=Effect.SLOWER, cause="a query for each product's category"
        ),
    ),
    Commit(
        message="Let the health check say that the shop is open",
        edits=(Edit(file=_URLS, old='{"status": "ok"}', new='{"status": "ok", "open": True}'),),
    ),
    Commit(
        message="Keep the language in the settings",
        edits=(
            Edit(
                file=_SETTINGS,
                old='ROOT_URLCONF = "shop.urls"\n',
                new='ROOT_URLCONF = "shop.urls"\nLANGUAGE_CODE = "en"\n',
            ),
        ),
    ),
    Commit(
        message="Add the licence",
        edits=(Edit(file="LICENSE", new="Whoever wants it may have it.\n"),),
    ),
    Commit(
        message="Call a sale's day by what it is in the report",
        edits=(
            Edit(
                file=_SELECTORS,
                old="    for day, quantity in Sale",
                new="    for day_of_month, quantity in Sale",
            ),
            Edit(
                file=_SELECTORS, old="sold[day] += quantity", new="sold[day_of_month] += quantity"
            ),
        ),
    ),
    Commit(
        message="Let a sale have a note",
        edits=(
            Edit(
                file="shop/migrations/0002_sale_note.py",
                new="from django.db import migrations, models\n\n\n"
                "class Migration(migrations.Migration):\n"
                '    dependencies = (("shop", "0001_initial"),)\n'
                "    operations = (\n"
                '        migrations.AddField("sale", "note", models.TextField(default="")),\n'
                "    )\n",
            ),
            Edit(
                file=_MODELS,
                old="    day = models.IntegerField()\n",
                new='    day = models.IntegerField()\n    note = models.TextField(default="")\n',
            ),
        ),
    ),
    Commit(
        message="Number the days of a month once",
        edits=(
            Edit(
                file=_SELECTORS, old="SECONDS = 300\n", new="SECONDS = 300\nDAYS = range(1, 29)\n"
            ),
            Edit(
                file=_SELECTORS,
                old="dict.fromkeys(range(1, 29), 0.0)",
                new="dict.fromkeys(DAYS, 0.0)",
            ),
        ),
    ),
    Commit(
        message="Check that no day of the report is missing",
        edits=(
            Edit(
                file=_SELECTORS,
                old="    return {str(day): round(value / 14, 3)",
                new="    for width in range(24):\n"
                "        if any(sold[day] < 0 or sold[day + width] < 0 for day in smooth):\n"
                '            raise ValueError("a day has sold less than nothing")\n'
                "    return {str(day): round(value / 14, 3)",
            ),
        ),
        planted=Planted(
            path="/report/", effect=Effect.SLOWER, cause="work about a twentieth of its own"
        ),
    ),
    Commit(
        message="Ignore what editors leave behind",
        edits=(Edit(file=".gitignore", old="results/\n", new="results/\n*.swp\n"),),
    ),
    Commit(
        message="Put constants of the search together",
        edits=(
            Edit(
                file=_SELECTORS,
                old="DAYS = range(1, 29)\n",
                new='DAYS = range(1, 29)\nNO_TEXT = ""\n',
            ),
        ),
    ),
    Commit(
        message="Show an address for every product in the shop's documents",
        edits=(Edit(file="docs/addresses.md", new="- /products/\n- /products/1/\n- /report/\n"),),
    ),
    Commit(
        message="Let the database search",
        edits=(
            Edit(
                file=_SELECTORS,
                old="    found = []\n"
                '    for product in Product.objects.order_by("id"):\n'
                "        if text in product.name:\n"
                "            found.append(product.name)\n"
                "    return found[:PAGE_SIZE]\n",
                new="    found = Product.objects.filter(name__contains=text)\n"
                '    names = found.order_by("id").values_list("name", flat=True)\n'
                "    return list(names[:PAGE_SIZE])\n",
            ),
        ),
        planted=Planted(
            path="/search/?text=13", effect=Effect.FASTER, cause="rows are filtered where they are"
        ),
    ),
    Commit(
        message="Say what search expects",
        edits=(
            Edit(
                file=_SELECTORS,
                old='    """Names of the products that have a text in them."""\n',
                new='    """Names of the products that have a text in them, in order of age."""\n',
            ),
        ),
    ),
    Commit(
        message="Test that seeds are alike",
        edits=(
            Edit(
                file="tests/test_seed.py",
                new="from random import Random\n\n\n"
                "def test_the_same_seed_gives_the_same_numbers():\n"
                "    assert Random(1).random() == Random(1).random()\n",
            ),
        ),
    ),
    Commit(
        message="Import what counts by its own name",
        edits=(
            Edit(
                file=_SELECTORS,
                old="from django.db.models import Avg, Count\n",
                new="from django.db.models import Avg\n"
                "from django.db.models import Count as CountOf\n",
            ),
            Edit(file=_SELECTORS, old='count=Count("id")', new='count=CountOf("id")'),
        ),
    ),
    Commit(
        message="Answer the root with where things are",
        edits=(
            Edit(
                file=_URLS,
                old="urlpatterns = [\n",
                new="def root(request: HttpRequest) -> JsonResponse:\n"
                '    return JsonResponse({"products": "/products/"})\n\n\n'
                'urlpatterns = [\n    path("", root),\n',
            ),
        ),
    ),
    Commit(
        message="Show prices at most a day old",
        edits=(
            Edit(
                file=_SELECTORS,
                old='    key = f"product:{product_id}"\n',
                new='    key = f"product:{product_id}:{datetime.now(tz=UTC)}"\n',
            ),
            Edit(
                file=_SELECTORS,
                old="from collections import Counter\n",
                new="from collections import Counter\nfrom datetime import UTC, datetime\n",
            ),
        ),
        planted=Planted(
            path="/products/7/", effect=Effect.SLOWER, cause="a key that nobody asks for twice"
        ),
    ),
    Commit(
        message="Keep tests' settings apart",
        edits=(Edit(file="tests/__init__.py", new='"""Tests of the shop."""\n'),),
    ),
    Commit(
        message="Shorten the name of the best sellers' list",
        edits=(
            Edit(file=_SELECTORS, old="    best = sorted(", new="    top = sorted("),
            Edit(
                file=_SELECTORS,
                old="for product, quantity in best]",
                new="for product, quantity in top]",
            ),
        ),
    ),
    Commit(
        message="Index sales by day, for reports to come",
        edits=(
            Edit(
                file="shop/migrations/0003_sale_day.py",
                new="from django.db import migrations, models\n\n\n"
                "class Migration(migrations.Migration):\n"
                '    dependencies = (("shop", "0002_sale_note"),)\n'
                "    operations = (\n"
                '        migrations.AlterField("sale", "day", '
                "models.IntegerField(db_index=True)),\n"
                "    )\n",
            ),
            Edit(
                file=_MODELS,
                old="    day = models.IntegerField()\n",
                new="    day = models.IntegerField(db_index=True)\n",
            ),
        ),
    ),
    Commit(
        message="Have the best sellers added up by the database",
        edits=(
            Edit(
                file=_SELECTORS,
                old='    names = {each.id: each.name for each in Product.objects.order_by("id")}\n'
                "    sold: Counter[int] = Counter()\n"
                '    for product, quantity in Sale.objects.order_by("id").values_list('
                '"product_id", "quantity"):\n'
                "        sold[product] += quantity\n"
                "    top = sorted(sold.items(), key=lambda item: (-item[1], item[0]))[:10]\n"
                '    return [{"name": names[product], "sold": quantity} '
                "for product, quantity in top]\n",
                new='    sold = Sale.objects.values("product_id", "product__name")'
                '.annotate(sold=Sum("quantity"))\n'
                '    top = sold.order_by("-sold", "product_id")[:10]\n'
                '    return [{"name": each["product__name"], "sold": each["sold"]} '
                "for each in top]\n",
            ),
            Edit(
                file=_SELECTORS,
                old="from django.db.models import Avg\n",
                new="from django.db.models import Avg, Sum\n",
            ),
        ),
        planted=Planted(
            path="/best-sellers/", effect=Effect.FASTER, cause="fewer rows to fetch and add up"
        ),
    ),
    Commit(
        message="Tell how long pages are kept",
        edits=(
            Edit(
                file="docs/caching.md",
                new="A product's page is kept for five minutes.\n",
            ),
        ),
    ),
    Commit(
        message="Turn off time zones, which nothing uses",
        edits=(
            Edit(
                file=_SETTINGS,
                old='LANGUAGE_CODE = "en"\n',
                new='LANGUAGE_CODE = "en"\nUSE_TZ = False\n',
            ),
        ),
    ),
    Commit(
        message="Give categories an order of their own",
        edits=(
            Edit(
                file=_SELECTORS,
                old='for each in Category.objects.order_by("id")]',
                new='for each in Category.objects.order_by("name")]',
            ),
        ),
    ),
    Commit(
        message="Release 2",
        edits=(Edit(file="pyproject.toml", old='version = "1"', new='version = "2"'),),
    ),
)
