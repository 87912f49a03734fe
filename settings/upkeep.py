"""How often the engine looks after itself, and how long it keeps what."""

from pydantic import Field
from pydantic_settings import BaseSettings


class Upkeep(BaseSettings):
    """Bounded below and above, so that nothing is kept for no time or for ever by mistake."""

    reconcile_every_minutes: int = Field(default=10, ge=1, le=1440)
    """How often record, workflows and law are held against each other."""
    reconcile_grace_seconds: int = Field(default=300, ge=30, le=86400)
    """An issue that moved more recently is left alone by that check."""
    reconcile_page: int = Field(default=100, ge=1, le=1000)
    """Issues per page of that check; a run looks at two pages of open ones, one of closed ones."""
    keep_notices_days: int = Field(default=180, ge=1, le=36500)
    """Days after which a notice is forgotten that was delivered, dropped or given up."""
    keep_keys_days: int = Field(default=30, ge=1, le=36500)
    """Days for which a repeated request gets the answer of the first one."""
    keep_raw_days: int = Field(default=30, ge=1, le=36500)
    """Days for which a camera's message is kept as it came."""
    keep_alerts_days: int = Field(default=180, ge=1, le=36500)
    """Days after which is forgotten what was read of a camera's message, if nothing needs it."""
    keep_personal_days: int = Field(default=1095, ge=1, le=36500)
    """Days after its closing after which nothing personal is left of an issue."""
    keep_unused_pictures_hours: int = Field(default=24, ge=1, le=720)
    """Hours after which an uploaded picture is erased that no step uses."""
    keep_rechecks_days: int = Field(default=30, ge=1, le=36500)
    """Days after which a recheck is forgotten that was done."""
