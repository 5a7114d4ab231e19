"""Micro-benchmarks of two revisions, in alternating processes."""
