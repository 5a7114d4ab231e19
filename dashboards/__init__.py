"""The Grafana dashboards as code: a module for each dashboard, a small function for each panel."""

import warnings

with warnings.catch_warnings():
    # It recommends a newer schema of dashboards, which fewer versions of Grafana read.
    warnings.simplefilter("ignore", DeprecationWarning)
    import grafana_foundation_sdk.builders.dashboard
    import grafana_foundation_sdk.builders.stat  # noqa: F401
