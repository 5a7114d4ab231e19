"""The harness's side of the load generator: start it, talk to it, stop it."""
