"""Names of things, one type each, so that no code can take another's place."""

from typing import NewType

IssueNumber = NewType("IssueNumber", str)
DistrictCode = NewType("DistrictCode", str)
GridCode = NewType("GridCode", str)
"""A path of codes from the county down, e.g. `qj.bh.hp.fc.b3`; a prefix is an ancestor."""
DepartmentCode = NewType("DepartmentCode", str)
CategoryCode = NewType("CategoryCode", str)
WhistleKindCode = NewType("WhistleKindCode", str)
PolicyCode = NewType("PolicyCode", str)
CalendarCode = NewType("CalendarCode", str)
Subject = NewType("Subject", str)
"""The opaque id of a person or source, never a name."""
CommandId = NewType("CommandId", str)
"""The caller and its idempotency key, or the engine's own name for a fact."""
TextId = NewType("TextId", str)
"""Refers to free text kept in SQL, where it can be erased."""
EvidenceId = NewType("EvidenceId", str)
CameraRef = NewType("CameraRef", str)
"""What a source calls one of its cameras."""
SourceCode = NewType("SourceCode", str)
"""A source of alerts."""
MappingCode = NewType("MappingCode", str)
"""The table that turns a source's codes into kinds of alerts."""
DeadlineId = NewType("DeadlineId", str)
MeetingNumber = NewType("MeetingNumber", str)
"""The number of the issue it was convened for, and which meeting of it: `QJ-2026-0000001-M1`."""
PartyCode = NewType("PartyCode", str)
"""Whoever is invited to a meeting: a department's code, or the subject of a person."""
TaskId = NewType("TaskId", str)
