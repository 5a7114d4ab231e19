"""The tables of published runs, and how older ones are brought up to date.

All of them live in a schema of their own, `headtohead`, and stand beside a project's own tables
without touching them. A column that may be NULL is unknown, or a bound that does not exist.
"""

from psycopg2.extensions import cursor as Cursor  # noqa: N812 (a class, whatever its name)

from headtohead.errors import PublishError

# Each brings the tables from the version before it to its own; what was released stays as it is.
MIGRATIONS = (
    """
    CREATE TABLE headtohead.runs (
        run_id text PRIMARY KEY,
        started_at timestamptz NOT NULL,
        seconds double precision NOT NULL,
        complete boolean NOT NULL,
        valid boolean NOT NULL,
        git_commit text,
        git_dirty boolean NOT NULL,
        record jsonb NOT NULL
    );
    CREATE INDEX runs_started_at ON headtohead.runs (started_at);
    CREATE TABLE headtohead.results (
        run_id text NOT NULL REFERENCES headtohead.runs ON DELETE CASCADE,
        experiment text NOT NULL,
        question text NOT NULL,
        mode text NOT NULL,
        pairs integer NOT NULL,
        PRIMARY KEY (run_id, experiment)
    );
    CREATE TABLE headtohead.variants (
        run_id text NOT NULL,
        experiment text NOT NULL,
        variant text NOT NULL,
        baseline boolean NOT NULL,
        requests integer NOT NULL,
        errors integer NOT NULL,
        mean_ms double precision NOT NULL,
        p50_ms double precision NOT NULL,
        p95_ms double precision NOT NULL,
        p99_ms double precision NOT NULL,
        throughput_rps double precision NOT NULL,
        queries_per_request double precision NOT NULL,
        db_ms_per_request double precision NOT NULL,
        cache_hit_ratio double precision,
        bytes_per_response double precision NOT NULL,
        PRIMARY KEY (run_id, experiment, variant),
        FOREIGN KEY (run_id, experiment) REFERENCES headtohead.results ON DELETE CASCADE
    );
    CREATE TABLE headtohead.comparisons (
        run_id text NOT NULL,
        experiment text NOT NULL,
        variant text NOT NULL,
        baseline text NOT NULL,
        metric text NOT NULL,
        ratio double precision NOT NULL,
        ci95_low double precision,
        ci95_high double precision,
        margin double precision NOT NULL,
        verdict text NOT NULL,
        seconds double precision NOT NULL,
        stopped_early boolean NOT NULL,
        PRIMARY KEY (run_id, experiment, variant, metric),
        FOREIGN KEY (run_id, experiment) REFERENCES headtohead.results ON DELETE CASCADE
    );
    CREATE TABLE headtohead.caveats (
        run_id text NOT NULL,
        experiment text NOT NULL,
        code text NOT NULL,
        message text NOT NULL,
        advice text NOT NULL,
        FOREIGN KEY (run_id, experiment) REFERENCES headtohead.results ON DELETE CASCADE
    );
    CREATE INDEX caveats_run_id ON headtohead.caveats (run_id, experiment);
    """,
    """
    CREATE TABLE headtohead.history (
        subject text NOT NULL,
        metric text NOT NULL,
        anchor text NOT NULL,
        git_commit text NOT NULL,
        committed_at timestamptz NOT NULL,
        ratio double precision NOT NULL,
        ci95_low double precision NOT NULL,
        ci95_high double precision NOT NULL,
        verdict text NOT NULL,
        run_id text NOT NULL,
        measured_at timestamptz NOT NULL,
        PRIMARY KEY (run_id, subject, metric)
    );
    CREATE INDEX history_committed_at ON headtohead.history (committed_at);
    CREATE TABLE headtohead.changes (
        subject text NOT NULL,
        metric text NOT NULL,
        anchor text NOT NULL,
        git_commit text NOT NULL,
        committed_at timestamptz NOT NULL,
        step double precision NOT NULL,
        ci95_low double precision NOT NULL,
        ci95_high double precision NOT NULL
    );
    """,
)
# Any number that no other program locks; two commands at once would both make the tables.
LOCK = 4_826_305_117


def migrate(cursor: Cursor) -> None:
    """Bring the tables to the newest version, within the transaction that is open.

    Raises:
        PublishError: They are of a newer version than this one knows.
    """
    cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    version = _version(cursor)
    if version > len(MIGRATIONS):
        raise PublishError(
            f"the tables of published runs have version {version}, newer than the "
            f"{len(MIGRATIONS)} this version writes",
            fix="upgrade headtohead",
        )
    for migration in MIGRATIONS[version:]:
        cursor.execute(migration)
    cursor.execute("UPDATE headtohead.schema_version SET version = %s", [len(MIGRATIONS)])


def _version(cursor: Cursor) -> int:
    """The version of the tables; 0 where there are none, and now a place to remember it."""
    cursor.execute("SELECT to_regclass('headtohead.schema_version') IS NOT NULL")
    if not _value(cursor):
        cursor.execute("SELECT to_regnamespace('headtohead') IS NOT NULL")
        # IF NOT EXISTS would ask for the right to create schemas even where there is one.
        if not _value(cursor):
            cursor.execute("CREATE SCHEMA headtohead")
        cursor.execute("CREATE TABLE headtohead.schema_version (version integer NOT NULL)")
        cursor.execute("INSERT INTO headtohead.schema_version VALUES (0)")
    cursor.execute("SELECT version FROM headtohead.schema_version")
    return int(_value(cursor))


def _value(cursor: Cursor) -> int:
    ((value,),) = cursor.fetchall()
    return int(value)
