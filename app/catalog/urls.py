"""Addresses of the catalogue, below /api/."""

from django.urls import path

from app.catalog.views import (
    BrandListView,
    CategoryListView,
    CategorySummaryView,
    ProductDetailView,
    ProductExportView,
    ProductFeedView,
    ProductListView,
    ProductRecommendedListView,
    ProductSearchView,
    ProductStockView,
    ReviewListView,
    TagListView,
)

urlpatterns = [
    path("products/", ProductListView.as_view(), name="product-list"),
    path("products/export/", ProductExportView.as_view(), name="product-export"),
    path("products/feed/", ProductFeedView.as_view(), name="product-feed"),
    path("products/recommended/", ProductRecommendedListView.as_view(), name="product-recommended"),
    path("products/search/", ProductSearchView.as_view(), name="product-search"),
    path("products/<int:product_id>/", ProductDetailView.as_view(), name="product-detail"),
    path("products/<int:product_id>/stock/", ProductStockView.as_view(), name="product-stock"),
    path("products/<int:product_id>/reviews/", ReviewListView.as_view(), name="review-list"),
    path("categories/", CategoryListView.as_view(), name="category-list"),
    path("categories/summary/", CategorySummaryView.as_view(), name="category-summary"),
    path("brands/", BrandListView.as_view(), name="brand-list"),
    path("tags/", TagListView.as_view(), name="tag-list"),
]
