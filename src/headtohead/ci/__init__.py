"""What CI does with comparisons: gates and histories."""
