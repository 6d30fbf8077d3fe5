"""Sends records, a batch, a correction, a withdrawal, an erasure, a file and an event, and writes down their ids.

    seed.py BASE TOKEN OUT

What is written to OUT is what the other two scripts fill parameters with.
"""

import json
import os
import sys
import time

import requests

MAKER = "uscc:91350200776049653A"
THING = "https://id.gs1.org/01/06901234567892/21/1"
EVENT = {
    "@context": ["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"],
    "type": "ObjectEvent",
    "eventTime": "2026-03-01T08:00:00+08:00",
    "eventTimeZoneOffset": "+08:00",
    "action": "ADD",
    "bizStep": "commissioning",
    "epcList": [THING],
    "readPoint": {"id": "https://id.gs1.org/414/4012345000054"},
}


def new_id():
    """A UUID of version 7 (RFC 9562, section 5.7)."""
    random = bytearray(os.urandom(10))
    random[0] = 0x70 | random[0] & 0x0F
    random[2] = 0x80 | random[2] & 0x3F
    digits = (int(time.time() * 1000).to_bytes(6, "big") + bytes(random)).hex()
    return "-".join([digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]])


def opinion(number, **more):
    return {
        "id": new_id(),
        "kind": "public-opinion",
        "subjects": [{"role": "organization", "id": MAKER}],
        "region": "420100",
        "valid_at": "2026-05-02T09:00:00+08:00",
        "source": "press",
        "open": {
            "url": f"https://press.example/{number}",
            "source_type": "newspaper",
            "published_at": "2026-05-01T08:00:00+08:00",
            "title": f"Item {number}",
        },
        **more,
    }


def complaint(number, person):
    return {
        "id": new_id(),
        "kind": "complaint",
        "subjects": [{"role": "respondent", "id": MAKER}],
        "region": "420100",
        "valid_at": "2026-05-02T09:00:00+08:00",
        "source": "hotline",
        "open": {"number": f"C-{number}", "channel": "hotline-12315", "category": "quality"},
        "personal": [
            {"person": person, "fields": {"text": "水壶漏水", "complainant_name": "张三"}}
        ],
    }


def main(base, token, out):
    session = requests.Session()
    session.headers["Authorization"] = f"Bearer {token}"

    def send(path, body, **params):
        answer = session.post(base + path, json=body, params=params, timeout=60)
        if answer.status_code != 201:
            sys.exit(f"POST {path}: {answer.status_code} {answer.text}")
        return answer.json()

    single = opinion(1)
    send("/api/v1/records", single)
    corrected = opinion(1, corrects=single["id"])
    send("/api/v1/records", corrected)
    batch = new_id()
    send("/api/v1/records", [opinion(n) for n in range(2, 12)], batch=batch)
    taken_back = new_id()
    send("/api/v1/records", [opinion(n) for n in range(12, 15)], batch=taken_back)
    send("/api/v1/withdrawals", {"target": taken_back, "reason": "sent twice"})
    kept, erased = complaint(1, "p-1"), complaint(2, "p-2")
    send("/api/v1/records", [kept, erased])
    read = session.get(f"{base}/api/v1/records/{erased['id']}", timeout=60).json()
    person = next(part["person"] for part in read["personal"])
    erasure = send("/api/v1/erasures", {"person": person, "reason": "asked for"})
    of_product = opinion(16)
    of_product["subjects"].append({"role": "product", "id": "gtin:6901234567892"})
    of_product_id = of_product["id"]
    send("/api/v1/records", of_product)
    stream = new_id()
    answer = session.post(
        f"{base}/api/v1/records",
        data="".join(json.dumps(opinion(n), ensure_ascii=False) + "\n" for n in range(18, 20)).encode(),
        headers={"Content-Type": "application/x-ndjson"},
        params={"batch": stream},
        timeout=60,
    )
    if answer.status_code != 201:
        sys.exit(f"a stream: {answer.status_code} {answer.text}")
    answer = session.post(
        f"{base}/api/v1/records/{of_product_id}/attachments",
        data=b"%PDF-1.7 as printed",
        params={"name": "page.pdf"},
        timeout=60,
    )
    if answer.status_code != 201:
        sys.exit(f"a file: {answer.status_code} {answer.text}")
    known = answer.json()["position"] + 1
    listed = session.get(
        f"{base}/api/v1/records/{of_product_id}/attachments", params={"known": known}, timeout=60
    )
    attachment = listed.json()["attachments"][0]["file"].rsplit("/", 1)[-1]
    answer = session.post(f"{base}/epcis/events", json=EVENT, timeout=60)
    if answer.status_code != 201:
        sys.exit(f"an event: {answer.status_code} {answer.text}")
    # The last of them under a checkpoint, so that there are proofs of all.
    last = opinion(15)
    send("/api/v1/records", last, wait="signed")

    log = session.get(f"{base}/api/v1/log", timeout=60).json()["logs"][-1]
    full, rest = divmod(log["size"], 256)
    tile = "000" if full else f"000.p/{rest}"
    seed = {
        "id": [single["id"], corrected["id"], kept["id"], erased["id"], erasure["receipt"]["id"]],
        "batch": [batch, taken_back],
        "case": [kept["id"]],
        "procedure": ["complaint", "penalty"],
        "stream": [stream],
        "attached": [of_product_id],
        "attachment": [attachment],
        "thing": [THING],
        "kind": ["public-opinion", "complaint", "foreign-alert", "inspection"],
        "subject": [MAKER, "https://id.gs1.org/01/06901234567892"],
        "number": [log["number"]],
        "tile": [f"0/{tile}", f"entries/{tile}"],
        "person": person,
        "filter": ["source_type == 'newspaper'"],
        # Not sent yet, and without ids, so that the server makes them.
        "drafts": [
            {key: value for key, value in draft.items() if key != "id"}
            for draft in (opinion(17), complaint(3, "p-3"))
        ],
    }
    with open(out, "w", encoding="utf-8") as file:
        json.dump(seed, file, ensure_ascii=False)


main(*sys.argv[1:])
