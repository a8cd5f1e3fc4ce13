"""Records made in memory, as a log would hold them."""

from __future__ import annotations

from tml_ros.audit.canonical import canonical
from tml_ros.audit.chain import Head, Record, genesis_seal, key_id_of, record_bytes, seal_of
from tml_ros.audit.record_key import RecordKey

SECRET = bytes(range(32))
KEY = RecordKey(SECRET, key_id_of(SECRET))
LOG = "0123456789abcdef0123456789abcdef"
KINDS = ("transition", "speech", "command", "finding", "summary")


def made_records(count, *, key=SECRET, log=LOG):
    """A start record and others."""
    records, before = [], genesis_seal(key, log)
    for seq in range(1, count + 1):
        kind = "start" if seq == 1 else KINDS[seq % len(KINDS)]
        body = canonical({"number": seq, "zone": f"zone {seq % 7}", "who": "Zoë"})
        stamp_ns = seq * 100_000_000
        before = seal_of(key, before, record_bytes(seq, stamp_ns, kind, body))
        records.append(Record(seq, stamp_ns, kind, body, before))
    return records


def head_of(records, *, log=LOG):
    last = records[-1]
    return Head(log, last.seq, last.stamp_ns, last.seal)
