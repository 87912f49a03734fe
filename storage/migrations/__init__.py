"""How the schema came to be; Alembic runs what is here."""
