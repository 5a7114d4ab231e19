"""Who may ask a port of h2h's own: programs and people, but no page of another site.

A browser lets any page send requests to 127.0.0.1. Where a name of the page's own leads there (DNS
rebinding), the page may read the answers, too.
"""

from ipaddress import ip_address
from urllib.parse import urlsplit


def is_foreign(*, host: str, origin: str) -> bool:
    """Whether a request comes from a page of another site.

    Args:
        host: The header of that name; browsers always send it. An address is nobody's name, and one
            without a dot, such as localhost or a container's, is none that a site can have.
        origin: The header of that name; empty where there is none.
    """
    try:
        name = urlsplit(f"//{host}").hostname or ""
        from_elsewhere = bool(origin) and urlsplit(origin).netloc != host
    except ValueError:
        return True
    return from_elsewhere or not _is_ours(name)


def _is_ours(name: str) -> bool:
    if "." not in name:
        return True
    try:
        ip_address(name)
    except ValueError:
        return False
    return True
