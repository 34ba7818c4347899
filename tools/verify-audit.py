#!/usr/bin/env python3
"""Checks an exported audit ledger (JSON Lines) without the program that wrote it. Python 3.8 or newer, nothing else.

    verify-audit.py EXPORT.jsonl [--key PUBLIC.pem] [--checkpoints CHECKPOINTS.jsonl]

--key          the public key of the checkpoints ("audit key" prints it; have it from somebody else than the file). Several may be in one file.
--checkpoints  the checkpoints kept outside the database: what they signed must be in the export, as they signed it.

Exit code 0: verified. 1: not. 2: wrong usage. docs/audit.md says what is computed here, and what it proves.
"""
import argparse
import base64
import hashlib
import json
import re
import sys

# NIST P-256 (FIPS 186-4, D.1.2.3)
P = 0xFFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF
N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
B = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
G = (0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
     0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5)
# A public key on it as SubjectPublicKeyInfo: these bytes, then x and y.
SPKI = bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d03010703420004")


class Broken(Exception):
    """The ledger is not what was written."""


def add(a, b):
    if a is None or b is None:
        return a or b
    if a[0] == b[0]:
        if (a[1] + b[1]) % P == 0:
            return None
        slope = (3 * a[0] * a[0] - 3) * pow(2 * a[1], P - 2, P)
    else:
        slope = (b[1] - a[1]) * pow(b[0] - a[0], P - 2, P)
    x = (slope * slope - a[0] - b[0]) % P
    return x, (slope * (a[0] - x) - a[1]) % P


def times(k, point):
    result = None
    while k:
        if k & 1:
            result = add(result, point)
        point = add(point, point)
        k >>= 1
    return result


def signed(key, statement, signature):
    """ECDSA with SHA-256; the signature is r and s, 32 bytes each."""
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    if len(signature) != 64 or not (0 < r < N and 0 < s < N):
        return False
    e, w = int.from_bytes(hashlib.sha256(statement).digest(), "big"), pow(s, N - 2, N)
    point = add(times(e * w % N, G), times(r * w % N, key))
    return point is not None and point[0] % N == r


def read_keys(path):
    keys = {}
    with open(path, encoding="ascii") as file:
        for block in re.findall("-----BEGIN PUBLIC KEY-----(.*?)-----END", file.read(), re.S):
            spki = base64.b64decode("".join(block.split()))
            x, y = int.from_bytes(spki[27:59], "big"), int.from_bytes(spki[59:], "big")
            if spki[:27] != SPKI or len(spki) != 91 or (y * y - x * x * x + 3 * x - B) % P:
                raise SystemExit(f"{path}: not a public key on P-256")
            keys[hashlib.sha256(spki).hexdigest()[:16]] = (x, y)
    if not keys:
        raise SystemExit(f"{path}: there is no public key in it")
    return keys


def canonical(heading, *fields):
    """The heading and the fields, a line each: a minus for what is not there, else the length in bytes, a colon and the text."""
    lines = [heading.encode() + b"\n"]
    for field in fields:
        value = None if field is None else str(field).encode()
        lines.append(b"-\n" if value is None else b"%d:%s\n" % (len(value), value))
    return b"".join(lines)


def check_values(event, salt, commitment, *names):
    """What may be erased is there with its salt and fits its commitment, or is gone with it."""
    values = [event.get(name) for name in names]
    if event.get(salt) is None:
        return all(value is None for value in values)
    return hashlib.sha256(bytes.fromhex(event[salt]) + canonical("audit-values-1", *values)).hexdigest() == event.get(commitment)


def digest(event):
    return hashlib.sha256(canonical("audit-event-1", *(event.get(name) for name in (
        "at", "name", "outcome", "actorKind", "actorId", "actorSessionId", "ipNetwork", "subjectId", "sessionId",
        "originCommitment", "reasonCommitment")))).digest()


def statement(checkpoint):
    return canonical("audit-checkpoint-1", *(checkpoint[name] for name in ("kind", "number", "hash", "at", "keyId")))


def check_signature(checkpoint, keys):
    key = keys.get(checkpoint["keyId"])
    if key is None or not signed(key, statement(checkpoint), bytes.fromhex(checkpoint["signature"])):
        raise Broken(f"the checkpoint at event {checkpoint['number']} is not signed by a key that was given (it says {checkpoint['keyId']})")


def check_event(event, number, before):
    if event["number"] == 0:
        raise Broken(f"an event that has no place in the ledger was inserted ({event['at']}, {event['name']})")
    if event["number"] != number + 1:
        raise Broken(f"event {number + 1} is missing: after {number} comes {event['number']}")
    if not (check_values(event, "originSalt", "originCommitment", "ipAddress", "userAgent")
            and check_values(event, "reasonSalt", "reasonCommitment", "reason")):
        raise Broken(f"event {event['number']} was changed: where it came from, or its reason")
    linked = hashlib.sha256(before + event["number"].to_bytes(8, "big") + digest(event)).digest()
    if linked.hex() != event["hash"]:
        raise Broken(f"event {event['number']} is not what stood here: an event was changed, exchanged, inserted or removed")
    return event["number"], linked


def outside(path, keys):
    """Checkpoints of the file beside the database, by number; a line that a crash left unfinished is none."""
    found = {}
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            try:
                checkpoint = json.loads(line)
            except ValueError:
                continue
            if keys:
                check_signature(checkpoint, keys)
            found[checkpoint["number"]] = checkpoint["hash"]
    return found


def verify(lines, keys, expected):
    number, last, events, start, end = 0, bytes(32), 0, 0, None
    for line in lines:
        entry = json.loads(line)
        end = entry if entry["type"] == "checkpoint" else None
        if end is None:
            number, last = check_event(entry, number, last)
            events += 1
            if expected.get(number, entry["hash"]) != entry["hash"]:
                raise Broken(f"the ledger up to event {number} is not the one that was signed: it was rewritten")
            continue
        if keys:
            check_signature(entry, keys)
        if events == 0 and entry["kind"] == "Retention":
            number, last, start = entry["number"], bytes.fromhex(entry["hash"]), entry["number"]
        if entry["number"] != number or entry["hash"] != last.hex():
            raise Broken(f"the checkpoint of event {entry['number']} does not fit what is before it")
    if keys and (end is None or end["kind"] != "Export"):
        raise Broken(f"the file ends after event {number} without the checkpoint that closes an export: its end was removed")
    if expected and max(expected) > number:
        raise Broken(f"events {number + 1} to at least {max(expected)} were removed from the end: a checkpoint has signed them")
    return events, start, number, end


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("export")
    parser.add_argument("--key")
    parser.add_argument("--checkpoints")
    arguments = parser.parse_args()
    keys = read_keys(arguments.key) if arguments.key else {}
    try:
        expected = outside(arguments.checkpoints, keys) if arguments.checkpoints else {}
        with open(arguments.export, encoding="utf-8") as lines:
            events, start, number, end = verify(lines, keys, expected)
    except (Broken, KeyError, TypeError, ValueError) as problem:
        print(f"NOT VERIFIED: {problem if isinstance(problem, Broken) else 'a line is not one of an export: ' + repr(problem)}")
        return 1
    after = f" after event {start}" if start else ""
    proof = f"exported and signed at {end['at']}" if keys else "signatures were not checked: give --key"
    print(f"VERIFIED: {events} events{after}, up to event {number}; {proof}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
