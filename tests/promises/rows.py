"""The rows of `docs/promises.md`: what is promised, the figure that is asked, and what is to come.

`waits` says why a row has no test yet; once a test has reported the row, nobody reads it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One promise, and the figure that shows it."""

    promise: str
    asked: str
    waits: str = ""


LOST, SEEN = "Nothing lost", "Nobody in, nothing out"
SECTIONS: Mapping[str, range] = {LOST: range(1, 22), SEEN: range(22, 35)}

ROWS: Mapping[int, Row] = {
    1: Row(
        "a confirmed answer survives a crash at every named boundary",
        "1,000 runs: 0 lost, 0 doubled, 0 broken chains",
    ),
    2: Row("… and at any moment", "500 runs: 0, 0, 0"),
    3: Row("… and a power cut", "2,000 damaged images: 0 confirmed lost"),
    4: Row("acknowledged means kept", "320 taps, 8 kills: 0 lost"),
    5: Row(
        "the same update any number of times, in any order",
        "10,000 updates delivered 1–5 times: exactly 10,000 events",
    ),
    6: Row(
        "stale, skipped and out-of-order taps change nothing",
        "100,000 steps: 0 illegal transitions, each one explained",
    ),
    7: Row(
        "two phones on one screening",
        "10,000 races: one winner each, the loser told who and when",
    ),
    8: Row(
        "notices: at least once, every repeat labelled",
        "1,000 kills: 0 missing, 0 unlabelled repeats",
    ),
    9: Row("a short outage loses no tap", "down 30, 60, 100 s: 10,000 taps each, 0 lost"),
    10: Row(
        "after a long outage nothing looks recorded that is not",
        "down 1 h: every open screening asked again within 60 s, 0 false confirmations",
    ),
    11: Row(
        "429 storms and lost responses lose no notice",
        "5,000 notices: 0 lost, 0 sent inside a pause",
    ),
    12: Row(
        "a blocked or silent coordinator is passed over",
        "the next within 60 s, escalation at 15 min, 0 silent",
    ),
    13: Row(
        "a full disk, an I/O error at the n-th call",
        "n = 1 … until clean: 0 confirmed lost, told “not saved”, recovers by itself",
    ),
    14: Row(
        "clock backwards, summer time, leap day, another zone",
        "order by sequence unchanged, 0 negative durations, a warning event",
    ),
    15: Row(
        "cancellation never holds the lock",
        "2,000 cancellations: 0 open transactions, 0 confirmed missing",
    ),
    16: Row("the trail is the data", "10,000 screenings rebuilt: 0 differences"),
    17: Row(
        "backups restore",
        "every drill; 1 M events backed up and verified within seconds",
    ),
    18: Row("every earlier version opens", "all, digests unchanged, killed during migration"),
    19: Row(
        "SQLite to PostgreSQL",
        "100,000 events moved: equal digests",
    ),
    20: Row(
        "growth",
        "1 M events, 1,000 chats at once: time per tap within 2×, order kept, 0 lost",
    ),
    21: Row(
        "rolling restart of replicas, and of PostgreSQL",
        "10 rounds: 0 lost, 0 doubled, silence at most 5 s; PostgreSQL killed every 5–40 s under "
        "5,000 taps: 0 lost, 0 doubled",
    ),
    22: Row(
        "only delegated people, at once",
        "the whole matrix right, 0 actions after the revocation commits",
    ),
    23: Row("forged buttons", "100,000: 0 writes, 0 reads, all logged"),
    24: Row(
        "hostile updates",
        "100,000 mutated updates, 10,000 to the endpoint, bodies of 2 MB: 0 crashes, "
        "0 unauthorised reads, memory +50 MB at most",
    ),
    25: Row(
        "the webhook's secret comes before its body",
        "wrong, missing, chunked: refused; 1 MB at most",
    ),
    26: Row(
        "invitations are used once",
        "1,000 concurrent uses: 1 success; none after expiry; no plain text in the database",
    ),
    27: Row(
        "a signing PIN is not guessed",
        "10,000 guesses: at most 5 in a window; the loop never blocked for 50 ms",
    ),
    28: Row("groups leak nothing", "0 sends to a group"),
    29: Row("no token and no patient data in logs", "0 hits"),
    30: Row(
        "exports are harmless",
        "0 cells that begin with = + - @, tab or return; round trip equal",
    ),
    31: Row(
        "tampering shows",
        "every flipped byte, a cut tail and a full rewrite, back to the last checkpoint",
    ),
    32: Row(
        "erasure",
        "0 readable values in database, WAL, backups, exports, logs; the chain still verifies",
    ),
    33: Row("an unsafe set-up does not start", "each refused with the reason"),
    34: Row(
        "the supply chain is known",
        "pinned versions, a bill of materials, 0 known vulnerabilities",
    ),
}
