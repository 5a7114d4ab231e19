"""What the background load is to do, and what it did."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class BackgroundPlan:
    """Who is to be on their way, and where.

    Attributes:
        root: Folder from which the module can be imported.
        module: Dotted name of the module that declares the Locust users.
        base_url: Scheme, host and port of the API.
        users: How many users.
    """

    root: str
    module: str
    base_url: str
    users: int


@dataclass(frozen=True, kw_only=True)
class BackgroundTally:
    """What users have done so far.

    Attributes:
        requests: Requests that were answered, or failed.
        errors: Those that failed, and journeys that broke down.
        example: What went wrong most often, or empty.
    """

    requests: int
    errors: int
    example: str
