"""Two git revisions of a project, head to head."""
