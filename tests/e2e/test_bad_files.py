"""A file of reference data that cannot be loaded says why."""

from pathlib import Path

import pytest

from deploy.reference.shipped import BadFile, read


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("tax.json", "[]", "is no kind"),
        ("grid.json", "[", "Expecting value"),
        ("grid.json", '[{"name": "x"}]', "with a code"),
        ("grid.json", '[{"code": "a", "name": "x", "name_en": "x", "level": 2}]', "as its level"),
        ("category.json", '[{"code": "a", "name": "x", "name_en": "x", "urgent": 1}]', "urgent"),
        (
            "grid_outline.json",
            '{"type": "FeatureCollection", "features": [{"type": "Feature", "geometry": {}}]}',
            "with a code",
        ),
        (
            "grid_outline.json",
            '{"type": "FeatureCollection", "features": [{"properties": {"code": "a"}, '
            '"geometry": {"type": "Polygon", "coordinates": [[[1, 1], [2, 2], [3, 3], [1, 2]]]}}]}',
            "ends where it begins",
        ),
        (
            "category.json",
            '[{"code": "a", "name": "", "name_en": ""}, {"code": "a", "name": "", "name_en": ""}]',
            "another category a",
        ),
    ],
)
def test_a_bad_file_says_what_is_wrong(tmp_path: Path, name: str, content: str, says: str) -> None:
    (tmp_path / name).write_text(content, encoding="utf-8")
    with pytest.raises(BadFile, match=says):
        read(tmp_path)
