"""Products in a tree of categories, and their reviews.

Uniqueness is declared as constraints rather than by ``unique=True``, which would add a second index
per column for prefix searches that nothing here makes. A foreign key goes without an index of its
own where another index begins with its column; the others keep theirs, because PostgreSQL looks for
referring rows whenever a referred one is deleted. Django itself has the database check that columns
of positive integers are not negative.
"""

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models.functions import Upper
from django.utils import timezone

from app.config.counting import counted

ONE_REVIEW_EACH = "review_one_per_customer_and_product"


class Category(models.Model):
    """A node in the tree of categories; a root has no parent."""

    parent = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        db_index=False,
    )
    name = models.CharField(max_length=100)
    slug = models.SlugField(max_length=120, db_index=False)

    class Meta:
        verbose_name_plural = "categories"
        constraints = [
            models.UniqueConstraint(fields=["slug"], name="category_slug_unique"),
            models.UniqueConstraint(
                fields=["parent", "name"],
                nulls_distinct=False,
                name="category_name_unique_in_parent",
            ),
            models.CheckConstraint(
                condition=models.Q(parent__isnull=True) | ~models.Q(parent=models.F("id")),
                name="category_not_its_own_parent",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Brand(models.Model):
    """Who makes a product."""

    name = models.CharField(max_length=100)
    slug = models.SlugField(max_length=120, db_index=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["name"], name="brand_name_unique"),
            models.UniqueConstraint(fields=["slug"], name="brand_slug_unique"),
        ]

    def __str__(self) -> str:
        return self.name


class Tag(models.Model):
    """A word that describes products."""

    name = models.CharField(max_length=50)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["name"], name="tag_name_unique")]

    def __str__(self) -> str:
        return self.name


class Product(counted("product"), models.Model):
    """Something on sale. Its version counts its writes, beginning at 1."""

    sku = models.CharField(max_length=32)
    slug = models.SlugField(max_length=200, db_index=False)
    name = models.CharField(max_length=200)
    description = models.TextField()
    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="products")
    category = models.ForeignKey(
        Category, on_delete=models.PROTECT, related_name="products", db_index=False
    )
    tags = models.ManyToManyField(Tag, through="ProductTag", related_name="products")
    price = models.DecimalField(max_digits=10, decimal_places=2, validators=[MinValueValidator(0)])
    stock = models.PositiveIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sku"], name="product_sku_unique"),
            models.UniqueConstraint(fields=["slug"], name="product_slug_unique"),
            models.CheckConstraint(
                condition=models.Q(price__gte=0), name="product_price_not_negative"
            ),
            models.CheckConstraint(
                condition=models.Q(version__gte=1), name="product_version_positive"
            ),
        ]
        indexes = [
            models.Index(
                fields=["category", "-created_at", "-id"], name="product_newest_in_category"
            ),
            # Of capitals, because that is what Django's `icontains` compares.
            GinIndex(OpClass(Upper("name"), name="gin_trgm_ops"), name="product_name_trigrams"),
        ]

    def __str__(self) -> str:
        return self.name


class ProductTag(models.Model):
    """That a product bears a tag."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, db_index=False)
    tag = models.ForeignKey(Tag, on_delete=models.CASCADE)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["product", "tag"], name="product_tag_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.product_id}: {self.tag_id}"


class Review(counted("review"), models.Model):
    """What one customer says about one product."""

    product = models.ForeignKey(
        Product, on_delete=models.CASCADE, related_name="reviews", db_index=False
    )
    customer = models.ForeignKey(
        "accounts.Customer", on_delete=models.CASCADE, related_name="reviews", db_index=False
    )
    rating = models.PositiveSmallIntegerField()
    body = models.TextField()
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["customer", "product"], name=ONE_REVIEW_EACH),
            models.CheckConstraint(
                condition=models.Q(rating__range=(1, 5)), name="review_rating_one_to_five"
            ),
        ]
        indexes = [
            models.Index(fields=["product", "-created_at", "-id"], name="review_latest_of_product"),
        ]

    def __str__(self) -> str:
        return f"{self.product_id}: {self.rating}"


class CategoryFigures(models.Model):
    """What was found about a category when it was last computed.

    Averages keep all digits that the database gives: what is rounded twice may differ from what is
    rounded once.
    """

    category = models.OneToOneField(
        Category, on_delete=models.CASCADE, primary_key=True, related_name="figures"
    )
    products = models.PositiveIntegerField()
    average_price = models.DecimalField(max_digits=40, decimal_places=20, null=True)
    reviews = models.PositiveIntegerField()
    average_rating = models.DecimalField(max_digits=40, decimal_places=20, null=True)
    computed_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "category figures"

    def __str__(self) -> str:
        return f"{self.category_id}: {self.products}"
