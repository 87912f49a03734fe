"""The roles of the product in a database of our own, made in a process of their own.

Its own process for the reason migrations have one: callers may be in an event loop already.
"""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from deploy.local.files import secret
from deploy.local.migrations import ROOT
from deploy.local.postgres import Postgres

OWNER, APP = "dispatch_owner", "dispatch_app"


class RolesFailed(Exception):
    """The server refused; the message holds what it said."""


@dataclass(frozen=True, slots=True)
class Roles:
    """Who migrates, and what the processes of the product run as, in one database."""

    postgres: Postgres
    database: str

    @property
    def owner_url(self) -> str:
        return self.postgres.url(self.database, user=OWNER, password=self._password(OWNER))

    @property
    def app_url(self) -> str:
        return self.postgres.url(self.database, user=APP, password=self._password(APP))

    def make(self) -> None:
        """Makes them, or mends their rights. The server must be running.

        Raises:
            RolesFailed: they are not as they should be.
        """
        told = {
            "DISPATCH_ADMIN_DATABASE_URL": self.postgres.url(self.database),
            "DISPATCH_OWNER_PASSWORD": self._password(OWNER),
            "DISPATCH_APP_PASSWORD": self._password(APP),
        }
        answer = subprocess.run(
            [sys.executable, "-m", "deploy.roles"],
            cwd=ROOT,
            env={**os.environ, **told},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if answer.returncode != 0:
            raise RolesFailed(answer.stderr.strip())

    def _password(self, role: str) -> str:
        return secret(self._folder / role)

    @property
    def _folder(self) -> Path:
        return self.postgres.folder
