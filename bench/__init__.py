"""What the engine costs: measured beside bare baselines on the same servers, in the same run."""
