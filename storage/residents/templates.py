"""Templates of notices to residents that promise more than their sentence says."""

EVALUATE = "evaluate_please"
LINK = "link_sent"
CODE = "resident_code"
