"""How numbers look in every report for people."""

import math

ARROW = "→"
TIMES = "\N{MULTIPLICATION SIGN}"
NO_VALUE = "n/a"


def quantity(value: float) -> str:
    """A magnitude with about three significant digits: 0.042, 0.84, 12.3, 154, 1,540."""
    if value == 0:
        return "0"
    if value < 0.0995:
        return f"{value:.3f}"
    if value < 9.995:
        return f"{value:.2f}"
    if value < 99.95:
        return f"{value:.1f}"
    return f"{value:,.0f}"


def milliseconds(value: float) -> str:
    """A time with its unit: 0.84 ms, 12.3 ms, 154 ms."""
    return f"{quantity(value)} ms"


def milliseconds_change(before: float, after: float) -> str:
    """Two times that share a unit: 18.2 → 2.10 ms."""
    return f"{quantity(before)} {ARROW} {milliseconds(after)}"


def times(number: int) -> str:
    """How often something happened: once, 50 times."""
    return "once" if number == 1 else f"{number:,} times"


def count(value: float) -> str:
    """A mean of counts, with a decimal only where it has one: 62, 2.5, 1,234."""
    return f"{value:,.1f}".removesuffix(".0")


def count_change(before: float, after: float) -> str:
    """Two means of counts: 62 → 3."""
    return f"{count(before)} {ARROW} {count(after)}"


def ratio(value: float) -> str:
    """A ratio with three significant digits, and three decimals about 1: 0.0931, 1.004, 10.8."""
    if math.isinf(value):
        return "∞"
    if value == 0:
        return "0"
    # Between "no difference" and a small one lie digits that three significant ones would hide.
    if 0.9 <= value < 1.1:
        return f"{value:.3f}"
    # Rounding can add a digit (0.9996 is 1.00), so the exponent is that of the rounded number.
    exponent = int(f"{value:.2e}".partition("e")[2])
    return f"{value:.{max(0, 2 - exponent)}f}"


def interval(bounds: tuple[float, float]) -> str:
    """The bounds of an interval of ratios: [0.0912, 0.0950]."""
    return f"[{ratio(bounds[0])}, {ratio(bounds[1])}]"


def percent(fraction: float) -> str:
    """A fraction as a percentage with at most three significant digits: 2 %, 93.4 %, 100 %."""
    return f"{fraction * 100:.3g} %" if abs(fraction) < 1 else f"{fraction * 100:.0f} %"


def size(count_of_bytes: float) -> str:
    """A number of bytes with a decimal prefix: 512 B, 12.3 kB, 1.50 MB."""
    for unit, factor in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if count_of_bytes >= factor:
            return f"{quantity(count_of_bytes / factor)} {unit}"
    return f"{count_of_bytes:.0f} B"


def per_second(value: float) -> str:
    """A rate of requests with its unit: 12.3 /s, 1,540 /s."""
    return f"{quantity(value)} /s"


def per_second_change(before: float, after: float) -> str:
    """Two rates that share a unit: 18.2 → 110 /s."""
    return f"{quantity(before)} {ARROW} {per_second(after)}"


def bounds(interval: tuple[float, float]) -> str:
    """The bounds of an interval of quantities: 0.92 to 12.3."""
    low, high = interval
    return f"{quantity(low)} to {quantity(high)}" if math.isfinite(high) else "no interval"


def points(fraction: float) -> str:
    """A difference of two percentages, in percentage points and with its sign: +0.12."""
    return f"{fraction * 100:+.2f}"


def users(number: int) -> str:
    """So many users: 1 user, 8 users."""
    return f"{number:,} {'user' if number == 1 else 'users'}"


def load(number: int, workers: int) -> str:
    """So many users, and the workers they were spread over: 8 users, 8 users on 2 workers."""
    if not workers:
        return users(number)
    return f"{users(number)} on {workers} {'worker' if workers == 1 else 'workers'}"


def compared_with(value: float) -> str:
    """A ratio of times as a verb: "is 10.7 times faster than", "takes 4.9 % more time than".

    Factors below 1.5 are told as a percentage of time, since "1.05 times faster" is easily misread.
    """
    factor = max(value, 1 / value)
    if factor >= 1.5:
        return f"is {ratio(factor)} times {'faster' if value < 1 else 'slower'} than"
    difference = f"{abs(value - 1) * 100:.2g} %"
    return f"takes {difference} {'less' if value < 1 else 'more'} time than"


def throughput_compared_with(value: float) -> str:
    """A ratio of requests a second as a verb: "serves 5.4 times as many requests a second as"."""
    if value >= 1.5:
        return f"serves {ratio(value)} times as many requests a second as"
    difference = f"{abs(value - 1) * 100:.2g} %"
    return f"serves {difference} {'more' if value > 1 else 'fewer'} requests a second than"
