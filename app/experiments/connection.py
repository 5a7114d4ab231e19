"""Where a request has its database connection from: made for it, its thread's or a pool's.

A connection that is kept may have been ended by the server, which was started again, and who finds
out by a query that fails answers 500. `persistent` looks whether there is something to read on it,
`health-checked` and `pooled` send a query before the first of each request.
"""

from headtohead.experiment import Experiment, Request, Server, Variant

SEAM = "app.catalog.feed.feed_rows"

CONNECTION = Experiment(
    name="connection",
    question="How much faster is a page of products when connections to the database are kept?",
    request=Request(path="/api/products/feed/"),
    seam=SEAM,
    baseline=Variant(
        name="new", selector=SEAM, server=Server(environment={"DATABASE_CONNECTIONS": "new"})
    ),
    variants=(
        Variant(name="persistent", selector=SEAM, server=Server()),
        Variant(
            name="health-checked",
            selector=SEAM,
            server=Server(environment={"DATABASE_CONNECTIONS": "health-checked"}),
        ),
        Variant(
            name="pooled",
            selector=SEAM,
            server=Server(environment={"DATABASE_CONNECTIONS": "pooled"}),
        ),
    ),
    request_at_double_rows=Request(path="/api/products/feed/?page_size=40"),
)
