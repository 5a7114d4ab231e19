"""The catalogue's shapes on the wire."""

from typing import Any

from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from app.catalog import examples
from app.catalog.cursors import FeedCursor
from app.catalog.models import Brand, Category, Product, Tag


@extend_schema_serializer(examples=[examples.answer("A brand", examples.BRAND)])
class BrandSerializer(serializers.ModelSerializer):
    """A brand."""

    class Meta:
        model = Brand
        fields = ["id", "name", "slug"]


class CategoryReferenceSerializer(serializers.ModelSerializer):
    """A category where it is mentioned."""

    class Meta:
        model = Category
        fields = ["id", "name", "slug"]


@extend_schema_serializer(
    examples=[examples.answer("A category", examples.CATEGORY | {"parent_id": 41})]
)
class CategorySerializer(serializers.ModelSerializer):
    """A category and its place in the tree."""

    parent_id = serializers.IntegerField(allow_null=True, help_text="Null for a root.")

    class Meta:
        model = Category
        fields = ["id", "name", "slug", "parent_id"]


@extend_schema_serializer(examples=[examples.answer("A tag", examples.TAG)])
class TagSerializer(serializers.ModelSerializer):
    """A tag."""

    class Meta:
        model = Tag
        fields = ["id", "name"]


@extend_schema_serializer(examples=[examples.answer("A product", examples.PRODUCT)])
class ProductSerializer(serializers.ModelSerializer):
    """A product in a list."""

    brand = BrandSerializer()
    category = CategoryReferenceSerializer()
    tags = TagSerializer(many=True)

    class Meta:
        model = Product
        fields = ["id", "sku", "slug", "name", "price", "stock", "brand", "category", "tags"]


class FeedCursorField(serializers.CharField):
    """The token of a cursor."""

    default_error_messages = {"malformed": "Not a cursor; take it from `next` of another page."}

    def to_internal_value(self, data: Any) -> FeedCursor:
        """Read the token."""
        try:
            return FeedCursor.from_token(super().to_internal_value(data))
        except ValueError:
            self.fail("malformed")


class ProductFeedQuerySerializer(serializers.Serializer):
    """Which page of the feed is asked for."""

    cursor = FeedCursorField(
        required=False, help_text="From `next` of another page; the first page without it."
    )
    page_size = serializers.IntegerField(
        min_value=1, max_value=200, default=20, help_text="How many products a page holds."
    )


@extend_schema_serializer(examples=[examples.answer("The first page", examples.FEED)])
class ProductFeedSerializer(serializers.Serializer):
    """A page of the feed."""

    next = serializers.URLField(allow_null=True, help_text="The next page; null after the last.")
    results = ProductSerializer(many=True)


class ProductRecommendedQuerySerializer(serializers.Serializer):
    """How good a review makes a product recommended."""

    min_rating = serializers.IntegerField(
        min_value=1, max_value=5, default=4, help_text="The least rating that recommends."
    )


class ProductSearchQuerySerializer(serializers.Serializer):
    """What to look for."""

    q = serializers.CharField(
        min_length=3,
        max_length=100,
        help_text="Part of a product's name, in whatever case; spaces around it do not count.",
    )


class RatingSerializer(serializers.Serializer):
    """How customers rate a product."""

    count = serializers.IntegerField()
    average = serializers.DecimalField(
        max_digits=3, decimal_places=2, allow_null=True, help_text="Null without reviews."
    )


@extend_schema_serializer(examples=[examples.answer("A review", examples.REVIEW)])
class ReviewSerializer(serializers.Serializer):
    """A review with the name of its customer."""

    id = serializers.IntegerField()
    customer_name = serializers.CharField()
    rating = serializers.IntegerField(min_value=1, max_value=5)
    body = serializers.CharField()
    created_at = serializers.DateTimeField()


@extend_schema_serializer(
    examples=[examples.question("Content", {"rating": 5, "body": "Does what it should."})]
)
class ReviewCreateSerializer(serializers.Serializer):
    """A review as its customer writes it."""

    rating = serializers.IntegerField(min_value=1, max_value=5)
    body = serializers.CharField(max_length=5000)


class RelatedProductSerializer(serializers.ModelSerializer):
    """A product on another product's page."""

    brand = BrandSerializer()

    class Meta:
        model = Product
        fields = ["id", "slug", "name", "price", "brand"]


@extend_schema_serializer(
    examples=[examples.answer("A product", examples.RELATED_PRODUCT | {"reviews": 12})]
)
class PopularProductSerializer(RelatedProductSerializer):
    """A product in the list of popular ones."""

    reviews = serializers.IntegerField(help_text="How many it has.")

    class Meta(RelatedProductSerializer.Meta):
        fields = [*RelatedProductSerializer.Meta.fields, "reviews"]


@extend_schema_serializer(examples=[examples.answer("A page", examples.PRODUCT_DETAIL)])
class ProductDetailSerializer(ProductSerializer):
    """A product's page."""

    rating = RatingSerializer()
    latest_reviews = ReviewSerializer(many=True, help_text="Newest first, at most 10.")
    related_products = RelatedProductSerializer(
        many=True, help_text="The newest others of the category, at most 8."
    )

    class Meta(ProductSerializer.Meta):
        fields = [
            *ProductSerializer.Meta.fields,
            "description",
            "version",
            "created_at",
            "updated_at",
            "rating",
            "latest_reviews",
            "related_products",
        ]


@extend_schema_serializer(
    examples=[
        examples.question("A new price", {"price": "19.90"}),
        examples.question("Other tags", {"tag_ids": [1, 5]}),
    ]
)
class ProductUpdateSerializer(serializers.ModelSerializer):
    """What may be changed about a product."""

    brand_id = serializers.PrimaryKeyRelatedField(source="brand", queryset=Brand.objects.all())
    category_id = serializers.PrimaryKeyRelatedField(
        source="category", queryset=Category.objects.all()
    )
    tag_ids = serializers.PrimaryKeyRelatedField(
        source="tags", queryset=Tag.objects.all(), many=True
    )

    class Meta:
        model = Product
        fields = ["name", "description", "price", "stock", "brand_id", "category_id", "tag_ids"]


class StockChangeSerializer(serializers.Serializer):
    """A change of what is in stock."""

    by = serializers.IntegerField(
        min_value=-10_000, max_value=10_000, help_text="How many to add; negative to take away."
    )


@extend_schema_serializer(examples=[examples.answer("A product", examples.PRODUCT_EXPORT)])
class ProductExportSerializer(serializers.ModelSerializer):
    """A product in the export."""

    brand_name = serializers.CharField()
    category_name = serializers.CharField()

    class Meta:
        model = Product
        fields = [
            *("id", "sku", "slug", "name", "description", "price", "stock", "version"),
            *("created_at", "updated_at", "brand_name", "category_name"),
        ]


@extend_schema_serializer(examples=[examples.answer("A category", examples.CATEGORY_SUMMARY)])
class CategorySummarySerializer(CategoryReferenceSerializer):
    """Figures about a category."""

    products = serializers.IntegerField()
    average_price = serializers.DecimalField(
        max_digits=10, decimal_places=2, allow_null=True, help_text="Null without products."
    )
    reviews = serializers.IntegerField()
    average_rating = serializers.DecimalField(
        max_digits=3, decimal_places=2, allow_null=True, help_text="Null without reviews."
    )

    class Meta(CategoryReferenceSerializer.Meta):
        fields = [
            *CategoryReferenceSerializer.Meta.fields,
            "products",
            "average_price",
            "reviews",
            "average_rating",
        ]
