from __future__ import annotations

import asyncio
import importlib
import pkgutil
import sqlite3
import sys
import warnings
from asyncio.subprocess import PIPE
from contextlib import closing
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, insert, select, text, update
from sqlalchemy.exc import IntegrityError, StatementError

from adapters import sql
from adapters.sql import schema, tables
from adapters.sql.courses import SqlCourseStore
from adapters.sql.database import Database
from adapters.sql.entries import SqlEntryFeed
from knowledge.errors import CoursebotError
from tests.adapters.sql.samples import AT, COURSE, ROOT


def _names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


A_COURSE = {"slug": "a", "title": "", "author": "", "language": "en", "introduction": "", "revision": 0}


async def test_the_migrations_make_the_tables_that_the_code_knows(database: Database) -> None:
    def differences(connection: Connection) -> list[object]:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, tables.metadata))

    for module in pkgutil.iter_modules(sql.__path__, "adapters.sql."):
        if module.name.endswith("tables"):
            importlib.import_module(module.name)
    async with database.read() as connection:
        assert await connection.run_sync(differences) == []


def test_the_newest_file_is_where_the_migrations_lead() -> None:
    scripts = ScriptDirectory(str(Path(schema.__file__).parent / "migrations"))
    assert scripts.get_heads() == [schema.HEAD]
    assert {script.revision for script in scripts.walk_revisions()} == set(schema.REVISIONS)


async def test_migrating_again_is_quick_and_needs_no_alembic(url: str, database: Database) -> None:
    code = (
        "import asyncio, sys; from adapters.sql.database import Database\n"
        "async def main():\n"
        "    database = Database(sys.argv[1]); await database.migrate(); await database.dispose()\n"
        "asyncio.run(main()); sys.exit('alembic' in sys.modules)"
    )
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", code, url, cwd=ROOT)
    assert await process.wait() == 0


async def test_several_processes_can_migrate_at_once(url: str) -> None:
    databases = [Database(url) for _ in range(4)]
    await asyncio.gather(*(database.migrate() for database in databases))
    for database in databases:
        assert await SqlCourseStore(database).summaries() == []
        await database.dispose()


async def test_a_new_file_that_another_process_is_filling_is_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "coursebot.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        database = Database(path)
        migrating = asyncio.create_task(database.migrate())
        await asyncio.wait([migrating], timeout=0.3)
        assert not migrating.done()
        other.execute("COMMIT")
        await migrating
    assert await SqlCourseStore(database).summaries() == []
    await database.dispose()


async def test_a_newer_schema_is_left_alone(database: Database) -> None:
    async with database.write() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999_future'"))
    with pytest.raises(CoursebotError, match="database-newer") as raised:
        await database.migrate()
    assert raised.value.values["path"] == database.name


async def test_an_error_takes_back_the_whole_transaction(database: Database) -> None:
    async def fail_halfway() -> None:
        async with database.write() as connection:
            await connection.execute(insert(tables.course).values(A_COURSE))
            raise RuntimeError("halfway")

    with pytest.raises(RuntimeError, match="halfway"):
        await fail_halfway()
    assert await SqlEntryFeed(database).revisions() == {}


async def test_a_reader_sees_one_moment(database: Database) -> None:
    query = select(tables.course.c.slug)
    async with database.read() as reading:
        assert (await reading.scalars(query)).all() == []
        async with database.write() as writing:
            await writing.execute(insert(tables.course).values(A_COURSE))
        assert (await reading.scalars(query)).all() == []
    async with database.read() as reading:
        assert (await reading.scalars(query)).all() == ["a"]


async def test_the_database_guards_uniqueness_and_references(database: Database) -> None:
    lesson = {"course_id": 4711, "slug": "", "title": "", "position": 1, "exercises": "", "fingerprint": ""}
    with pytest.raises(IntegrityError):
        async with database.write() as connection:
            await connection.execute(insert(tables.course), [A_COURSE, A_COURSE])
    with pytest.raises(IntegrityError):
        async with database.write() as connection:
            await connection.execute(insert(tables.lesson).values(lesson))


async def test_instants_come_back_in_utc_and_naive_ones_are_refused(database: Database) -> None:
    await SqlCourseStore(database).save(COURSE, at=AT)
    column = tables.lesson.c.retired_at
    summer = datetime(2026, 7, 1, 12, tzinfo=timezone(timedelta(hours=8)))
    async with database.write() as connection:
        await connection.execute(update(tables.lesson).values(retired_at=summer))
    async with database.read() as connection:
        stored = (await connection.scalars(select(column))).first()
    assert stored == summer
    assert stored is not None
    assert stored.tzinfo is UTC
    with pytest.raises(StatementError, match="naive datetime"):
        async with database.write() as connection:
            await connection.execute(update(tables.lesson).values(retired_at=datetime(2026, 7, 1)))  # noqa: DTZ001


