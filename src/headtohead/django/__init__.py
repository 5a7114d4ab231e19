"""The server's side: which variant serves a request, and what serving it took."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from headtohead.django.settings import is_authorised
    from headtohead.django.variant_choice import seam

__all__ = ["is_authorised", "seam"]

_MODULES = {"is_authorised": "settings", "seam": "variant_choice"}


def __getattr__(name: str) -> Any:
    """Import what is asked for, not before: Django may be half imported itself (`on_path`)."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
