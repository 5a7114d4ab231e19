"""The buckets of every histogram of times, so that client and server can be laid side by side."""

# Seconds: from half a millisecond, where a cached answer lies, to the ten seconds nobody waits.
BUCKETS = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)
