"""Applying load with Locust. Nothing here imports Django, which Locust's patching would disturb."""
