"""The server's side: which variant serves a request, and what serving it took."""

from headtohead.django.seam import seam
from headtohead.django.settings import is_authorised

__all__ = ["is_authorised", "seam"]
