"""The shop declares none: revisions are compared by their paths."""
