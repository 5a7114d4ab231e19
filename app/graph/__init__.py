"""The catalogue over GraphQL."""
