"""What all rows share: names of constraints, and which SQL type a Python type becomes."""

from datetime import datetime
from typing import Annotated, ClassVar

from sqlalchemy import BigInteger, Identity, LargeBinary, MetaData, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TIMESTAMP
from sqlalchemy.orm import DeclarativeBase, mapped_column

Json = Annotated[str, mapped_column(JSONB(none_as_null=True))]
"""A JSON document as text; `storage.codec` writes and reads it."""
Codes = Annotated[list[str], mapped_column(ARRAY(Text))]
Path = Annotated[str, mapped_column(Text(collation="C"))]
"""Compared byte by byte, so that a subtree of dotted codes is one range of an index."""
Sealed = Annotated[bytes, mapped_column(LargeBinary)]
"""A sealed value, see `storage.sealing.cipher`; where there is one, it holds."""
SerialId = Annotated[int, mapped_column(BigInteger, Identity(always=True), primary_key=True)]


class Base(DeclarativeBase):
    """The root of the rows. Every constraint has a name, so a migration can drop it."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar = {str: Text, datetime: TIMESTAMP(timezone=True)}
