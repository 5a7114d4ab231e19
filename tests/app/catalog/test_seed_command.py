import re

import pytest
from django.core.management import CommandError, call_command

from app.catalog.models import Product

pytestmark = pytest.mark.django_db(transaction=True)


def test_it_says_how_many_rows_it_made_and_how_fast(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("seed", "--rows", "30", "--seed", "4")
    output = capsys.readouterr().out
    assert "products: 30\n" in output
    assert re.search(r"products with tags and reviews: [\d,]+/s \(\d+\.\d\d s\)", output)


def test_count_prints_the_number_of_products_and_nothing_else(
    capsys: pytest.CaptureFixture[str],
) -> None:
    call_command("seed", "--rows", "30")
    capsys.readouterr()
    call_command("seed", "--count")
    assert capsys.readouterr().out == "30\n"


@pytest.mark.parametrize(("flag", "value"), [("--rows", "0"), ("--rows", "-1"), ("--seed", "-1")])
def test_numbers_out_of_range_are_refused_in_one_line(flag: str, value: str) -> None:
    with pytest.raises(CommandError, match=f"{flag} {value}") as refusal:
        call_command("seed", f"{flag}={value}")
    assert "\n" not in str(refusal.value)
    assert not Product.objects.exists()


def test_it_says_so_when_the_cache_could_not_be_cleared(cache_down: None) -> None:
    with pytest.raises(CommandError, match="CACHE_URL") as refusal:
        call_command("seed", "--rows", "3")
    assert "\n" not in str(refusal.value)
    assert Product.objects.count() == 3
