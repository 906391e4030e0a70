"""Run by test_writers.py: saves a course, and stops for good in the middle of the transaction."""

from __future__ import annotations

import asyncio
import sys
import time
from typing import Any

from sqlalchemy import event

from adapters.sql.courses import SqlCourseStore
from adapters.sql.database import Database
from tests.adapters.sql.samples import AT, with_comments


async def main(url: str) -> None:
    database = Database(url)

    @event.listens_for(database._engine.sync_engine, "after_cursor_execute")
    def stop(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.startswith("UPDATE comment"):
            sys.stdout.write("halfway\n")
            sys.stdout.flush()
            time.sleep(60)

    await SqlCourseStore(database).save(with_comments(), at=AT)


asyncio.run(main(sys.argv[1]))
