"""Records as JSON text."""

import json

from cattrs.preconf.json import make_converter

converter = make_converter(detailed_validation=False)


def to_json(record: object) -> str:
    """A record of frozen dataclasses as JSON text, ending with a newline."""
    fields = converter.unstructure(record)
    return json.dumps(fields, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
