"""From observed pairs to a verdict: pure functions over arrays."""
