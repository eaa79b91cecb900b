"""A PostgreSQL server of one test run: on loopback, in a folder of its own, from the binaries that are installed.

It runs as an unprivileged user where the tests run as root, and ends by itself after half an hour at the latest.
"""

from __future__ import annotations

import asyncio
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg
import pytest

USER = "fabella"
_LONGEST = 1800  # seconds
_START = 60.0
_SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "16MB",
    "max_connections": "60",
    "listen_addresses": "127.0.0.1",
    "log_min_messages": "fatal",
}


def binaries() -> Path | None:
    """The folder of the newest PostgreSQL that is installed as Debian does, else the one on the path, else None."""
    folders = [one.parent for one in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    if folders:
        return max(folders, key=lambda one: float(one.parent.name))
    found = shutil.which("initdb")
    return Path(found).resolve().parent if found is not None else None


class Cluster:
    """A server that can be stopped and started again at the same port."""

    def __init__(self, folder: Path, programs: Path) -> None:
        self.password = secrets.token_hex(8)
        self.port = _free_port()
        self._folder = folder
        self._programs = programs
        self._process: subprocess.Popen[bytes] | None = None
        account = _account()
        self._as = {} if account is None else {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
        if account is not None:
            os.chown(folder, account.pw_uid, account.pw_gid)
        secret = folder / "password"
        secret.write_text(self.password)
        secret.chmod(0o644)
        self._run(
            "initdb", "-D", folder / "data", "-U", USER, "-A", "scram-sha-256", f"--pwfile={secret}", "-E", "UTF8",
            "--no-locale", "--no-sync",
        )  # fmt: skip
        secret.unlink()

    def url(self, database: str, *, user: str = USER, password: str | None = None) -> str:
        """The URL of a database, as `Store.open` takes it."""
        return f"postgresql+asyncpg://{user}:{password or self.password}@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        """Start the server and wait until it answers."""
        options = [part for name, value in _SETTINGS.items() for part in ("-c", f"{name}={value}")]
        self._process = subprocess.Popen(
            ["timeout", "--signal=INT", str(_LONGEST), self._programs / "postgres", "-D", self._folder / "data",
             "-p", str(self.port), "-k", self._folder, *options],
            cwd=self._folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            start_new_session=True, **self._as,
        )  # fmt: skip
        end = time.monotonic() + _START
        ready = [self._programs / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        while subprocess.run(ready, check=False).returncode != 0:
            assert self._process.poll() is None, "PostgreSQL did not start"
            assert time.monotonic() < end, "PostgreSQL does not answer"
            time.sleep(0.05)

    def stop(self, *, for_good: bool = False) -> None:
        """Stop the server: it breaks off every connection. `for_good`: at once, without putting its files in order."""
        if self._process is not None:
            self._process.send_signal(signal.SIGQUIT if for_good else signal.SIGINT)  # to `timeout`, which hands it on
            self._process.wait(30)
            self._process = None

    async def create(self) -> str:
        """The URL of a new and empty database."""
        name = f"d{secrets.token_hex(6)}"
        await self.execute(f"CREATE DATABASE {name}")
        return self.url(name)

    async def execute(self, statement: str, *, database: str = "postgres") -> None:
        """Run a statement in a connection of its own."""
        connection = await asyncpg.connect(
            host="127.0.0.1", port=self.port, user=USER, password=self.password, database=database, timeout=10
        )
        try:
            await connection.execute(statement)
        finally:
            await connection.close()
            await asyncio.sleep(0)  # the transport is closed in the loop's next turn

    def _run(self, program: str, *arguments: str | Path) -> None:
        done = subprocess.run(
            [self._programs / program, *arguments], cwd=self._folder, capture_output=True, text=True, timeout=_START,
            check=False, **self._as,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr


@contextmanager
def cluster() -> Iterator[Cluster]:
    """A running server, stopped and deleted at the end.

    Without PostgreSQL the test is skipped, or fails where FABELLA_TEST_POSTGRES=required.
    """
    programs = binaries()
    if programs is None:
        said = "PostgreSQL is not installed (Debian: apt-get install postgresql)"
        if os.environ.get("FABELLA_TEST_POSTGRES") == "required":
            pytest.fail(said)
        pytest.skip(said)
    # Not pytest's folder: an unprivileged user can't enter it.
    folder = Path(tempfile.mkdtemp(prefix="fabella-postgres-"))
    made = None
    try:
        made = Cluster(folder, programs)
        made.start()
        yield made
    finally:
        if made is not None:
            made.stop(for_good=True)
        shutil.rmtree(folder, ignore_errors=True)


def _account() -> pwd.struct_passwd | None:
    """Who runs the server: nobody special, since PostgreSQL refuses to run as root. None: whoever runs the tests."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise AssertionError("neither the user postgres nor nobody exists")


def _free_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])
