"""The latency mode."""
