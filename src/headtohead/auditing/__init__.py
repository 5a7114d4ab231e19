"""Carrying out audits, each on a stack of its own, and keeping the facts that they state."""
