"""Accounts of everybody in the demo town, for people who sign in instead of carrying tokens."""

from collections.abc import Mapping

from pydantic import SecretStr

from api.ways_in.passwords import Passwords
from deploy.accounts import Founding
from deploy.demo import town
from deploy.local.product import Product
from domain.ids import Subject
from observability.clock import now
from settings import Settings
from storage.accounts.hashing import IdentityHasher
from storage.accounts.listing import has_accounts
from storage.session import Database


async def seed(settings: Settings) -> Mapping[Subject, str]:
    """The passwords of new accounts; none when the engine has any account already.

    They need not be changed: nobody but who reads them here ever knew them.
    """
    database, passwords = Database(settings.database_url, ring=settings.seal_ring), Passwords()
    try:
        async with database.read() as session:
            if await has_accounts(session):
                return {}
        founding = Founding(
            database=database,
            hasher=IdentityHasher(settings.identity_ring),
            passwords=passwords,
            must_change=False,
        )
        return await founding.found(town.people().values(), now())
    finally:
        passwords.close()
        await database.close()


def settings_of(product: Product) -> Settings:
    """As the product's own processes read them."""
    said = product.environment()
    return Settings(
        database_url=said["DISPATCH_DATABASE_URL"],
        jwt_secret=SecretStr(said["DISPATCH_JWT_SECRET"]),
        seal_keys=SecretStr(said["DISPATCH_SEAL_KEYS"]),
    )
