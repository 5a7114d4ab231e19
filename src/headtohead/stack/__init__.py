"""The local stack: real PostgreSQL, Valkey and the API, started, found again and stopped."""

from headtohead.stack.apart import Apart, apart
from headtohead.stack.beside import beside
from headtohead.stack.cache import empty_cache
from headtohead.stack.database import NAME as DATABASE
from headtohead.stack.missing import missing
from headtohead.stack.running import RunningStack, Server
from headtohead.stack.scratch import scratch
from headtohead.stack.settings import StackSettings
from headtohead.stack.signals import uninterrupted
from headtohead.stack.stack import down, seed, status, up

__all__ = [
    "DATABASE",
    "Apart",
    "RunningStack",
    "Server",
    "StackSettings",
    "apart",
    "beside",
    "down",
    "empty_cache",
    "missing",
    "scratch",
    "seed",
    "status",
    "uninterrupted",
    "up",
]
