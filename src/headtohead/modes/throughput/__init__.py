"""The throughput mode."""
