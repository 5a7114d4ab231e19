"""`python -m headtohead` is `h2h`."""

from headtohead.cli import main

try:
    main()
finally:
    # Where an interrupt was raised in code that a string holds, such as what makes a dataclass,
    # `python -m` remembers it even if it was caught, and kills itself by SIGINT in the end
    # instead of ending with the exit code. Another string makes it forget.
    exec("")  # noqa: S102
