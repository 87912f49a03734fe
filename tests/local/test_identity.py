import os
import subprocess
import sys

from deploy.local import identity
from deploy.local.identity import Identity, began, command_of
from deploy.local.processes import until


def test_this_process_is_recognised() -> None:
    here = Identity.of(os.getpid())
    assert here is not None
    assert here.is_alive
    assert Identity.from_json(here.to_json()) == here


def test_same_pid_at_another_time_is_a_stranger() -> None:
    assert not Identity(os.getpid(), "the day before").is_alive


def test_ended_process_is_gone_even_as_a_zombie() -> None:
    child = subprocess.Popen([sys.executable, "-c", ""])
    assert any(Identity.of(child.pid) is None for _ in until(10))  # not waited for yet: a zombie
    child.wait()
    assert Identity.of(child.pid) is None


def test_nobody_has_an_impossible_pid() -> None:
    assert began(2**31 - 1) is None
    assert command_of(2**31 - 1) == ""


def test_systems_without_proc_are_asked_through_ps() -> None:
    child = subprocess.Popen(["sleep", "60"])
    try:
        moment = identity._began_by_ps(child.pid)
        assert moment
        assert moment[-4:].isdigit()  # it ends with the year
        assert identity._ps(child.pid, "command=") == "sleep 60"
    finally:
        child.kill()
        child.wait()
    assert identity._began_by_ps(child.pid) is None


def test_torn_record_names_nobody() -> None:
    assert Identity.from_json('{"pid": 1') is None
    assert Identity.from_json("[]") is None
