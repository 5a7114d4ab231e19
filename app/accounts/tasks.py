"""What of accounts is done on a schedule."""

from app.accounts import services
from app.config.celery import app


@app.task
def purge_tokens() -> None:
    """Delete what is stored of tokens that have expired."""
    services.purge()
