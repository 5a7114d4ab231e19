"""What a request costs the load generator, of Locust's client and of the lean one."""
