"""Where pictures lie and how large they may be."""

from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings

from settings.secrets import said
from storage.pictures.objects import Bucket


class Pictures(BaseSettings):
    """A folder, unless a bucket is named."""

    objects_folder: Path = Path("var/objects")
    """Folder in which pictures lie, unless they go to a bucket; API and workers share it."""
    objects_bucket: str | None = None
    """Bucket that pictures go to instead, at Amazon or wherever else S3 is spoken."""
    objects_endpoint: str | None = Field(default=None, pattern=r"^https?://")
    """Address of an S3 service other than Amazon's; asked with the bucket in the path."""
    objects_region: str = "us-east-1"
    """Region of the bucket."""
    objects_access_key: SecretStr | None = None
    """Key id for the bucket; without it the machine's own role or `AWS_...` variables are used."""
    objects_secret_key: SecretStr | None = None
    """The secret of that key."""

    picture_max_bytes: int = Field(default=10_000_000, ge=1024, le=32 * 1024 * 1024)
    """Largest picture that may be uploaded."""
    picture_max_pixels: int = Field(default=25_000_000, ge=10_000, le=100_000_000)
    """Most pixels of a picture, told from its header before anything is decoded."""
    picture_memory_mb: int = Field(default=768, ge=256, le=8192)
    """Memory that the decoding of one picture may take."""
    picture_seconds: int = Field(default=10, ge=1, le=600)
    """Seconds of a processor that the decoding of one picture may take."""
    picture_processes: int = Field(default=2, ge=1, le=64)
    """Pictures that one API process has decoded at once."""
    picture_max_unused: int = Field(default=50, ge=9, le=1000)
    """Pictures that a caller may have uploaded and not used yet."""
    picture_link_minutes: int = Field(default=5, ge=1, le=60)
    """Minutes for which a link to a picture works."""
    picture_link_secret: SecretStr | None = None
    """Signs links to pictures, 32 characters or more, the same for every API process.

    Made from `jwt_secret` unless given; needed where there is none.
    """

    @property
    def objects_place(self) -> Path | Bucket:
        """Where pictures lie."""
        if self.objects_bucket is None:
            return self.objects_folder
        return Bucket(
            name=self.objects_bucket,
            region=self.objects_region,
            endpoint=self.objects_endpoint,
            access_key=said(self.objects_access_key),
            secret_key=said(self.objects_secret_key),
        )
