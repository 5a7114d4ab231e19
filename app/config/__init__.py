"""Settings, addresses and entry points of the reference API."""
