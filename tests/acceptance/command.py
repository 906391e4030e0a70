"""Running `coursebot` as a process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
COURSES = ROOT / "courses"
FIXTURES = ROOT / "tests" / "fixtures"
PROGRAM = Path(sys.executable).with_name("coursebot")


@dataclass(frozen=True, slots=True)
class Ran:
    """What came of a command."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one JSON value on standard output."""
        return json.loads(self.out)

    @property
    def lines(self) -> list[Any]:
        """The JSON values on standard output, one a line."""
        return [json.loads(line) for line in self.out.splitlines()]


@dataclass(frozen=True, slots=True)
class Coursebot:
    """The command with a data folder and a language; no setting of the machine reaches it."""

    data: Path
    lang: str = "zh_CN.UTF-8"

    def environment(self, **more: str) -> dict[str, str]:
        """The variables that the command sees."""
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("COURSEBOT_", "LC_", "COV_")) and name != "LANGUAGE"
        }
        return kept | {"LANG": self.lang, "COURSEBOT_DATA": str(self.data)} | more

    def start(self, *arguments: str | Path, **more: Any) -> subprocess.Popen[bytes]:
        """Start it and do not wait."""
        return subprocess.Popen([PROGRAM, *arguments], env=self.environment(), cwd=self.data.parent, **more)

    def run(
        self, *arguments: str | Path, stdin: str | bytes = b"", environment: dict[str, str] | None = None
    ) -> Ran:
        """Run it to its end; there is never a traceback."""
        done = subprocess.run(
            [PROGRAM, *arguments],
            input=stdin.encode() if isinstance(stdin, str) else stdin,
            capture_output=True,
            env=self.environment(**(environment or {})),
            cwd=self.data.parent,
            timeout=60,
            check=False,
        )
        ran = Ran(done.returncode, done.stdout.decode(), done.stderr.decode())
        assert "Traceback" not in ran.out + ran.err
        return ran

    def succeeds(self, *arguments: str | Path, stdin: str | bytes = b"") -> Ran:
        """Run it; it must do all that was asked, without a word on standard error."""
        ran = self.run(*arguments, stdin=stdin)
        assert (ran.code, ran.err) == (0, "")
        return ran

    def refs(self, question: str, *arguments: str) -> list[str]:
        """The refs that answer a question, best first."""
        return [
            result["ref"] for result in self.succeeds("ask", "--json", question, *arguments).json["results"]
        ]
