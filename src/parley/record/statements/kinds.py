"""Who may say what: the one table of kinds × roles, and the forms of the public kinds' bodies.

Roles: the centre's `desk`; the desk of a `party`; a `person` (or device) whose key a party's or the centre's desk has
certified. A party's key and its persons' speak for their own side alone: where a row says *whose*, the body's `side`
must be the sender's. Bodies of *public* kinds are for everybody, and mirrors check them; those of the other kinds are
checked by whoever may read them. A new kind is a new row.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from parley.record.errors import Damaged, Unfit
from parley.record.formats.note import decode_verifier_key
from parley.record.formats.policy import decode_policy

DESK, PARTY, PERSON = "desk", "party", "person"
CENTRE = "centre"
"""The side of the desk and of those whom it certifies."""

CHARTER = "charter"
POLICY = "policy"
KEY_EVENT = "key-event"
ENDORSEMENT = "endorsement"
SHRED_NOTICE = "shred-notice"
RECEIPT = "receipt"
OVERDUE = "overdue"
RELEASE = "release"
FAULT_ACCEPTED = "fault-accepted"
PUBLIC = (CHARTER, POLICY, KEY_EVENT, ENDORSEMENT, SHRED_NOTICE)


class Rule(NamedTuple):
    """The *roles* that may say a kind; with *whose*, a party's side only for itself: the body's `side` is the sender's,
    or with *nameless* none at all."""

    roles: frozenset[str]
    whose: bool = False
    nameless: bool = False


_DESK = Rule(frozenset({DESK}))
_ANYBODY = frozenset({DESK, PARTY, PERSON})
_WORDS = Rule(_ANYBODY, whose=True)  # what was seen or heard, by whoever saw or heard it

RULES: Mapping[str, Rule] = {
    CHARTER: _DESK,
    POLICY: _DESK,
    KEY_EVENT: Rule(frozenset({DESK, PARTY})),
    ENDORSEMENT: Rule(frozenset({PARTY})),
    SHRED_NOTICE: _DESK,
    "terms-version": _DESK,
    "input": Rule(_ANYBODY, whose=True, nameless=True),
    "report": _WORDS,
    "withdrawal": _WORDS,
    "input-part": Rule(_ANYBODY),
    "act": _WORDS,
    "established": _DESK,
    "place": _DESK,
    "source": _DESK,
    "judgement": _DESK,
    "weighing": _DESK,
    "review": _DESK,
    "model-proposal": _DESK,
    "publication": _DESK,
    RELEASE: _DESK,
    OVERDUE: _DESK,
    RECEIPT: Rule(frozenset({PARTY})),
    FAULT_ACCEPTED: Rule(frozenset({PARTY, DESK})),
}


def why_not(role: str, side: str, kind: str, body: Mapping[str, Any] | None) -> str:
    """Return why a key of *role* and *side* may not say *kind* with *body* (None: it cannot be read here), or ""."""
    rule = RULES.get(kind)
    if rule is None:
        return f"no statement is called {kind!r}"
    if role not in rule.roles:
        return f"the key of a {role} may not make a {kind}"
    if rule.whose and side != CENTRE and body is not None:
        said = body.get("side")
        if said != side and not (said is None and rule.nameless):
            return f"a key of {side} speaks for {side} alone"
    return ""


def has_form(kind: str) -> bool:
    """Whether the form of a kind's bodies is known here: of all public kinds, and of what the record says of itself."""
    return kind in _FORMS


def check_form(kind: str, body: Mapping[str, Any]) -> None:
    """Check the form of a body of a kind that has one here; bodies of other kinds are the caller's to check.

    Raises:
        Unfit: it says what is wrong.
    """
    form = _FORMS.get(kind)
    if form is None:
        return
    try:
        form(body)
    except (Damaged, KeyError, TypeError, ValueError, AttributeError) as error:
        what = f"{error.args[0]!r} is missing" if isinstance(error, KeyError) else str(error)
        raise Unfit(f"not the body of a {kind}: {what}") from error


def _members(body: Mapping[str, Any], needed: Mapping[str, type], allowed: Mapping[str, type] | None = None) -> None:
    """Check that *body* has the members *needed*, may have those *allowed*, and no other, each of its type."""
    known = {**(allowed or {}), **needed}
    for name, value in body.items():
        if name not in known:
            raise Damaged(f"{name!r} is no member of it")
        if type(value) is not known[name]:
            raise Damaged(f"{name!r} is not of its type")
    for name in needed:
        if name not in body:
            raise Damaged(f"{name!r} is missing")


