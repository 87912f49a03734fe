"""Who may sign in, as what, and who is signed in. Nothing here names a person."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, Codes, Path

LONGEST_SUBJECT = 128
LONGEST_LOGIN = 64
LONGEST_PROVIDER = 64


class AccountRow(Base):
    """Somebody who may sign in. Login names are folded before they come here."""

    __tablename__ = "accounts"

    subject: Mapped[Path] = mapped_column(primary_key=True)
    login: Mapped[str | None] = mapped_column(unique=True)
    password_hash: Mapped[str | None]
    must_change_password: Mapped[bool] = mapped_column(server_default=text("false"))
    phone_hash: Mapped[bytes | None] = mapped_column(LargeBinary, unique=True)
    """Keyed; the phone itself is nowhere here."""
    created_at: Mapped[datetime]
    created_by: Mapped[str]
    disabled_at: Mapped[datetime | None]
    disabled_by: Mapped[str | None]

    __table_args__ = (
        CheckConstraint(f"length(subject) BETWEEN 1 AND {LONGEST_SUBJECT}", name="subject_size"),
        CheckConstraint(f"length(login) BETWEEN 1 AND {LONGEST_LOGIN}", name="login_size"),
        CheckConstraint("length(phone_hash) = 32", name="phone_hash_size"),
        CheckConstraint("(disabled_at IS NULL) = (disabled_by IS NULL)", name="disabled"),
    )


class AppointmentRow(Base):
    """A post of somebody, from an instant until another. Only its end is ever written again."""

    __tablename__ = "appointments"

    id: Mapped[str] = mapped_column(primary_key=True)
    subject: Mapped[Path] = mapped_column(ForeignKey(AccountRow.subject), index=True)
    roles: Mapped[Codes]
    department: Mapped[str | None]
    grids: Mapped[Codes] = mapped_column(server_default=text("'{}'::text[]"))
    post: Mapped[str | None]
    places: Mapped[Codes]
    """Where it holds, for who may see and end it."""
    since: Mapped[datetime]
    until: Mapped[datetime | None]
    appointed_at: Mapped[datetime]
    appointed_by: Mapped[str]
    ended_by: Mapped[str | None]

    __table_args__ = (
        CheckConstraint("cardinality(roles) > 0", name="roles"),
        CheckConstraint("until >= since", name="until"),
        CheckConstraint("post IN ('a', 'b')", name="post"),
    )


class IdentityRow(Base):
    """Who somebody is to another provider, as a keyed hash."""

    __tablename__ = "identities"

    provider: Mapped[str] = mapped_column(primary_key=True)
    external_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    subject: Mapped[Path] = mapped_column(ForeignKey(AccountRow.subject), index=True)
    linked_at: Mapped[datetime]
    linked_by: Mapped[str]

    __table_args__ = (
        CheckConstraint(f"length(provider) BETWEEN 1 AND {LONGEST_PROVIDER}", name="provider_size"),
        CheckConstraint("length(external_hash) = 32", name="external_hash_size"),
    )


class SignInSessionRow(Base):
    """Somebody signed in, in one appointment. Ends once, and stays so."""

    __tablename__ = "sign_in_sessions"

    id: Mapped[str] = mapped_column(primary_key=True)
    subject: Mapped[Path] = mapped_column(ForeignKey(AccountRow.subject))
    appointment_id: Mapped[str] = mapped_column(ForeignKey(AppointmentRow.id))
    way: Mapped[str]
    """`password`, or the provider through which they came."""
    opened_at: Mapped[datetime]
    ends_at: Mapped[datetime] = mapped_column(index=True)
    """The last instant whatever is refreshed."""
    revoked_at: Mapped[datetime | None]
    revoked_because: Mapped[str | None]

    __table_args__ = (
        CheckConstraint("(revoked_at IS NULL) = (revoked_because IS NULL)", name="revoked"),
        Index(None, "subject", postgresql_where=text("revoked_at IS NULL")),
    )


class RefreshTokenRow(Base):
    """One link of a session's chain; only a hash. Used twice, it ends the session."""

    __tablename__ = "refresh_tokens"

    token_sha256: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    session_id: Mapped[str] = mapped_column(
        ForeignKey(SignInSessionRow.id, ondelete="CASCADE"), index=True
    )
    issued_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

    __table_args__ = (CheckConstraint("length(token_sha256) = 32", name="token_sha256_size"),)


class SignInAttemptRow(Base):
    """How often a login name was tried in vain, whether anybody has it or not; a keyed hash."""

    __tablename__ = "sign_in_attempts"

    login_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    failures: Mapped[int]
    last_at: Mapped[datetime] = mapped_column(index=True)
    locked_until: Mapped[datetime | None]

    __table_args__ = (CheckConstraint("length(login_hash) = 32", name="login_hash_size"),)


class SignInCodeRow(Base):
    """What a browser brings back from a provider instead of tokens; only a hash, used up once."""

    __tablename__ = "sign_in_codes"

    code_sha256: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    challenge: Mapped[str | None]
    """Of the page that began: only who knows its verifier may use the code."""
    subject: Mapped[Path] = mapped_column(ForeignKey(AccountRow.subject))
    way: Mapped[str]
    expires_at: Mapped[datetime] = mapped_column(index=True)

    __table_args__ = (
        CheckConstraint("length(code_sha256) = 32", name="code_sha256_size"),
        CheckConstraint("length(challenge) = 43", name="challenge_size"),
    )
