"""Caching: where values are kept, how they follow the rows, and who reads them again."""
