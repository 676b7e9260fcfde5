"""Making statements: what a sender signs for one log, each behind the one before it.

    author = Author(signer, log=check_log_key(vkey))
    first = author.say("report", {"side": "west", "report": {…}}, at=datetime.now(UTC))
    second = author.say("report", {"side": "west", "report": {…}}, at=datetime.now(UTC))

Each is sent to the centre with its body and secret (`POST /add-statement`). Who says something else under a number that
was used already has said two things: keep `author.place` durably before anything is sent (`outbox`).
"""

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from parley.record.errors import Unfit
from parley.record.formats.canonical import encoder_for
from parley.record.formats.note import Signer
from parley.record.statements.check import Place
from parley.record.statements.fields import SECRET_SIZE, commit
from parley.record.statements.statement import Statement, digest, encode_statement, sign


class Said(NamedTuple):
    """A signed statement: its envelope, its body as canonical JSON, and the secret that salts the body's fields."""

    envelope: bytes
    body: bytes
    secret: bytes

    @property
    def digest(self) -> str:
        """The digest of the envelope, by which the statement is known."""
        return digest(self.envelope)


class Author:
    """One sender's hand in one log: it signs, and counts.

    Args:
        log: what the log's statements are bound to, the digest of its first key in hex.
        place: where the sender stands there.
        saw: the digest of the newest cosigned checkpoint that the sender has, "" for none.
    """

    def __init__(self, signer: Signer, log: str, place: Place | None = None, saw: str = "") -> None:
        self.signer = signer
        self.log = log
        self.place = place or Place()
        self.saw = saw

    def say(self, kind: str, body: Mapping[str, Any], at: datetime) -> Said:
        """Sign *body* as the next statement, of *kind*, made at *at*.

        Raises:
            Unfit: when *kind* is not a plain word, *at* has no zone or *body* is not JSON.
        """
        secret = secrets.token_bytes(SECRET_SIZE)
        plain = dict(body)
        try:
            encode = encoder_for(plain)
            data = encode(plain)
            root = commit(plain, secret, encode).hex()
        except (ValueError, TypeError, OverflowError, RecursionError) as error:
            raise Unfit(f"a {kind} that cannot be recorded: {error}") from error
        said = Statement(kind, at, root, self.log, self.place.seq, self.place.prev, self.saw)
        envelope = sign(encode_statement(said), self.signer)
        self.place = Place(self.place.seq + 1, digest(envelope))
        return Said(envelope, data, secret)
