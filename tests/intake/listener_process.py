"""The listener alone in a process of its own, to be killed: `python -m ... <database> <port>`."""

import asyncio
import sys

from intake.broker import Broker
from intake.listening import Hearing, Listener
from observability import clock
from storage.session import Database
from tests.sealing.rings import RING


async def main(url: str, port: int) -> None:
    broker = Broker(host="127.0.0.1", port=port, client_id="test-intake")
    database = Database(url, ring=RING)
    await Listener.of(database, url, broker, clock.now, Hearing()).run(asyncio.Event())


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
