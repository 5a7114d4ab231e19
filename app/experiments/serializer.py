"""What it costs to make model instances of rows and have a ModelSerializer take them apart."""

from headtohead.experiment import Experiment, Request, Variant

SERIALIZER = Experiment(
    name="serializer",
    question="How much faster is a long page of products without model instances and serializer?",
    request=Request(path="/api/products/feed/?page_size=200"),
    seam="app.catalog.feed.feed_rows",
    baseline=Variant(name="model-serializer", selector="app.catalog.feed.feed_rows_by_serializer"),
    variants=(Variant(name="lean", selector="app.catalog.feed.feed_rows"),),
)
