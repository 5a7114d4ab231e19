"""The smallest Django project that the stack can serve: a stand-in for a user's own."""
