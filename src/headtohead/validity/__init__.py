"""Reasons to trust a number less."""
