"""The pieces that charts share: series markers, ticks and the frame every chart stands in."""

from markupsafe import Markup

from headtohead.report.charts.axis import Axis

# The page's stylesheet gives each of them a colour and a dash; further variants start over.
SERIES = 7
_SHAPES = (
    "M-4,0a4,4 0 1,0 8,0a4,4 0 1,0 -8,0z",
    "M-3.5,-3.5h7v7h-7z",
    "M0,-5L5,0L0,5L-5,0z",
    "M0,-5L4.5,3.5H-4.5z",
)


def percentage(share: float) -> str:
    """A share of the width as an SVG length: 0.375 is 37.50%."""
    return f"{share * 100:.2f}%"


def series_class(series: int) -> str:
    """The class that colours a variant: 0 is the baseline, n the nth variant."""
    return f"series-{series % SERIES}"


def marker(series: int, *, x: str, y: str) -> Markup:
    """The symbol of a variant: its shape tells variants apart where colour does not."""
    filled = series % SERIES < len(_SHAPES)
    return Markup('<svg x="{}" y="{}" overflow="visible"><path class="{}" d="{}"/></svg>').format(
        x, y, "marker" if filled else "marker hollow", _SHAPES[series % SERIES % len(_SHAPES)]
    )


def swatch(series: int) -> Markup:
    """A variant's line and symbol, for a legend."""
    return Markup(
        '<svg class="swatch {}" width="30" height="14" aria-hidden="true">'
        '<line class="curve" x1="0" x2="30" y1="7" y2="7"/>{}</svg>'
    ).format(series_class(series), marker(series, x="15", y="7"))


def vertical(css_class: str, *, at: float, top: str = "0", bottom: str = "100%") -> Markup:
    """A vertical line at a share of the width."""
    return Markup('<line class="{0}" x1="{1}" x2="{1}" y1="{2}" y2="{3}"/>').format(
        css_class, percentage(at), top, bottom
    )


def tick_labels(axis: Axis, *, template: str, y: int) -> Markup:
    """The ticks' values as text centred on each; `template` is a format such as "{:g} ms"."""
    return Markup("").join(
        Markup('<text x="{}" y="{}" text-anchor="middle">{}</text>').format(
            percentage(axis.position(tick)), y, template.format(tick)
        )
        for tick in axis.ticks
    )


def frame(*, key: str, css_class: str, height: int, title: str, desc: str, body: Markup) -> Markup:
    """A chart that fills the width of its container and says in words what it shows.

    Args:
        key: Unique within the page.
        css_class: For the stylesheet.
        height: In pixels.
        title: What the chart is.
        desc: What it shows.
        body: Its elements.
    """
    return Markup(
        '<svg class="chart {css_class}" role="img" width="100%" height="{height}"'
        ' aria-labelledby="{key}-title {key}-desc">'
        '<title id="{key}-title">{title}</title><desc id="{key}-desc">{desc}</desc>{body}</svg>'
    ).format(key=key, css_class=css_class, height=height, title=title, desc=desc, body=body)
