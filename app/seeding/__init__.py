"""The same rows from the same seed, through COPY."""
