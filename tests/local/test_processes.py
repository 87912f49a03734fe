import dataclasses
import json
import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from deploy.local.identity import Identity
from deploy.local.migrations import ROOT
from deploy.local.processes import Process, StartFailed, gone_within

IGNORES_TERM = "import signal, time; signal.signal(15, signal.SIG_IGN); print('up', flush=True)"

Maker = Callable[..., Process]


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Maker]:
    made: list[Process] = []

    def process(code: str = "", **changes: object) -> Process:
        command = (sys.executable, "-c", f"{code}\nimport time; time.sleep(60)")
        plain = Process(name="sleeper", command=command, folder=tmp_path, patience=10, grace=5)
        made.append(dataclasses.replace(plain, **changes))  # type: ignore[arg-type]
        return made[-1]

    yield process
    for one in made:
        one.stop()


def test_start_is_idempotent_and_stop_leaves_nothing(make: Maker) -> None:
    process = make()
    assert process.start()
    first = process.identity()
    assert first is not None
    assert not process.start()
    assert process.identity() == first
    process.stop()
    assert not first.is_alive
    assert not process.pid_file.exists()
    process.stop()


def test_killed_process_is_started_again(make: Maker) -> None:
    process = make()
    process.start()
    first = process.identity()
    process.kill()
    assert not process.is_running
    assert process.start()
    assert process.identity() != first


def test_early_end_is_told_with_code_and_last_words(make: Maker) -> None:
    process = make("import sys; print('no such table'); sys.exit(3)", is_ready=lambda: False)
    with pytest.raises(StartFailed, match=r"sleeper ended by itself with 3.*\n.*\nno such table"):
        process.start()
    assert not process.pid_file.exists()


def test_process_that_is_never_ready_is_stopped(make: Maker) -> None:
    process = make(is_ready=lambda: False, patience=0.3)
    with pytest.raises(StartFailed, match=r"was not ready within 0\.3 s"):
        process.start()
    assert not process.is_running


def test_interrupted_start_leaves_nothing(make: Maker) -> None:
    process = make(is_ready=lambda: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        process.start()
    assert not process.is_running


def test_process_deaf_to_asking_is_killed(make: Maker) -> None:
    process = make(IGNORES_TERM, grace=0.2)
    ready = dataclasses.replace(process, is_ready=lambda: "up" in process.log.read_text())
    ready.start()
    running = process.identity()
    process.stop()
    assert running
    assert not running.is_alive


def test_stranger_under_our_pid_is_left_alone(make: Maker) -> None:
    process = make()
    stranger = subprocess.Popen(["sleep", "60"])
    try:
        record = {"pid": stranger.pid, "began": "before the last boot", "recipe": ""}
        process.pid_file.write_text(json.dumps(record))
        assert not process.is_running
        process.stop()
        process.kill()
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_torn_pid_file_is_no_process(make: Maker) -> None:
    process = make()
    process.pid_file.write_text('{"pid": ')
    assert not process.is_running
    assert process.start()


def test_other_environment_replaces_the_process(make: Maker) -> None:
    process = make(environment=lambda: {"COLOUR": "red"})
    process.start()
    first = process.identity()
    assert dataclasses.replace(process, environment=lambda: {"COLOUR": "blue"}).start()
    assert process.identity() != first
    assert first
    assert not first.is_alive


def test_process_outlives_its_killed_parent(make: Maker, tmp_path: Path) -> None:
    code = f"""
        from pathlib import Path
        from deploy.local.processes import Process
        Process(name="sleeper", command=("sleep", "60"), folder=Path({str(tmp_path)!r})).start()
        print("started", flush=True)
        input()
    """
    process = make(command=("sleep", "60"))
    command = [sys.executable, "-c", textwrap.dedent(code)]
    with subprocess.Popen(command, cwd=ROOT, stdin=-1, stdout=-1) as parent:
        assert parent.stdout
        parent.stdout.readline()
        parent.send_signal(signal.SIGKILL)
    running = process.identity()
    assert running is not None
    assert not process.start()
    process.stop()
    assert gone_within(running, 1)
    assert Identity.of(running.pid) is None
