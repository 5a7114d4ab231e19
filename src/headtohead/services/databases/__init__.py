"""Databases, one module a backend."""
