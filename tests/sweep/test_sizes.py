import pytest

from headtohead.errors import ConfigurationError, ExitCode
from headtohead.sweep.sizes import DEFAULT_SIZES, read_sizes


@pytest.mark.parametrize(
    "given", ["1000,10000,100000", "1e3,1e4,1e5", "1_000, 1E4, 100_000", DEFAULT_SIZES]
)
def test_sizes_are_read_however_they_are_written(given):
    assert read_sizes(given) == (1000, 10_000, 100_000)


def test_any_whole_number_will_do():
    assert read_sizes("1,2.5e3,1e8") == (1, 2500, 100_000_000)


@pytest.mark.parametrize(
    "given",
    [
        *("", "many", "1e3,,1e5", "1e3,1e4,nan", "1e3,1e4,inf", "1e3,1e4,1e999999999"),
        *("0,1,2", "-3,1e3,1e4", "1e3,1e4,1.5", "1e5,1e4,1e3", "1e3,1e3,1e4", "1e3,1e4,2e8"),
    ],
)
def test_what_is_no_ascending_list_of_numbers_is_refused_with_the_fix(given):
    with pytest.raises(ConfigurationError, match="ascending order, 1e8 at most, such as 1e3"):
        read_sizes(given)


@pytest.mark.parametrize("given", ["1e3", "1e3,1e4"])
def test_two_sizes_make_no_exponent(given):
    with pytest.raises(ConfigurationError, match="give at least 3, such as 1e3,1e4,1e5") as refused:
        read_sizes(given)
    assert refused.value.exit_code == ExitCode.USAGE
