"""Sealing: ciphers, rings and indexes by themselves, then in the tables."""
