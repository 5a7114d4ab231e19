"""The switch that sends users from arm to arm, and what is known of their requests meanwhile."""

from gevent.event import Event

from headtohead.load.plan import Arm, Sample


class BlockSwitch:
    """What the users of one process share.

    Attributes:
        arm: Where users send requests now; None before the first block and after the last.
        samples: Requests that ended since they were taken last.

    Args:
        users: How many users of this process it switches.
    """

    def __init__(self, *, users: int) -> None:
        self.arm: Arm | None = None
        self.samples: list[Sample] = []
        self._users = users
        self._waiting = 0
        self._everyone_waits = Event()
        self._begun = Event()
        self._switches = 0
        self._in_flight = 0
        # Of those in flight, the ones that were sent before the last switch.
        self._left_over = 0
        self._drained = Event()

    def await_begin(self) -> None:
        """Wait, as a user who has warmed up, for the first block."""
        self._waiting += 1
        if self._waiting == self._users:
            self._everyone_waits.set()
        self._begun.wait()

    def request_begins(self) -> int:
        """Called by a user before a request; returns what `request_ended` wants to know of it."""
        self._in_flight += 1
        return self._switches

    def request_ended(self, began: int) -> None:
        """Called by a user after a request; the last one from before a switch ends the drain."""
        self._in_flight -= 1
        if began != self._switches:
            self._left_over -= 1
            if not self._left_over:
                self._drained.set()

    def await_users(self) -> None:
        """Wait until every user has warmed up."""
        self._everyone_waits.wait()

    def switch_to(self, arm: Arm | None) -> None:
        """Send users to another arm, or home."""
        self.arm = arm
        self._switches += 1
        self._left_over = self._in_flight
        self._drained.clear()
        if not self._left_over:
            self._drained.set()
        self._begun.set()

    def drain(self) -> None:
        """Wait until the last request that was in flight at the switch has ended."""
        self._drained.wait()

    def take_samples(self) -> list[Sample]:
        """The samples since the last time; they are forgotten here."""
        taken = self.samples.copy()
        self.samples.clear()
        return taken
