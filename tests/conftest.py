"""What every test can ask for: real servers, started once per session and only when asked for."""

pytest_plugins = ["tests.servers", "tests.options", "tests.parsing"]
