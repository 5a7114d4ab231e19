"""The throughput mode: blocks of load."""
