"""How each endpoint's effect against a pinned revision developed, commit by commit."""
