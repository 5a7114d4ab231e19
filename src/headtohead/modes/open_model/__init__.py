"""The open model: requests that arrive at a planned rate."""
