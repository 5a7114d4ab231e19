"""`python -m headtohead` is `h2h`."""

from headtohead.cli import main

main()
