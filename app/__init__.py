"""The reference API that the harness measures out of the box."""
