"""gunicorn's configuration of a measured project: its own file, but for what ruins a measurement.

The server's command names this file; a variable says which is the project's own.
"""

import os
import runpy
import sys

# The workers are those that the command asks for, and stay the same ones.
_LEFT_OUT = ("workers", "max_requests", "max_requests_jitter", "reload")

_own = os.environ.get("H2H_GUNICORN_CONFIG")
if _own:
    globals().update(
        (name, value) for name, value in runpy.run_path(_own).items() if not name.startswith("__")
    )
for _name in _LEFT_OUT:
    if globals().pop(_name, None):
        print(f"h2h: {_name} of {_own} is left out", file=sys.stderr)  # noqa: T201 (its log)
# By default its path is the same for every gunicorn of a user; older ones ignore the name.
control_socket_disable = True
