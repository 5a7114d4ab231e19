"""What h2h finds in a project by itself, what has to be said, and whether a comparison works."""
