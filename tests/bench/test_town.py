from bench.town import reference
from domain.alert_source import AlertSource
from domain.reference import ReferenceKind


def test_whatever_a_source_names_is_loaded_with_it() -> None:
    entries = reference()
    known = {(entry.kind, entry.code) for entry in entries}
    sources = [entry.body for entry in entries if entry.kind is ReferenceKind.ALERT_SOURCE]
    named = [each.mapping for each in sources if isinstance(each, AlertSource) and each.mapping]
    assert named
    assert {(ReferenceKind.ALERT_MAPPING, code) for code in named} <= known
