"""Sending an experiment's request to the API inside this process."""

from collections.abc import Callable

import pytest
from django.core.management import call_command
from django.test import Client

from headtohead.experiment import Experiment, Variant
from headtohead.protocol.headers import TOKEN_HEADER
from headtohead.protocol.server_timing import HEADER, ServerTiming

TOKEN = "token-of-the-tests"
Ask = Callable[[Experiment, Variant], tuple[bytes, ServerTiming]]


@pytest.fixture
def seeded(transactional_db, capsys) -> Callable[[int], None]:
    """Replaces all rows; in real transactions, because seeding vacuums."""

    def seed(rows: int) -> None:
        call_command("seed", rows=rows)

    return seed


@pytest.fixture
def ask(settings, upstream_url) -> Ask:
    """Sends an experiment's request to a server that has experiments switched on.

    Variants with servers of their own are served by this process, too: as far as the code goes.
    """
    settings.HEADTOHEAD = {"EXPERIMENTS": True, "TOKEN": TOKEN, "PACKAGE": "app.experiments"}
    client = Client()

    def send(experiment: Experiment, variant: Variant) -> tuple[bytes, ServerTiming]:
        server = experiment.server_of(variant)
        if server and server.upstream:
            settings.CARRIERS_URL = upstream_url(server.upstream)
        request = experiment.request_for(variant)
        # Given here: no variant is served by this process that would not tell.
        headers = {**request.headers, TOKEN_HEADER: TOKEN}
        response = client.generic(request.method, request.path, request.body or "", headers=headers)
        assert response.status_code in {200, 201}, response.getvalue()
        return response.getvalue(), ServerTiming.from_header(response.headers[HEADER])

    return send
