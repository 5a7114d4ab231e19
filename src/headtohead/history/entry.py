"""One line of a history: an endpoint of one commit against the anchor."""

import zlib
from dataclasses import dataclass
from datetime import datetime

import msgspec

from headtohead.measurement import Metric, Verdict

SCHEMA_VERSION = 1
BEGINNING = b'{"schema":'
_CHECKSUM = b',"crc":"'


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What was measured of one endpoint.

    Attributes:
        schema: Version of this layout.
        subject: The endpoint's name.
        metric: What was compared.
        anchor: Hash of the commit that every other is compared with.
        commit: Hash of this one.
        committed_at: When it was committed.
        ratio: This commit over the anchor, so that it does not depend on the machine's speed.
        ci95: The 95 % interval of `ratio`.
        margin: The smallest effect that matters, as a fraction.
        verdict: Against the anchor.
        run_id: The comparison's record.
        measured_at: When it began.
    """

    schema: int = SCHEMA_VERSION
    subject: str
    metric: Metric
    anchor: str
    commit: str
    committed_at: datetime
    ratio: float
    ci95: tuple[float, float]
    margin: float
    verdict: Verdict
    run_id: str
    measured_at: datetime

    @property
    def identity(self) -> tuple[str, str, str]:
        """What no two measurements share: a merge may leave the same line twice."""
        return (self.run_id, self.subject, self.metric)


def encode(entry: Entry) -> bytes:
    """An entry as a line of JSON, whose last field is the CRC-32 of what stands before it."""
    fields = msgspec.json.encode(entry)
    return fields[:-1] + _checksum(fields) + b"\n"


def decode(line: bytes) -> Entry:
    """The entry that a line holds.

    Raises:
        ValueError: It is damaged, or written by a newer version; the message says which.
    """
    text, _, end = line.strip().rpartition(_CHECKSUM)
    fields = text + b"}"
    if _CHECKSUM + end != _checksum(fields):
        conflict = line.startswith((b"<<<<<<<", b"=======", b">>>>>>>"))
        raise ValueError("a mark of an unfinished merge" if conflict else "its checksum differs")
    try:
        return msgspec.json.decode(fields, type=Entry)
    except msgspec.ValidationError as error:
        raise ValueError(f"written by another version of headtohead ({error})") from error


def _checksum(fields: bytes) -> bytes:
    return _CHECKSUM + f'{zlib.crc32(fields):08x}"}}'.encode()
