"""The harness's own benchmark: known effects, known disturbances, every rule on the same traces."""
