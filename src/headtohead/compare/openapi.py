"""The GET operations of an OpenAPI document, and paths with their parameters filled in."""

import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

import msgspec
from urllib3 import PoolManager

from headtohead.compare.asking import LOG_IN
from headtohead.errors import ConfigurationError
from headtohead.experiment import Request
from headtohead.records.run import UntimedEndpoint
from headtohead.stack.target import client, send

_PARAMETER = re.compile(r"\{([^{}]+)\}")
_YAML = re.compile(rb"""^["']?(openapi|swagger)["']?:""", re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class Operation:
    """A GET operation.

    Attributes:
        template: Its path, such as ``/api/products/{id}/``.
        required: Query parameters it cannot do without.
        examples: Values that the document gives its parameters, by name.
    """

    template: str
    required: tuple[str, ...]
    examples: Mapping[str, Any]

    @property
    def parameters(self) -> tuple[str, ...]:
        """Parameters of the path, in order."""
        return tuple(_PARAMETER.findall(self.template))

    @property
    def list_path(self) -> str:
        """Where the list is that its first parameter picks an item of."""
        return self.template[: self.template.index("{")]

    def missing(self, values: Mapping[str, Any]) -> tuple[str, ...]:
        """Parameters without a value, those of the path first."""
        return tuple(name for name in (*self.parameters, *self.required) if name not in values)

    def path(self, values: Mapping[str, Any]) -> str:
        """Its path with all parameters filled in."""
        filled = _PARAMETER.sub(
            lambda found: quote(str(values[found.group(1)]), safe=""), self.template
        )
        query = "&".join(
            f"{quote(name, safe='')}={quote(str(values[name]), safe='')}" for name in self.required
        )
        return f"{filled}?{query}" if query else filled


def operations(document: Mapping[str, Any], *, at: str = "/") -> tuple[Operation, ...]:
    """All GET operations that an OpenAPI document describes, of OpenAPI 3 or Swagger 2.

    Args:
        document: The document.
        at: Its own path, from which its servers may be told.
    """
    found = []
    for template, item in document.get("paths", {}).items():
        if not isinstance(item, dict) or not isinstance(item.get("get"), dict):
            continue
        parameters = [*item.get("parameters", ()), *item["get"].get("parameters", ())]
        described = [_resolved(each, document) for each in parameters]
        found.append(
            Operation(
                template=_base_path(document, item, item["get"], at=at) + template,
                required=tuple(
                    each["name"]
                    for each in described
                    if each.get("in") == "query" and each.get("required")
                ),
                examples={
                    each["name"]: value
                    for each in described
                    if "name" in each and (value := _example(each)) is not None
                },
            )
        )
    return tuple(found)


def _base_path(*described: Mapping[str, Any], at: str) -> str:
    """What stands before a path, told of the document, of the path's item or of the operation."""
    base = described[0].get("basePath", "")
    for each in described:
        servers = each.get("servers")
        if isinstance(servers, list) and servers and isinstance(servers[0], dict):
            base = urlsplit(urljoin(at, _server_url(servers[0]))).path
    return str(base).rstrip("/")


def _server_url(server: Mapping[str, Any]) -> str:
    """A server's address with what its variables are by default."""
    url = str(server.get("url", ""))
    for name, variable in server.get("variables", {}).items():
        url = url.replace(f"{{{name}}}", str(variable.get("default", "")))
    return url


def read_parameters(path: Path) -> dict[str, Any]:
    """Values of parameters by name, from a TOML or JSON file.

    Raises:
        ConfigurationError: It cannot be read, or is no table of names and values.
    """
    try:
        text = path.read_text(encoding="utf-8")
        values: Any = json.loads(text) if path.suffix == ".json" else tomllib.loads(text)
    except (OSError, ValueError) as error:
        raise ConfigurationError(
            f"parameters file {path} cannot be read ({error})",
            fix="name a TOML or JSON file of lines such as id = 1",
        ) from None
    if not isinstance(values, dict):
        raise ConfigurationError(
            f"parameters file {path} is no table", fix='write names and values: {"id": 1}'
        )
    return values


def first_item(answer: Any) -> Mapping[str, Any]:
    """The first item of a list operation's answer, paginated or not; empty where there is none."""
    items = answer.get("results") if isinstance(answer, dict) else answer
    first = items[0] if isinstance(items, list) and items else None
    return first if isinstance(first, dict) else {}


def value_in(item: Mapping[str, Any], parameter: str) -> Any:
    """What an item says a parameter is, under its name or under one it stands for; or None."""
    names = (parameter, parameter.rpartition("_")[2], "id")
    return next((item[name] for name in names if item.get(name) is not None), None)


def _resolved(parameter: Mapping[str, Any], document: Mapping[str, Any]) -> Mapping[str, Any]:
    reference = parameter.get("$ref", "")
    if not reference:
        return parameter
    name = reference.rpartition("/")[2]
    # The second is where Swagger 2 keeps them.
    for kept in (document.get("components", {}), document):
        found: Mapping[str, Any] = kept.get("parameters", {}).get(name, {})
        if found:
            return found
    return {}


def _example(parameter: Mapping[str, Any]) -> Any:
    schema = parameter.get("schema", {})
    named = [
        each["value"]
        for each in parameter.get("examples", {}).values()
        if isinstance(each, dict) and "value" in each
    ]
    given = [
        parameter.get("example"),
        *named,
        *(schema.get("example"), schema.get("default")),
        # Swagger 2 has no schema of a parameter.
        *(parameter.get("x-example"), parameter.get("default")),
    ]
    return next((value for value in given if value is not None), None)


def operations_at(
    url: str, document: str, *, given: Mapping[str, Any], headers: Mapping[str, str]
) -> tuple[list[str], list[UntimedEndpoint]]:
    """Paths of all GET operations, and those that cannot be filled in.

    A value is what is given, else what the document says, else that of the first item in the list
    that the parameter picks from.

    Args:
        url: Scheme, host and port of the server.
        document: Path of its OpenAPI document, as JSON, or as YAML where PyYAML is installed.
        given: Values of parameters by name.
        headers: Those that every request carries.

    Raises:
        ConfigurationError: There is no such document, or it cannot be read.
    """
    paths: list[str] = []
    untimed: list[UntimedEndpoint] = []
    with client() as http:
        described = _document(http, document, url=url, headers=headers)
        for operation in operations(described, at=document):
            values = {**operation.examples, **given}
            missing = operation.missing(values)
            # The list knows its items; what belongs to an item of an item is for the user to say.
            if missing[:1] == operation.parameters[:1] and missing:
                item = first_item(_json(http, operation.list_path, url=url, headers=headers))
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


def first_list(url: str, document: str, *, headers: Mapping[str, str]) -> str | None:
    """Path of the first list of an OpenAPI document, or of anything that can be asked for as it is.

    Args:
        url: Scheme, host and port of the server.
        document: Path of its OpenAPI document, as JSON.
        headers: Those that every request carries.

    Returns:
        The path; None where there is no such document, or nothing to ask for in it.

    Raises:
        MeasurementError: Nothing answers at the address.
    """
    with client() as http:
        described = _json(http, document, url=url, headers=headers)
    if not isinstance(described, dict) or not isinstance(described.get("paths"), dict):
        return None
    found = operations(described, at=document)
    lists = {each.list_path for each in found if each.parameters}
    # The document often describes where it is itself.
    own = document.partition("?")[0]
    askable = [each for each in found if not each.missing(each.examples) and each.template != own]
    askable.sort(key=lambda each: each.template not in lists)
    return askable[0].path(askable[0].examples) if askable else None


def _document(
    http: PoolManager, document: str, *, url: str, headers: Mapping[str, str]
) -> Mapping[str, Any]:
    answer = send(http, Request(path=document, headers=headers), base_url=url)
    if answer.status in {401, 403}:
        raise ConfigurationError(f"{document} answers {answer.status}", fix=LOG_IN)
    set_path = "set `openapi` in [tool.headtohead] to the path that serves one as JSON"
    if answer.status != 200:
        raise ConfigurationError(
            f"{document} is no OpenAPI document but answers {answer.status}", fix=set_path
        )
    try:
        described = _decoded(answer.data)
    except ImportError:
        raise ConfigurationError(
            f"{document} is YAML, which takes PyYAML to read",
            fix="install pyyaml beside headtohead, or " + set_path,
        ) from None
    if not isinstance(described, dict) or not isinstance(described.get("paths"), dict):
        raise ConfigurationError(f"{document} is no OpenAPI document", fix=set_path)
    return described


def _decoded(data: bytes) -> Any:
    """A document of JSON or, where it begins like one, of YAML; None for anything else.

    Raises:
        ImportError: It is YAML, and nothing is installed that reads it.
    """
    try:
        return json.loads(data)
    except ValueError:
        if not _YAML.search(data):
            return None
    try:
        return msgspec.yaml.decode(data)
    except msgspec.MsgspecError:
        return None


def _json(http: PoolManager, path: str, *, url: str, headers: Mapping[str, str]) -> Any:
    answer = send(http, Request(path=path, headers=headers), base_url=url)
    try:
        return json.loads(answer.data) if answer.status == 200 else None
    except ValueError:
        return None
