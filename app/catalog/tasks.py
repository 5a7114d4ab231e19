"""What of the catalogue is done on a schedule."""

from app.catalog import services
from app.config.celery import app


@app.task
def refresh_category_figures() -> None:
    """Compute the figures per category again."""
    services.category_figures_refresh()
