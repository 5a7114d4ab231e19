"""Carrying out a run: the one place where stack, load and analysis meet."""
