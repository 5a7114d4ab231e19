"""The load generator's process whose requests are answered at once; run as a script.

A process of its own, since Locust patches the one it is in. Of each request that is recorded the
length of the body says how many requests of the plan had been sent before. The argument is what
each is said to have taken, in milliseconds.
"""

import sys
from collections.abc import Mapping
from itertools import count
from time import time
from typing import Any

import gevent

from headtohead.load.generator import process
from headtohead.load.generator.user import SAMPLES, ArmUser
from headtohead.load.messages.arm import Arm, Sample


def main() -> None:
    sent = count()

    def send(_: ArmUser, arm: Arm, *, context: Mapping[str, Any]) -> None:
        before = next(sent)
        gevent.sleep()
        context.get(SAMPLES, []).append(
            Sample(
                identity=arm.identity,
                started=time(),
                milliseconds=float(sys.argv[1]),
                body_bytes=before,
                checksum=0,
                server_timing="",
                error="",
            )
        )

    def carry_out(plan: Any) -> None:
        nonlocal sent
        sent = count()
        carried_out(plan)

    ArmUser.send = send
    carried_out, process._carry_out = process._carry_out, carry_out
    process.main()


if __name__ == "__main__":
    main()
