"""The law of the engine: pure, typed, standard library only."""
