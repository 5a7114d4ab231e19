"""Why a variant takes what it takes: explain."""

from dataclasses import asdict

from headtohead.cli.application import app, console, errors, print_json
from headtohead.cli.options import AsJson, Names, Url
from headtohead.cli.project import read_project, select_runnable


@app.command()
def explain(*, names: Names = None, url: Url = None, as_json: AsJson = False) -> None:
    """Show each variant's SQL, the code that asks for it, its plans, and hints.

    Example: h2h explain product-list
    """
    # Slow to import.
    from headtohead.explain import session, terminal  # noqa: PLC0415

    config, registry = read_project(url=url)
    selected = select_runnable(names or [], config=config, registry=registry)
    variants = session.explain(selected, config=config, note=errors.print)
    if as_json:
        print_json({"variants": [asdict(each) for each in variants]})
        return
    for line in terminal.lines(variants):
        console.print(line, markup=False, highlight=False, soft_wrap=True)
