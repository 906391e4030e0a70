"""`coursebot run` as a process of its own, on a real course with an answer that is surely found."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from asyncio.subprocess import PIPE, Process
from pathlib import Path

from tests.acceptance.command import ROOT

QUESTION = "海豚练习里的鳗鱼变量怎么设置？"
ANSWER = "先看第一步。" + "然后按顺序做完剩下的每一步，别跳。" * 30
CARD = "📌 管理员回答 · 助教"


async def command(*arguments: str, data: Path, **settings: str) -> Process:
    """Start the command and let it run."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COURSEBOT_")}
    environment |= {"COURSEBOT_DATA": str(data), "LANG": "en", **settings}
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "config", *arguments),
        cwd=ROOT,
        env=environment,
        stdin=PIPE,
        stdout=PIPE,
        stderr=PIPE,
    )


async def ended(process: Process) -> tuple[int, str, str]:
    """Exit code, output and complaints of a process that ends by itself."""
    async with asyncio.timeout(20):
        output, complaints = await process.communicate()
    assert process.returncode is not None
    return process.returncode, output.decode(), complaints.decode()


def fill(data: Path) -> None:
    """Put the course and the answer into a data folder."""
    seeds = data / "seeds.jsonl"
    seeds.write_text(json.dumps({"question": QUESTION, "answer": ANSWER, "author": "助教"}) + "\n", "utf-8")

    async def both() -> None:
        for arguments in (["import", str(ROOT / "courses" / "containers")], ["seed", "import", str(seeds)]):
            process = await command(*arguments, data=data)
            _, complaints = await process.communicate()
            assert process.returncode == 0, complaints

    asyncio.run(both())
