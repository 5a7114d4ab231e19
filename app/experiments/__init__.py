"""One file an experiment: its question and its variants, as data."""
