import pytest
from django.core.management import call_command
from django.utils import timezone

from app.accounts.models import TokenFamily
from app.accounts.tokens import TokenPair


def test_it_says_how_many_families_it_deleted(
    pair: TokenPair, capsys: pytest.CaptureFixture[str]
) -> None:
    TokenFamily.objects.update(expires_at=timezone.now())
    call_command("purge_tokens")
    assert capsys.readouterr().out == "expired token families deleted: 1\n"
