"""Deliveries: what carriers ask for them."""
