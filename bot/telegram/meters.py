"""What the process tells Prometheus. No label names a person, a chat or a screening."""

from __future__ import annotations

from functools import cache

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Meters:
    """Counters and gauges in a registry of their own; times are seconds."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._updates = Counter(
            "screening_updates",
            "Updates by what became of them at the door.",
            ["outcome"],
            registry=self.registry,
        )
        self._handled = Counter(
            "screening_updates_handled",
            "Updates handled to the end.",
            ["kind"],
            registry=self.registry,
        )
        self._retries = Counter(
            "screening_retries",
            "Tries that failed because the store did.",
            registry=self.registry,
        )
        self._troubles = Counter(
            "screening_poll_troubles",
            "Polls without an answer that could be used.",
            ["trouble"],
            registry=self.registry,
        )
        self._calls = Counter(
            "screening_api_calls",
            "Calls to the Bot API.",
            ["method", "outcome"],
            registry=self.registry,
        )
        # To find a label's counter costs more than to count; they are kept for ever anyway.
        self._call, self._handled_kind = cache(self._calls.labels), cache(self._handled.labels)
        self.handling = Histogram(
            "screening_handle_seconds",
            "Time from taking an update in hand to its being done.",
            buckets=_BUCKETS,
            registry=self.registry,
        )
        self.lanes = Gauge(
            "screening_lanes_active", "People with something to do.", registry=self.registry
        )
        self.last_heard = Gauge(
            "screening_last_heard_timestamp_seconds",
            "When a poll last succeeded or a webhook update last came.",
            registry=self.registry,
        )
        self.oldest_undone = Gauge(
            "screening_oldest_undone_seconds",
            "Age of the oldest update that waits; 0 when none does.",
            registry=self.registry,
        )
        self.backup_age = Gauge(
            "screening_last_backup_seconds",
            "Age of the last verified backup, as of the last look at /healthz.",
            registry=self.registry,
        )

    def took(self, accepted: int, duplicate: int) -> None:
        """Count updates that were new, and those that had come before."""
        self._updates.labels("accepted").inc(accepted)
        self._updates.labels("duplicate").inc(duplicate)

    def buried(self) -> None:
        """Count an update that was put aside."""
        self._updates.labels("dead").inc()

    def handled(self, key: str, seconds: float) -> None:
        """Count an update done; the key's first part tells a tap from a message."""
        kinds = {"tap": "tap", "msg": "message"}
        self._handled_kind(kinds.get(key.partition(":")[0], "other")).inc()
        self.handling.observe(seconds)

    def retried(self) -> None:
        """Count a try that the store refused."""
        self._retries.inc()

    def trouble(self, kind: str) -> None:
        """Count a poll that failed."""
        self._troubles.labels(kind).inc()

    def called(self, method: str, outcome: str) -> None:
        """Count a call to the Bot API; fits `WireRequest(observe=…)`."""
        self._call(method, outcome).inc()

    def value(self, name: str, **labels: str) -> float:
        """The present value of one sample, 0 when it was never touched."""
        return self.registry.get_sample_value(name, labels) or 0.0

    def text(self) -> bytes:
        """Everything, in Prometheus's text form."""
        return generate_latest(self.registry)
