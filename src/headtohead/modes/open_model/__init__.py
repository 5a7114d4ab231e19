"""The open_model mode."""
