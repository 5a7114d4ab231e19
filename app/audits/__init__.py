"""What several experiments show beside time. Free of Django, like the declarations that name it."""
