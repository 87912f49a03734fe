"""What is secret in the settings shows nowhere."""

import pytest
from pydantic import SecretStr, ValidationError

from settings import Settings

MARK = "b7c1f0de" * 5
SECRET = {
    name: (MARK,) if "tuple" in str(field.annotation) else MARK
    for name, field in Settings.model_fields.items()
    if "SecretStr" in str(field.annotation)
}
A_RING = f'{{"2026a": "{MARK}AAA="}}'
GIVEN = {
    **SECRET,
    "seal_keys": A_RING,
    "wechat_appid": "wx0123456789abcdef",  # with its secret or not at all
    "database_url": f"postgresql+asyncpg://app:{MARK}@127.0.0.1/dispatch",
}


def test_no_secret_is_shown() -> None:
    settings = Settings(**GIVEN)  # type: ignore[arg-type]  # pydantic wraps them
    assert MARK not in repr(settings)
    assert MARK not in str(settings)
    for name in SECRET:
        kept = getattr(settings, name)
        assert all(
            isinstance(each, SecretStr) for each in (kept if isinstance(kept, tuple) else [kept])
        )


def test_a_refusal_does_not_quote_what_was_given() -> None:
    with pytest.raises(ValidationError) as refused:
        Settings(**GIVEN, database_pool_size=0)  # type: ignore[arg-type]
    assert MARK not in str(refused.value)


def test_whatever_sounds_secret_is_kept_as_one() -> None:
    sounding = {
        name
        for name in Settings.model_fields
        if name.endswith(("_secret", "_password", "_key", "_keys")) and "public" not in name
    }
    assert sounding <= SECRET.keys()
