"""`python -m headtohead` is `h2h`."""

from headtohead.host.secret_arguments import hide_secret_arguments


def main() -> None:
    """Run a command, and let nobody read its secrets meanwhile."""
    hide_secret_arguments()
    from headtohead.cli import main as carry_out  # noqa: PLC0415 (slow to import)

    carry_out()


if __name__ == "__main__":
    try:
        main()
    finally:
        # Where an interrupt was raised in code that a string holds, such as what makes a dataclass,
        # `python -m` remembers it even if it was caught, and kills itself by SIGINT in the end
        # instead of ending with the exit code. Another string makes it forget.
        exec("")  # noqa: S102
