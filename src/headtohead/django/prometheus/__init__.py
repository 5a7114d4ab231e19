"""Metrics of a server's process; each module needs its own package."""
