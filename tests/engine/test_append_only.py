"""What was recorded is not edited: through the program's own connections not one statement gets by.

On PostgreSQL the program serves as the app role, on SQLite over sealed connections. What an
outsider with the file or the owner's password can do is found by chains, not prevented here.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa
from psycopg import sql
from sqlcipher3 import dbapi2 as sqlite

from app.conformance.probe import moved
from app.errors import Refusal, Trouble
from app.ledger import migrate
from app.ledger.database import Database
from app.ledger.journal import Actor
from app.ledger.kept import APP_ROLE, KEPT
from app.ledger.roles import grant
from app.ledger.service import LedgerService
from app.ledger.tables import metadata
from tests.ledger.conftest import MUG, SITE, enrolled, stocked
from tests.support.postgres import app_role
from tools.local_postgres import LocalPostgres

NOVAK = Actor("p-novak", "operator", "local", "host:desk")
ROW_EDITS = (
    "UPDATE operation SET body = body",
    "UPDATE operation SET content_hash = 'f'",
    "UPDATE operation SET seq = seq + 1",
    "UPDATE operation SET received_at = '2020'",
    "DELETE FROM operation",
    "UPDATE feed SET body = body",
    "UPDATE feed SET chain = 'f' WHERE seq = 1",
    "DELETE FROM feed WHERE seq = (SELECT max(seq) FROM feed)",
    "UPDATE posting SET quantity = 0",
    "DELETE FROM posting",
    "UPDATE link SET digest = 'f'",
    "DELETE FROM link",
    "UPDATE master SET body = body",
    "DELETE FROM master",
    "UPDATE journal SET actor = 'p-other'",
    "UPDATE journal SET before = after, after = before",
    "DELETE FROM journal WHERE n = 1",
    "UPDATE journal_mark SET signature = 'f'",
    "DELETE FROM journal_mark",
    "UPDATE site_mark SET chain = 'f'",
    "DELETE FROM site_mark",
)
EDITS = (
    *ROW_EDITS,
    "INSERT INTO feed SELECT * FROM feed WHERE seq = 1 "
    "ON CONFLICT (site_n, seq) DO UPDATE SET chain = 'f'",
    "INSERT INTO journal SELECT * FROM journal WHERE n = 1 "
    "ON CONFLICT (n) DO UPDATE SET hash = 'f'",
    "DROP TABLE feed",
    "DROP TABLE journal",
    "ALTER TABLE posting RENAME TO posting_2",
    "ALTER TABLE posting DROP COLUMN order_line",
)
SQLITE_EDITS = (
    "REPLACE INTO feed SELECT site_n, seq, master, 'f', body FROM feed WHERE seq = 1",
    "INSERT OR REPLACE INTO posting SELECT site_n, feed_seq, n, stock, 0, 0 FROM posting",
    "UPDATE OR REPLACE posting SET feed_seq = 1",
    "INSERT OR REPLACE INTO journal SELECT * FROM journal WHERE n = 1",
    "UPDATE OR REPLACE journal SET n = 1",
    "DROP TRIGGER journal_never_edited",
    # Emptied it may be, once it is archived; not by whoever serves.
    "UPDATE operation SET body = x''",
    "DROP TRIGGER feed_never_deleted",
    "DROP TRIGGER operation_never_edited",
    "PRAGMA recursive_triggers = OFF",
    "PRAGMA writable_schema = ON",
    "PRAGMA trusted_schema = ON",
    "CREATE TRIGGER t BEFORE INSERT ON feed BEGIN SELECT RAISE(IGNORE); END",
    "CREATE TEMP TRIGGER t BEFORE INSERT ON feed BEGIN SELECT RAISE(IGNORE); END",
    "UPDATE sqlite_master SET sql = ''",
    "ATTACH ':memory:' AS other",
)
POSTGRESQL_EDITS = (
    "TRUNCATE operation",
    "TRUNCATE feed, posting CASCADE",
    "TRUNCATE journal, journal_mark",
    "UPDATE operation SET body = ''",
    "ALTER TABLE feed DISABLE TRIGGER ALL",
    "ALTER TABLE feed DISABLE TRIGGER feed_never_edited",
    "DROP TRIGGER feed_never_deleted ON feed",
    "SET session_replication_role = replica",
    "CREATE OR REPLACE FUNCTION never_edited() RETURNS trigger LANGUAGE plpgsql "
    "AS 'BEGIN RETURN NULL; END'",
    "CREATE RULE r AS ON INSERT TO feed DO INSTEAD NOTHING",
    "CREATE TRIGGER t BEFORE INSERT ON feed FOR EACH ROW EXECUTE FUNCTION never_edited()",
    "MERGE INTO feed f USING feed g ON f.seq = g.seq WHEN MATCHED THEN DELETE",
    "SELECT body FROM feed FOR UPDATE",
    "ALTER TABLE feed OWNER TO CURRENT_USER",
    "SELECT setval(pg_get_serial_sequence('balance', 'stock'), 1)",
    "UPDATE alembic_version SET version_num = '0000'",
    "CREATE TABLE public.mine (n int)",
)


class Ledger:
    """A ledger with some history, and a station that added to it."""

    def __init__(self, database: Database, setting_up: Database | None = None) -> None:
        first = LedgerService(setting_up or database)
        self.service = LedgerService(database)
        stocked(first)
        self.station = enrolled(first, "PACK-01")
        self.station.ledger = self.service.as_seen_by(self.station.who.enrolment)
        for _ in range(3):
            self.station.do(self.station.operation("move", moved(MUG.sku, 1, "A-04-2", "B-11-1")))
        again = self.station.sent[0]
        self.station.record_bytes(again.id, bytes(again.body))  # a link
        self.station.post()
        for name in ("MUC", "BER1"):
            with self.service.journal.act(NOVAK, "site add", name):
                self.service.add_site(name)
        self.service.journal.sign()
        self.service.checkpoints.keep(self.service.site(SITE))
        if setting_up is not None:
            setting_up.close()

    def history(self) -> dict[str, list[str]]:
        """Everything written once."""
        with self.service.database.reader.connect() as connection:
            return {
                name: sorted(map(repr, connection.execute(sa.select(metadata.tables[name]))))
                for name in KEPT
                if name in metadata.tables
            }

    def refuses(self, statement: str) -> bool:
        try:
            with self.service.database.writer.begin() as connection:
                connection.exec_driver_sql(statement)
        except sa.exc.DBAPIError:
            return True
        return False


@pytest.fixture
def sealed(tmp_path: Path) -> Iterator[Ledger]:
    ledger = Ledger(Database.in_folder(tmp_path))
    yield ledger
    ledger.service.close()


@pytest.fixture
def as_app_role(fresh_database: str) -> Iterator[Ledger]:
    owner = Database(fresh_database)
    ledger = Ledger(Database(app_role(fresh_database)), owner)
    yield ledger
    ledger.service.close()


def test_no_statement_edits_history_on_sqlite(sealed: Ledger) -> None:
    before = sealed.history()

    by = [edit for edit in (*EDITS, *SQLITE_EDITS) if not sealed.refuses(edit)]

    assert by == []
    assert sealed.history() == before
    kept = (
        "operation",
        "link",
        "feed",
        "posting",
        "master",
        "journal",
        "journal_mark",
        "site_mark",
    )
    assert all(before[name] for name in kept)


def test_no_statement_edits_history_as_the_app_role(as_app_role: Ledger) -> None:
    before = as_app_role.history()

    by = [edit for edit in (*EDITS, *POSTGRESQL_EDITS) if not as_app_role.refuses(edit)]

    assert by == []
    assert as_app_role.history() == before


@pytest.mark.parametrize("engine", ["sealed", "as_app_role"])
def test_every_table_that_is_written_once_is_kept_column_by_column(
    engine: str, request: pytest.FixtureRequest
) -> None:
    """Also those nobody thought of when the statements above were written."""
    ledger: Ledger = request.getfixturevalue(engine)
    edits = [f'DELETE FROM "{name}"' for name in KEPT]
    edits += [
        f'UPDATE "{name}" SET "{column.name}" = "{column.name}"'
        for name, settled in KEPT.items()
        for column in metadata.tables[name].columns
        if column.name not in settled
    ]

    assert [edit for edit in edits if not ledger.refuses(edit)] == []
    assert len(edits) > 60


def test_not_even_the_owner_edits_a_row_by_mistake(fresh_database: str) -> None:
    ledger = Ledger(Database(fresh_database))

    for edit in (*ROW_EDITS, "TRUNCATE operation", "TRUNCATE feed", "TRUNCATE posting"):
        with psycopg.connect(fresh_database) as owner, pytest.raises(psycopg.Error, match="never"):
            owner.execute(edit.encode())
    ledger.service.close()


def test_not_even_another_program_edits_a_row_of_the_file_by_mistake(
    sealed: Ledger, tmp_path: Path
) -> None:
    other = sqlite.connect(str(tmp_path / "ledger.sqlite"))
    for edit in ROW_EDITS:
        with other, pytest.raises(sqlite.Error, match="never"):
            other.execute(edit)
    other.close()


def test_the_app_role_does_the_rest_of_its_work(as_app_role: Ledger) -> None:
    """Reads everything, adds, keeps the present state; the conformance suite runs as it, too."""
    present = [table for table in metadata.sorted_tables if table.name not in KEPT]
    with as_app_role.service.database.writer.begin() as connection:
        for table in metadata.sorted_tables:
            connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
        for table in present:
            connection.execute(sa.delete(table).where(sa.false()))
        closed = connection.execute(sa.update(metadata.tables["exception"]).values(seen=2))

    as_app_role.station.pull()
    assert closed.rowcount == 0
    assert len(present) >= 14
    assert as_app_role.station.do(as_app_role.station.operation("event")).outcome == "posted"


def test_what_is_written_once_is_what_the_triggers_keep(fresh_database: str) -> None:
    """The list and the migrations say the same, so neither can be forgotten."""
    Database(fresh_database).close()
    with psycopg.connect(fresh_database) as connection:
        rows = connection.execute(
            "SELECT tgrelid::regclass::text, pg_get_triggerdef(oid) FROM pg_trigger "
            "WHERE tgname LIKE '%never_edited' AND NOT tgisinternal"
        ).fetchall()
    settled = {
        table: frozenset(
            column.name
            for column in metadata.tables[table].columns
            if " OF " in definition and column.name not in _fixed(definition)
        )
        for table, definition in rows
    }

    assert settled == {table: KEPT[table] for table in KEPT if table in metadata.tables}


def _fixed(definition: str) -> set[str]:
    found = re.search(r" OF (.+?) ON ", definition)
    return set(found.group(1).split(", ")) if found else set()


def test_rights_that_were_too_many_are_taken_back(fresh_database: str) -> None:
    owner = Database(fresh_database)
    role = app_role(fresh_database)
    with psycopg.connect(fresh_database, autocommit=True) as connection:
        connection.execute(
            sql.SQL("GRANT ALL ON feed TO {}, PUBLIC").format(sql.Identifier(APP_ROLE))
        )

    grant(owner)

    owner.close()
    with psycopg.connect(role) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("TRUNCATE feed")


def test_an_owner_who_is_no_superuser_can_do_it(
    empty_database: str, postgres_server: LocalPostgres
) -> None:
    name = psycopg.conninfo.conninfo_to_dict(empty_database)["dbname"]
    owner_url = empty_database.replace("packhouse@", "packhouse_owner@")
    with psycopg.connect(postgres_server.url(), autocommit=True) as administrator:
        administrator.execute("CREATE ROLE packhouse_owner LOGIN CREATEROLE")
        administrator.execute(f"ALTER DATABASE {name} OWNER TO packhouse_owner".encode())
    owner = Database(owner_url)
    grant(owner, "packhouse_shift")
    ledger = Ledger(Database(empty_database.replace("packhouse@", "packhouse_shift@")), owner)

    assert ledger.station.do(ledger.station.operation("event")).outcome == "posted"
    assert [edit for edit in ROW_EDITS if not ledger.refuses(edit)] == []

    ledger.service.close()
    postgres_server.drop_database(empty_database)
    with psycopg.connect(postgres_server.url(), autocommit=True) as administrator:
        administrator.execute("DROP ROLE packhouse_shift")
        administrator.execute("DROP ROLE packhouse_owner")


def test_the_owner_is_no_app_role(fresh_database: str) -> None:
    owner = Database(fresh_database)
    with pytest.raises(Refusal) as refused:
        grant(owner, owner.writer.url.username or "")
    owner.close()

    assert refused.value.code == "role_too_strong"


def test_an_embedded_ledger_is_told_that_roles_are_for_postgresql(tmp_path: Path) -> None:
    database = Database.in_folder(tmp_path)
    with pytest.raises(Refusal) as refused:
        grant(database)
    database.close()

    assert refused.value.code == "no_roles"


def test_an_app_role_that_meets_older_tables_is_told_who_must_act(
    empty_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with psycopg.connect(empty_database, autocommit=True) as connection:
        connection.execute("CREATE ROLE packhouse_early LOGIN")
    early = empty_database.replace("packhouse@", "packhouse_early@")

    with pytest.raises(Trouble, match="packhouse ledger roles"):
        Database(early)

    with psycopg.connect(empty_database, autocommit=True) as connection:
        connection.execute("DROP ROLE packhouse_early")
    assert migrate.HEAD
