"""Who signs in, and who buys."""
