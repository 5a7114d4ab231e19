"""Commands for orders."""
