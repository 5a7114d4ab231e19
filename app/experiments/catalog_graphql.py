"""The N+1 problem of resolvers, each of which knows only its own object."""

import json

from headtohead.experiment import Experiment, Request, Variant

QUERY = """
query ($first: PageSize!) {
  products(first: $first) {
    items {
      id name price
      brand { name }
      category { name }
      tags { name }
      reviews(first: 3) { rating body customer { name } }
    }
    next
  }
}
"""


def _page_of(products: int) -> Request:
    return Request(
        method="POST",
        path="/graphql/",
        headers={"Content-Type": "application/json"},
        body=json.dumps({"query": QUERY, "variables": {"first": products}}),
    )


CATALOG_GRAPHQL = Experiment(
    name="catalog-graphql",
    question="How much faster is a GraphQL page of products when resolvers load in batches?",
    request=_page_of(20),
    seam="app.graph.relations.relations",
    baseline=Variant(name="naive", selector="app.graph.relations.relations_naive"),
    variants=(Variant(name="dataloader", selector="app.graph.relations.relations"),),
    request_at_double_rows=_page_of(40),
)
