"""The latency mode: pairs of requests."""
