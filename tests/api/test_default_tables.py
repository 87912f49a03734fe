"""What the shipped tables must not do to residents."""

import pytest

from deploy.reference.shipped import FOLDER, read
from domain.reference import ReferenceKind, WhistleKind


@pytest.mark.parametrize("code", ["ordinary", "emergency"])
def test_nobody_answers_in_a_residents_place(code: str) -> None:
    kinds = [each.body for each in read(FOLDER) if each.kind is ReferenceKind.WHISTLE_KIND]
    (kind,) = [each for each in kinds if isinstance(each, WhistleKind) and each.code == code]
    assert kind.rated_by == ()
