"""The local stack: real PostgreSQL, Valkey and the API, started, found again and stopped."""

from headtohead.stack.running import RunningStack, Server
from headtohead.stack.settings import StackSettings
from headtohead.stack.stack import down, seed, status, up

__all__ = ["RunningStack", "Server", "StackSettings", "down", "seed", "status", "up"]
