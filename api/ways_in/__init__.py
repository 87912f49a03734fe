"""How people come in: whatever the way, it ends in a session of an account, opened here."""
