"""Load that is held for a while, and what grows under it."""
