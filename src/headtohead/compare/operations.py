"""What a server's OpenAPI document says can be asked for, with values that exist."""

import json
from collections.abc import Mapping
from typing import Any

from urllib3 import PoolManager

from headtohead.compare.openapi import first_item, operations, value_in
from headtohead.errors import ConfigurationError
from headtohead.experiment import TOKEN_HEADER, Request
from headtohead.measurement import UntimedEndpoint
from headtohead.run.preflight import client, send


def operations_at(
    url: str, document: str, *, given: Mapping[str, Any], token: str
) -> tuple[list[str], list[UntimedEndpoint]]:
    """Paths of all GET operations, and those that cannot be filled in.

    A value is what is given, else what the document says, else that of the first item in the list
    that the parameter picks from.

    Args:
        url: Scheme, host and port of the server.
        document: Path of its OpenAPI document, as JSON.
        given: Values of parameters by name.
        token: What authorises requests.

    Raises:
        ConfigurationError: There is no such document.
    """
    paths: list[str] = []
    untimed: list[UntimedEndpoint] = []
    with client() as http:
        described = _json(http, document, url=url, token=token)
        if not isinstance(described, dict) or "paths" not in described:
            raise ConfigurationError(
                f"{document} is no OpenAPI document",
                fix="set `openapi` in [tool.headtohead] to the path that serves one as JSON",
            )
        for operation in operations(described):
            values = {**operation.examples, **given}
            missing = operation.missing(values)
            # The list knows its items; what belongs to an item of an item is for the user to say.
            if missing[:1] == operation.parameters[:1] and missing:
                item = first_item(_json(http, operation.list_path, url=url, token=token))
                found = value_in(item, missing[0])
                if found is not None:
                    values[missing[0]] = found
            missing = operation.missing(values)
            if missing:
                untimed.append(
                    UntimedEndpoint(
                        path=operation.template,
                        reason=f"no value for {', '.join(missing)}; give one with --parameters",
                        kind="skipped",
                    )
                )
            else:
                paths.append(operation.path(values))
    return paths, untimed


def _json(http: PoolManager, path: str, *, url: str, token: str) -> Any:
    request = Request(
        path=path,
        headers={"Accept": "application/json", "Host": "127.0.0.1", TOKEN_HEADER: token},
    )
    answer = send(http, request, base_url=url)
    try:
        return json.loads(answer.data) if answer.status == 200 else None
    except ValueError:
        return None
