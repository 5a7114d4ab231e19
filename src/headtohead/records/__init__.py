"""What was found, and where: types, provenance, versions and storage of records."""
