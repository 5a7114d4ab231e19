"""What is kept for a while."""

from app.caching.codec import MessagePackCodec
from app.config.alternatives import CACHE_OUTAGES, CACHE_PREFIX, chosen
from app.config.settings.databases import DATABASES
from app.config.settings.environment import env

CACHES = {
    "default": {
        "BACKEND": "app.caching.valkey_connection.ValkeyCache",
        "LOCATION": env.str("CACHE_URL"),
        "KEY_PREFIX": CACHE_PREFIX,
        "TIMEOUT": 300,
        # Seconds. The database can answer, so waiting long for a cache makes no sense.
        "OPTIONS": {
            "socket_connect_timeout": 0.25,
            "socket_timeout": 0.25,
            "serializer": MessagePackCodec,
        },
    }
    | chosen(env, "CACHE_OUTAGE", CACHE_OUTAGES),
    # Where only experiments keep anything.
    "nothing": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"},
    "local-memory": {
        "BACKEND": "headtohead.django.cache.LocMemCache",
        # Nobody can invalidate what other processes keep, so this is how outdated it may be.
        "TIMEOUT": 10,
        "OPTIONS": {"MAX_ENTRIES": 10_000},
    },
    "database": {
        "BACKEND": "headtohead.django.cache.DatabaseCache",
        "LOCATION": "catalog_cache",
        "TIMEOUT": 300,
        "OPTIONS": {"MAX_ENTRIES": 10_000},
    },
}

# Host and port; without it there is no such cache, and no experiment with it.
MEMCACHED_URL = env.str("MEMCACHED_URL", default="")
if MEMCACHED_URL:
    CACHES["memcached"] = {
        "BACKEND": "headtohead.django.cache.PyMemcacheCache",
        "LOCATION": MEMCACHED_URL,
        # Stacks with other rows may use the same server.
        "KEY_PREFIX": f"catalogue:{DATABASES['default']['NAME']}",
        "TIMEOUT": 300,
        "OPTIONS": {"connect_timeout": 0.25, "timeout": 0.25, "serde": MessagePackCodec()},
    }
