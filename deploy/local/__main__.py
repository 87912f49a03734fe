"""`python -m deploy.local`: the product on this machine, from nothing to running and back."""

import argparse
import dataclasses
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from deploy.local.drift import check_drift
from deploy.local.migrations import ROOT, MigrationFailed, Migrations
from deploy.local.ports import LOOPBACK
from deploy.local.processes import StartFailed
from deploy.local.product import DATABASE, ENGINE, Product
from deploy.local.roles import Roles, RolesFailed


def main() -> int:
    """Runs one command; a failure is told in words, without a trace."""
    arguments = _parser().parse_args()
    try:
        code: int = arguments.run(arguments)
    except (StartFailed, MigrationFailed, RolesFailed, OSError, KeyError) as failure:
        print(failure.args[0] if isinstance(failure, KeyError) else failure, file=sys.stderr)
        return 1
    return code


def up(arguments: argparse.Namespace) -> int:
    """Starts what is not running and prints where it is."""
    product = Product.at(arguments.folder)
    with product.home.locked():
        product = _choose_ports(product)
        stack = product.stack.only(*arguments.only) if arguments.only else product.stack
        started = stack.up()
    print(f"Started: {', '.join(started) or 'nothing, all was running'}.")
    _print_addresses(product)
    return 0


def down(arguments: argparse.Namespace) -> int:
    """Stops everything, the last started first. The data stay."""
    product = Product.at(arguments.folder)
    with product.home.locked():
        product.stack.down()
    print("Stopped.")
    return 0


def reset(arguments: argparse.Namespace) -> int:
    """Stops everything and deletes the data and the secrets."""
    product = Product.at(arguments.folder)
    with product.home.locked():
        product.stack.down()
        product.postgres.destroy()
        product.home.delete()
    print(f"Stopped, and {product.home.folder} deleted.")
    return 0


def restart(arguments: argparse.Namespace) -> int:
    """Stops and starts one service; the others stay."""
    product = Product.at(arguments.folder)
    with product.home.locked():
        service = product.stack[arguments.name]
        service.stop()
        service.start()
    print(f"Restarted: {service.name}.")
    return 0


def status(arguments: argparse.Namespace) -> int:
    """Says what runs; the exit code is 0 when all of it does."""
    product = Product.at(arguments.folder)
    for server in product.servers:
        found = server.identity()
        print(f"{server.name:<10} {f'running, pid {found.pid}' if found else 'not running'}")
    _print_addresses(product)
    return 0 if all(server.is_running for server in product.servers) else 1


def token(arguments: argparse.Namespace) -> int:
    """Prints a bearer token for the local API (try: token --help)."""
    secret = {"DISPATCH_JWT_SECRET": Product.at(arguments.folder).home.jwt_secret}
    command = [sys.executable, "-m", "api.tokens", *arguments.words]
    return subprocess.run(command, cwd=ROOT, env={**os.environ, **secret}, check=False).returncode  # noqa: S603 - our own program


def audit(arguments: argparse.Namespace) -> int:
    """Verifies, anchors or closes off the local audit log (try: audit --help)."""
    product = Product.at(arguments.folder)
    environment = {**os.environ, **product.environment()}
    if "close" in arguments.words:  # removes what the app may not
        environment["DISPATCH_DATABASE_URL"] = Roles(product.postgres, DATABASE).owner_url
    command = [sys.executable, "-m", "deploy.audit", *arguments.words]
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode  # noqa: S603 - our own program


def alembic(arguments: argparse.Namespace) -> int:
    """Runs an Alembic command on the local database, starting PostgreSQL for it if need be."""
    product = Product.at(arguments.folder)
    with product.home.locked():
        product = _choose_ports(product)
        server = product.postgres
        started = server.start()
        try:
            server.create_database(DATABASE)
            roles = Roles(server, DATABASE)
            roles.make()
            answer = Migrations(roles.owner_url).run(*arguments.words)
            roles.make()
        finally:
            if started:
                server.stop()
    print(answer.stdout.strip())
    return answer.returncode


def drift(_: argparse.Namespace) -> int:
    """Compares models and migrations on a throw-away database."""
    return check_drift()


def _choose_ports(product: Product) -> Product:
    running = {server.name for server in product.servers if server.is_running}
    return dataclasses.replace(product, ports=product.home.choose_ports(running))


def _print_addresses(product: Product) -> None:
    for name, address in product.addresses.items():
        print(f"  {name:<15} {address}")
    print(f"  {'For the shell':<15} API=http://{LOOPBACK}:{product.ports.api}/api/v1")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m deploy.local", description=__doc__)
    parser.add_argument("--folder", type=Path, default=ROOT / ".local", help="where it is kept")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for run in (up, down, reset, restart, status, drift):
        command = commands.add_parser(run.__name__, help=run.__doc__, description=run.__doc__)
        command.set_defaults(run=run)
        _ARGUMENTS.get(run.__name__, lambda _: None)(command)
    for run in (token, audit, alembic):
        # No word looks like an option of ours, so all of them are passed on, --help too.
        options: dict[str, Any] = {"add_help": False, "prefix_chars": "\0"}
        command = commands.add_parser(run.__name__, help=run.__doc__, **options)
        command.add_argument("words", nargs="*")
        command.set_defaults(run=run)
    return parser


def _up_arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--only", nargs="+", default=[], metavar="NAME", help=f"such as {' '.join(ENGINE)}"
    )


def _restart_arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument("name", help="postgres, temporal, api or worker")


_ARGUMENTS = {"up": _up_arguments, "restart": _restart_arguments}

if __name__ == "__main__":
    sys.exit(main())
