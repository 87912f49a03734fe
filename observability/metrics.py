"""Every metric of the engine: base units, bounded labels (district yes; grid and issue never)."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

REGISTRY = CollectorRegistry(auto_describe=True)

_FAST = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)

ISSUES_RAISED_TOTAL = Counter(
    "dispatch_issues_raised_total",
    "Issues accepted.",
    ["district", "source"],
    registry=REGISTRY,
)
STEPS_TOTAL = Counter(
    "dispatch_steps_total",
    "Steps recorded, by event.",
    ["event", "district"],
    registry=REGISTRY,
)
BREACHES_TOTAL = Counter(
    "dispatch_deadline_breaches_total",
    "Deadlines passed unmet.",
    ["kind", "district"],
    registry=REGISTRY,
)
ESCALATIONS_TOTAL = Counter(
    "dispatch_escalations_total",
    "Times an issue rose to a level.",
    ["level", "district"],
    registry=REGISTRY,
)
EVALUATIONS_TOTAL = Counter(
    "dispatch_evaluations_total",
    "Evaluations, silence among them.",
    ["satisfaction", "district"],
    registry=REGISTRY,
)
MEETINGS_CONVENED_TOTAL = Counter(
    "dispatch_meetings_convened_total",
    "Meetings that were called, by who or what called them.",
    ["level", "by"],
    registry=REGISTRY,
)
MEETINGS_ENDED_TOTAL = Counter(
    "dispatch_meetings_ended_total",
    "Meetings that came to their end, by the worst of their items.",
    ["level", "outcome"],
    registry=REGISTRY,
)
MEETING_ABSENCES_TOTAL = Counter(
    "dispatch_meeting_absences_total",
    "Times a party let its time to report in pass.",
    ["level"],
    registry=REGISTRY,
)
MEETING_TASKS_TOTAL = Counter(
    "dispatch_meeting_tasks_total",
    "Tasks of decisions that were settled: accepted as done, missed, or never reviewed.",
    ["outcome"],
    registry=REGISTRY,
)
REFUSALS_TOTAL = Counter(
    "dispatch_refusals_total",
    "Commands the law refused.",
    ["code"],
    registry=REGISTRY,
)
RULES_BROKEN_TOTAL = Counter(
    "dispatch_routing_rules_broken_total",
    "Times a routing rule was passed over because it names what does not exist.",
    ["rule"],
    registry=REGISTRY,
)
NOTICES_TOTAL = Counter(
    "dispatch_notices_total",
    "Notices by what became of them.",
    ["channel", "outcome"],
    registry=REGISTRY,
)
NOTICE_DELAY_SECONDS = Histogram(
    "dispatch_notice_delay_seconds",
    "From the moment a notice may go out to its delivery.",
    ["channel"],
    buckets=(*_FAST, 60.0, 600.0, 3600.0),
    registry=REGISTRY,
)
RELAY_STARTS_TOTAL = Counter(
    "dispatch_relay_starts_total",
    "Workflows started for new issues, by result.",
    ["result"],
    registry=REGISTRY,
)
RELAY_DELAY_SECONDS = Histogram(
    "dispatch_relay_delay_seconds",
    "From the acceptance of a whistle to the start of its workflow.",
    buckets=(*_FAST, 60.0, 600.0),
    registry=REGISTRY,
)
WAITING_BIRTHS = Gauge(
    "dispatch_issues_without_workflow",
    "Accepted issues whose workflow has not started yet.",
    registry=REGISTRY,
)
WAITING_NOTICES = Gauge(
    "dispatch_notices_waiting",
    "Notices that may go out and have not.",
    registry=REGISTRY,
)
CALENDAR_COVERED_UNTIL = Gauge(
    "dispatch_calendar_covered_until_timestamp_seconds",
    "The end of what a business calendar knows; later deadlines are provisional.",
    ["calendar"],
    registry=REGISTRY,
)
RECONCILE_CHECKED_TOTAL = Counter(
    "dispatch_reconcile_checked_total",
    "Issues and meetings held against their workflow and the law.",
    ["part", "aggregate"],
    registry=REGISTRY,
)
RECONCILE_FINDINGS_TOTAL = Counter(
    "dispatch_reconcile_findings_total",
    "Invariants that did not hold, by what became of it: repaired or reported.",
    ["kind", "outcome", "aggregate"],
    registry=REGISTRY,
)
RECONCILE_LAST_RUN = Gauge(
    "dispatch_reconcile_last_run_timestamp_seconds",
    "When the reconciler last came to its end in this process.",
    registry=REGISTRY,
)
RATE_LIMITED_TOTAL = Counter(
    "dispatch_rate_limited_total",
    "Requests refused because their caller, or their address, asked too often.",
    ["kind"],
    registry=REGISTRY,
)
RAW_MESSAGES_TOTAL = Counter(
    "dispatch_raw_messages_total",
    "Messages of cameras at the door, by what became of them.",
    ["adapter", "outcome"],
    registry=REGISTRY,
)
RAW_WAIT_SECONDS = Histogram(
    "dispatch_raw_message_wait_seconds",
    "Time that a message of a camera stood at the door behind people.",
    buckets=_FAST,
    registry=REGISTRY,
)
ALERTS_TOTAL = Counter(
    "dispatch_alerts_total",
    "Elements of messages, by what became of them.",
    ["adapter", "fate"],
    registry=REGISTRY,
)
ALERTS_ACCEPTED_TOTAL = Counter(
    "dispatch_alerts_accepted_total",
    "Alerts that were accepted, by what was decided of them.",
    ["adapter", "decision"],
    registry=REGISTRY,
)
ALERTS_SUPPRESSED_TOTAL = Counter(
    "dispatch_alerts_suppressed_total",
    "Alerts that were accepted and had no consequence, by the reason why.",
    ["reason"],
    registry=REGISTRY,
)
CONDITIONS_TOTAL = Counter(
    "dispatch_alert_conditions_total",
    "Times a condition entered a state: opened, cleared, flapping and so on.",
    ["kind", "state"],
    registry=REGISTRY,
)
ALERT_WITHDRAWALS_TOTAL = Counter(
    "dispatch_alert_withdrawals_total",
    "Issues to be taken back because nothing is seen any more, by what became of it.",
    ["outcome"],
    registry=REGISTRY,
)
CATCH_UPS_TOTAL = Counter(
    "dispatch_catch_ups_total",
    "Times that a source was asked for what was missed, by what came of it.",
    ["outcome"],
    registry=REGISTRY,
)
ALERT_PICTURES_TOTAL = Counter(
    "dispatch_alert_pictures_total",
    "Tries to get a picture of an alert, by what became of it.",
    ["outcome"],
    registry=REGISTRY,
)
RAW_SETTLED_TOTAL = Counter(
    "dispatch_raw_messages_settled_total",
    "Messages of cameras that were sorted, or quarantined because of something in them.",
    ["adapter", "state"],
    registry=REGISTRY,
)
RAW_DELAY_SECONDS = Histogram(
    "dispatch_raw_message_delay_seconds",
    "From the receipt of a message to its being sorted.",
    buckets=(*_FAST, 60.0, 600.0),
    registry=REGISTRY,
)
MQTT_CONNECTED = Gauge(
    "dispatch_mqtt_connected",
    "1 while this process listens to the broker.",
    registry=REGISTRY,
)
WAITING_RAW = Gauge(
    "dispatch_raw_messages_waiting",
    "Messages of cameras that are kept and not sorted yet.",
    registry=REGISTRY,
)
SORTER_LAG = Gauge(
    "dispatch_sorter_lag_seconds",
    "For how long a message could have been sorted and was not; 0 when none is due.",
    registry=REGISTRY,
)
FORGOTTEN_TOTAL = Counter(
    "dispatch_housekeeping_deleted_total",
    "Rows deleted because they had been kept long enough.",
    ["table"],
    registry=REGISTRY,
)
PICTURES_TOTAL = Counter(
    "dispatch_pictures_total",
    "Pictures that were uploaded, by what became of them.",
    ["outcome"],
    registry=REGISTRY,
)
PICTURE_SECONDS = Histogram(
    "dispatch_picture_redraw_seconds",
    "Time until a picture was drawn anew or refused, waiting for its turn included.",
    buckets=_FAST,
    registry=REGISTRY,
)
AUDIT_ENTRIES_TOTAL = Counter(
    "dispatch_audit_entries_total",
    "Entries of the audit log, by the group of their acts.",
    ["group"],
    registry=REGISTRY,
)
AUDIT_REFUSALS_DROPPED_TOTAL = Counter(
    "dispatch_audit_refusals_dropped_total",
    "Refusals that are not in the audit log, by why: too many of one caller, or no database.",
    ["why"],
    registry=REGISTRY,
)
AUDIT_UNSEALED = Gauge(
    "dispatch_audit_unsealed",
    "Entries and events that are recorded and not in the chain yet.",
    registry=REGISTRY,
)
AUDIT_SEALING_FAILED_TOTAL = Counter(
    "dispatch_audit_sealing_failed_total",
    "Rounds of a worker over the audit log that failed, by step: seal, sweep or check.",
    ["step"],
    registry=REGISTRY,
)
AUDIT_FAULTS_TOTAL = Counter(
    "dispatch_audit_faults_total",
    "Verifications of the audit log that found something wrong.",
    ["fault"],
    registry=REGISTRY,
)
HTTP_REQUESTS_TOTAL = Counter(
    "dispatch_http_requests_total",
    "Requests by route template and status.",
    ["method", "route", "status"],
    registry=REGISTRY,
)
HTTP_SECONDS = Histogram(
    "dispatch_http_request_duration_seconds",
    "Time to answer a request.",
    ["method", "route"],
    buckets=_FAST,
    registry=REGISTRY,
)
