"""What crosses the wire between a client and the server's middleware."""
