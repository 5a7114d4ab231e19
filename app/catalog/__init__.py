"""What is on sale, and what customers say about it."""
