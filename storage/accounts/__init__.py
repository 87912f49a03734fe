"""Who may sign in, as what, by which identities, and who is signed in."""
