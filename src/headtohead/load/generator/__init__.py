"""The load generator's process, which gevent patches."""
