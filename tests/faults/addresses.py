"""Every address of the API, with values in place of what it takes."""

import re
from dataclasses import dataclass

from tests.faults.load import Client

# What the schema does not describe.
OTHERS = (
    ("GET", "/alive/"),
    ("GET", "/metrics"),
    ("GET", "/api/docs/"),
    ("GET", "/api/schema/"),
    ("GET", "/static/drf_spectacular_sidecar/swagger-ui-dist/swagger-ui.css"),
    ("GET", "/nowhere/"),
)


@dataclass(frozen=True, kw_only=True)
class Address:
    """One to send a request to.

    Attributes:
        method: The request's.
        path: Its own, with numbers that exist.
        fields: Of the body it takes; None for one that takes none.
    """

    method: str
    path: str
    fields: tuple[str, ...] | None = None


def addresses(client: Client) -> list[Address]:
    """What the schema says there is, and what it does not say."""
    schema = client.get("/api/schema/?format=json").json()
    described = [
        Address(
            method=method.upper(),
            path=re.sub(r"{\w+}", "1", path),
            fields=_fields(schema, operation),
        )
        for path, methods in schema["paths"].items()
        for method, operation in methods.items()
    ]
    return described + [Address(method=method, path=path) for method, path in OTHERS]


def _fields(schema: dict, operation: dict) -> tuple[str, ...] | None:
    if "requestBody" not in operation:
        return None
    reference = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"]
    return tuple(schema["components"]["schemas"][reference.rpartition("/")[2]]["properties"])
