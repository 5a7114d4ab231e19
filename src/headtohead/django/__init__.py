"""The server's side: which variant serves a request, and what serving it took."""

from headtohead.django.authorisation import is_authorised
from headtohead.django.choice import seam

__all__ = ["is_authorised", "seam"]