def _charter(body: Mapping[str, Any]) -> None:
    """`desk` (its first key), `parties` (side → names, keys), `k`, `shredding` (rule → kinds, days), `succeeds` (the
    log that this one goes on from: origin, key, size, root), and whatever else the centre says of itself."""
    if "desk" in body:
        decode_verifier_key(body["desk"])
    if "succeeds" in body:
        _members(body["succeeds"], {"origin": str, "key": str, "size": int, "root": str})
    parties = body.get("parties", {})
    for side, party in parties.items():
        if side in ("", CENTRE) or not side.isprintable():
            raise Damaged(f"{side!r} cannot name a party")
        _members(party, {"keys": list}, {"names": list})
    keys = [decode_verifier_key(key).digest for party in parties.values() for key in party["keys"]]
    if len(set(keys)) != len(keys):
        raise Damaged("a key is that of one party, and named once")
    k = body.get("k", len(parties))
    if type(k) is not int or not 0 <= k <= len(parties) or (parties and k == 0):
        raise Damaged(f"k is from 1 to the number of parties, not {k!r}")
    for rule in body.get("shredding", {}).values():
        _members(rule, {"kinds": list, "days": int})
        if rule["days"] < 0 or not all(type(kind) is str for kind in rule["kinds"]):
            raise Damaged("a rule for shredding has kinds, and days from 0 on")


def _policy(body: Mapping[str, Any]) -> None:
    _members(body, {"text": str})
    decode_policy(body["text"].encode())


def _key_event(body: Mapping[str, Any]) -> None:
    events: dict[Any, Callable[[], None]] = {
        "register": lambda: _members(
            body, {"event": str, "vkey": str, "role": str, "side": str}, {"recipient": str, "handles": str}
        ),
        "certify": lambda: _members(body, {"event": str, "vkey": str, "name": str}),
        "revoke": lambda: _members(body, {"event": str, "key": str, "reason": str}),
        "lost": lambda: _members(body, {"event": str, "key": str, "reason": str}, {"next": str}),
        "rotate": lambda: _members(body, {"event": str, "vkey": str}),  # of the log's key: `keys/log.history` proves it
    }
    check = events.get(body["event"])
    if check is None:
        raise Damaged(f"{body['event']!r} is no event of a key")
    check()
    for name in ("vkey", "next"):
        if name in body:
            decode_verifier_key(body[name])
    if body["event"] == "register":
        if (body["role"], body["side"] == CENTRE) not in ((DESK, True), (PARTY, False)):
            raise Damaged("a key is registered for the centre's desk, or for a party")
        if not body["side"] or not body["side"].isprintable():
            raise Damaged(f"{body['side']!r} cannot name a side")


def _endorsement(body: Mapping[str, Any]) -> None:
    _members(body, {"entry": int, "envelope": str})
    if body["entry"] < 0:
        raise Damaged("an entry's number is 0 or more")


def _shred_notice(body: Mapping[str, Any]) -> None:
    _members(body, {"entries": list, "reason": str}, {"rule": str})
    if not body["entries"] or not all(type(one) is int and one >= 0 for one in body["entries"]):
        raise Damaged("a notice names entries by their numbers")
    if body["entries"] != sorted(set(body["entries"])):
        raise Damaged("the entries of a notice stand in order, each once")


def _receipt(body: Mapping[str, Any]) -> None:
    _members(body, {"entry": int, "leaf": str})


def _overdue(body: Mapping[str, Any]) -> None:
    _members(body, {"cosigner": str, "size": int})


def _release(body: Mapping[str, Any]) -> None:
    _members(body, {"entry": int, "fields": list, "files": list, "to": str})


def _fault_accepted(body: Mapping[str, Any]) -> None:
    _members(body, {"alarm": int, "part": str, "says": str, "by": str, "reason": str}, {"entry": int})


_FORMS: Mapping[str, Callable[[Mapping[str, Any]], None]] = {
    CHARTER: _charter,
    POLICY: _policy,
    KEY_EVENT: _key_event,
    ENDORSEMENT: _endorsement,
    SHRED_NOTICE: _shred_notice,
    RECEIPT: _receipt,
    OVERDUE: _overdue,
    RELEASE: _release,
    FAULT_ACCEPTED: _fault_accepted,
}
