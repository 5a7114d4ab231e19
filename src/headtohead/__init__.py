"""Two ways to serve the same request, run head to head."""

__version__ = "0.1.0"
