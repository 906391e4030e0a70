"""The command line as a reader's shell starts it: a process of its own with a data folder of its own."""

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
CHINESE, ENGLISH = "zh_CN.UTF-8", "en_US.UTF-8"
PATIENCE = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one JSON value on standard output."""
        return json.loads(self.out)

    @property
    def lines(self) -> list[Any]:
        """Standard output as one JSON value a line."""
        return [json.loads(line) for line in self.out.split("\n") if line]


@dataclass(frozen=True, slots=True, kw_only=True)
class Coursebot:
    """The command with a data folder and a language."""

    data: Path
    language: str = ENGLISH

    @property
    def database(self) -> Path:
        return self.data / "coursebot.sqlite"

    @property
    def index(self) -> Path:
        return self.data / "index"

    def environment(self, **settings: str) -> dict[str, str]:
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("COURSEBOT_", "LC_", "LANG", "COVERAGE_"))
        }
        return kept | {"LANG": self.language, "COURSEBOT_DATA": str(self.data)} | settings

    def start(self, *arguments: object, **settings: str) -> subprocess.Popen[bytes]:
        """Start the command and let it run."""
        return subprocess.Popen(
            [sys.executable, "-m", "config", *map(str, arguments)],
            cwd=ROOT,
            env=self.environment(**settings),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def __call__(self, *arguments: object, stdin: str | bytes = "", **settings: str) -> Ran:
        """Run the command to its end. Whatever comes of it, nobody is shown a traceback."""
        with self.start(*arguments, **settings) as process:
            given = stdin.encode() if isinstance(stdin, str) else stdin
            out, err = process.communicate(given, timeout=PATIENCE)
        ran = Ran(code=process.returncode, out=out.decode(), err=err.decode())
        assert "Traceback" not in ran.err, ran.err
        return ran

    def asked(self, question: str, *arguments: object) -> list[dict[str, Any]]:
        """The results for a question."""
        ran = self("ask", question, "--json", *arguments)
        assert ran.code == 0, ran.err
        results = ran.json["results"]
        assert isinstance(results, list)
        return results

    def succeeds(self, *arguments: object, stdin: str | bytes = "") -> Ran:
        """Run it; it must do all that was asked, without a word on standard error."""
        ran = self(*arguments, stdin=stdin)
        assert (ran.code, ran.err) == (0, "")
        return ran

    def refs(self, question: str, *arguments: object) -> list[str]:
        """The refs that answer a question, best first."""
        return [result["ref"] for result in self.asked(question, *arguments)]
