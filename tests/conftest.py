"""What every test can ask for: real servers, started once per session and only when asked for."""

import os

pytest_plugins = ["tests.servers", "tests.options", "tests.parsing"]

# Settings refuse to be made without; the same as `tests.sealing.rings`.
os.environ.setdefault(
    "DISPATCH_SEAL_KEYS", '{"tests": "dGVzdHN0ZXN0c3Rlc3RzdGVzdHN0ZXN0c3Rlc3RzISE="}'
)
