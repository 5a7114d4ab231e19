"""What the project's settings say in `HEADTOHEAD`."""

from dataclasses import dataclass

from django.conf import settings


@dataclass(frozen=True, kw_only=True)
class ServerSettings:
    """The server's side of the configuration; everything is off unless switched on.

    Attributes:
        experiments: Whether a request may choose its variant.
        token: What an authorised request must carry; empty authorises nobody.
        package: Dotted name of the package that declares the experiments.
    """

    experiments: bool
    token: str
    package: str


def server_settings() -> ServerSettings:
    """Read `settings.HEADTOHEAD`."""
    given = getattr(settings, "HEADTOHEAD", {})
    return ServerSettings(
        experiments=given.get("EXPERIMENTS", False),
        token=given.get("TOKEN", ""),
        package=given.get("PACKAGE", "experiments"),
    )