async def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    path = tmp_path / "notes.db"
    path.write_text("not a database, " * 100)
    database = Database(path)
    with pytest.raises(CoursebotError, match="database-unreadable") as raised:
        await database.migrate()
    assert raised.value.values == {"path": str(path)}
    await database.dispose()
    assert path.read_text().startswith("not a database")


@pytest.mark.parametrize("name", ["folder", "file/inside.db"])
async def test_a_place_that_cannot_hold_a_database_is_named(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").touch()
    database = Database(tmp_path / name)
    with pytest.raises(CoursebotError, match="database-unreadable"):
        await database.migrate()
    await database.dispose()


@pytest.mark.parametrize("name", ["folder", "notes.txt"])
async def test_a_program_that_fails_to_open_the_file_ends_quietly(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "notes.txt").write_text("not a database, " * 100)
    code = (
        "import asyncio, sys; from pathlib import Path; from adapters.sql.database import Database\n"
        "from knowledge.errors import CoursebotError\n"
        "try: asyncio.run(Database(Path(sys.argv[1])).migrate())\n"
        "except CoursebotError as error: print(error.key)"
    )
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-W", "error", "-c", code, tmp_path / name), cwd=ROOT, stdout=PIPE, stderr=PIPE
    )
    assert await process.communicate() == (b"database-unreadable\n", b"")


async def test_a_server_that_is_not_there_is_named_without_its_password(tmp_path: Path) -> None:
    database = Database(f"postgresql://me:secret@/db?host={tmp_path}", timeout=2)
    with pytest.raises(CoursebotError, match="database-unreadable") as raised:
        await database.migrate()
    assert "secret" not in str(raised.value)
    await database.dispose()


async def test_a_missing_database_on_a_server_is_unreadable(postgres: str) -> None:
    database = Database(postgres.format(database="nowhere"))
    with pytest.raises(CoursebotError, match="database-unreadable"):
        await database.migrate()
    await database.dispose()


async def test_waiting_for_another_writer_has_an_end(url: str, database: Database) -> None:
    impatient = Database(url, timeout=0.1)
    await SqlCourseStore(database).save(COURSE, at=AT)
    async with database.write() as connection:
        await connection.execute(update(tables.course).values(title="mine"))
        with pytest.raises(CoursebotError, match="database-locked"):
            await SqlCourseStore(impatient).save(COURSE, at=AT)
    await impatient.dispose()


async def test_a_full_disk_is_told_and_nothing_is_half_saved(tmp_path: Path) -> None:
    database = Database(tmp_path / "small.db")
    await database.migrate()

    async def fill() -> None:
        async with database.write() as connection:
            await connection.execute(text("PRAGMA max_page_count = 1"))
            await connection.execute(insert(tables.course).values(A_COURSE | {"introduction": "x" * 100_000}))

    with pytest.raises(CoursebotError, match="database-full"):
        await fill()
    assert await SqlEntryFeed(database).revisions() == {}
    await database.dispose()


async def test_the_file_is_set_up_for_readers_beside_a_writer_and_for_power_cuts(tmp_path: Path) -> None:
    database = Database(tmp_path / "a 100% odd?name#.db")
    await database.migrate()
    async with database.read() as connection:
        found = {
            name: (await connection.exec_driver_sql(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 10_000}
    await database.dispose()
    with closing(sqlite3.connect(tmp_path / "a 100% odd?name#.db")) as connection_:
        assert connection_.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert _names(tmp_path) == ["a 100% odd?name#.db"]  # the write-ahead log is folded in


async def test_nothing_is_left_open(url: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error", ResourceWarning)
        database = Database(url)
        await database.migrate()
        async with database.read():
            pass
        await database.dispose()


async def test_who_is_cancelled_twice_within_a_transaction_ends_all_the_same(database: Database) -> None:
    busy = {
        True: "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000000) SELECT max(i) FROM n",
        False: "SELECT pg_sleep(1)",
    }[database.path is not None]

    async def work() -> None:
        async with database.write() as connection:
            await connection.execute(text(busy))

    before = asyncio.all_tasks()
    task = asyncio.create_task(work())
    await asyncio.sleep(0.1)
    for _ in range(2):
        task.cancel()
        await asyncio.sleep(0.01)
    _, pending = await asyncio.wait({task} | (asyncio.all_tasks() - before), timeout=10)
    assert not pending
    async with database.read() as connection:
        assert await connection.scalar(text("SELECT 1")) == 1
