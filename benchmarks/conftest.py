from tests.asking import ask, seeded  # noqa: F401
from tests.servers import (  # noqa: F401
    cache_url,
    database_url,
    django_db_modify_db_settings,
    memcached_url,
    servers,
)
from tests.upstreams import upstream_url  # noqa: F401
