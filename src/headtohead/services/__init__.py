"""The servers a project needs, one module each."""
