import multiprocessing
import socket
from dataclasses import asdict
from pathlib import Path

from deploy.local.home import Home, Ports
from deploy.local.ports import LOOPBACK, free_port, is_open


def test_taken_port_gets_a_free_one_and_is_remembered(tmp_path: Path) -> None:
    home = Home(tmp_path / "local")
    with socket.socket() as other:
        other.bind((LOOPBACK, 0))
        other.listen()
        taken = other.getsockname()[1]
        assert is_open(taken)
        assert free_port(taken) != taken
    chosen = home.choose_ports(running=set())
    assert home.ports() == chosen
    assert len({chosen.postgres, chosen.temporal, chosen.temporal_ui, chosen.api}) == 4


def test_usual_ports_are_left_alone_when_they_are_not_wanted(tmp_path: Path) -> None:
    home = Home(tmp_path)
    chosen = home.choose_ports(set(), usual=False)
    assert home.ports() == chosen
    assert not set(asdict(chosen).values()) & set(asdict(Ports()).values())
    assert len(set(asdict(chosen).values())) == len(asdict(Ports()))


def test_running_services_keep_their_ports(tmp_path: Path) -> None:
    home = Home(tmp_path)
    first = home.choose_ports(running=set())
    with socket.socket() as api:
        # A port that another engine has just left is free, and still not to be bound without this.
        api.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        api.bind((LOOPBACK, first.api))
        api.listen()
        assert home.choose_ports(running={"api"}).api == first.api
        assert home.choose_ports(running=set()).api != first.api


def test_torn_state_falls_back_to_the_usual_ports(tmp_path: Path) -> None:
    (tmp_path / "state.json").write_text('{"ports": {"api"')
    assert Home(tmp_path).ports() == Ports()


def test_secret_is_made_once_and_private(tmp_path: Path) -> None:
    home = Home(tmp_path / "local")
    assert home.jwt_secret == Home(tmp_path / "local").jwt_secret
    assert len(home.jwt_secret) >= 32
    assert (tmp_path / "local" / "jwt-secret").stat().st_mode & 0o777 == 0o600


def test_delete_leaves_what_is_not_its_own(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.choose_ports(running=set())
    (tmp_path / "Makefile").write_text("mine")
    (tmp_path / "temporal").mkdir()
    assert home.jwt_secret
    home.delete()
    assert [path.name for path in tmp_path.iterdir()] == ["Makefile"]


def test_one_command_at_a_time(tmp_path: Path) -> None:
    other = multiprocessing.get_context("spawn").Process(target=hold, args=(tmp_path,))
    with Home(tmp_path).locked():
        other.start()
        other.join(timeout=2)
        assert other.is_alive()
        assert not (tmp_path / "held").exists()
    other.join(timeout=20)
    assert (tmp_path / "held").exists()


def hold(folder: Path) -> None:
    with Home(folder).locked():
        (folder / "held").touch()
