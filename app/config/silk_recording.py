"""What Silk may record."""

import re

from django.http import HttpRequest

# What hides the values of headers, parameters and fields whose names have it.
SENSITIVE = {
    *("access", "refresh", "token", "headtohead-token", "authorization", "proxy-authorization"),
    *("cookie", "password", "secret", "key", "signature", "api", "username", "x-csrftoken"),
}
_SENSITIVE_NAME = re.compile("access|refresh|token|password|secret|key", re.IGNORECASE)


def records(request: HttpRequest) -> bool:
    """Whether Silk may keep a request: not one that has a body, or is about signing in.

    Silk hides what it knows by name in what it can parse, and keeps everything else as it came.
    """
    return (
        request.META.get("CONTENT_LENGTH") in {None, "", "0"}
        and not request.path_info.startswith("/api/auth/")
        and not _SENSITIVE_NAME.search(request.META.get("QUERY_STRING", ""))
    )
