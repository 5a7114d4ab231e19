"""Values that cross from the harness to the generator and back."""
