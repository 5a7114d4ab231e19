"""Documents what drf-spectacular cannot find: a view that is Django's own."""

from typing import Any

from app.config.problems import CONTENT_TYPE
from app.delivery.carriers import CARRIERS

_QUOTE = {
    "type": "object",
    "required": ["carrier", "price", "days"],
    "properties": {
        "carrier": {"type": "string", "enum": [*CARRIERS]},
        "price": {"type": "string", "format": "decimal", "example": "4.90"},
        "days": {"type": "integer", "minimum": 0, "description": "Until it arrives."},
    },
}
_QUOTES = [{"carrier": each, "price": "4.90", "days": 2} for each in CARRIERS][:2]
_PROBLEM = {CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}


def document_quotes(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Add the operation to the schema; a hook of drf-spectacular's."""
    result["components"]["schemas"]["DeliveryQuote"] = _QUOTE
    result["paths"]["/api/delivery/quotes/"] = {
        "get": {
            "operationId": "delivery_quotes_list",
            "summary": "Quotes for a delivery",
            "description": "Asks every carrier what it takes for a parcel, all of them at once.",
            "tags": ["delivery"],
            "responses": {
                "200": {
                    "description": "Every carrier has answered.",
                    "content": {
                        "application/json": {
                            "schema": {
                                "type": "object",
                                "required": ["results"],
                                "properties": {
                                    "results": {
                                        "type": "array",
                                        "items": {"$ref": "#/components/schemas/DeliveryQuote"},
                                    }
                                },
                            },
                            "examples": {"TwoCarriers": {"value": {"results": _QUOTES}}},
                        }
                    },
                },
                "502": {"description": "A carrier does not answer.", "content": _PROBLEM},
                "503": {"description": "There is no carrier to ask.", "content": _PROBLEM},
            },
        }
    }
    return result
