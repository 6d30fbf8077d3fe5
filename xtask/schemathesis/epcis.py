"""EPCIS over HTTP against the description that GS1 published: events are captured, each GET operation is
to answer 2xx and to fit its schema, so are capture and subscription; and a description is written that
schemathesis reads without the network.

    epcis.py BASE TOKEN SPECIFICATION OUT

A line `METHOD PATH: good` or `METHOD PATH: FAILED, why` for each operation.
"""

import http.server
import json
import os
import sys
import threading
import time
from urllib.parse import quote

import jsonschema_rs
import requests

STUB = "https://gs1.github.io/EPCIS/REST%20Bindings/JSON-Schema-Stub.json#/definitions/"
PREFIX = "epcis-"
EPC = "https://id.gs1.org/01/04012345111118/21/7"
PLACE = "https://id.gs1.org/414/4012345000054"
EVENT = {
    "@context": ["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"],
    "type": "ObjectEvent",
    "eventID": "urn:uuid:8c1ae5a2-8b1f-4e07-9f7d-3a2f6d2b7c10",
    "eventTime": "2024-03-01T08:00:00+08:00",
    "eventTimeZoneOffset": "+08:00",
    "action": "OBSERVE",
    "bizStep": "shipping",
    "disposition": "in_transit",
    "epcList": [EPC],
    "readPoint": {"id": PLACE},
    "bizLocation": {"id": PLACE},
}


def local(node):
    """References to the schema of events, of which a copy lies with the components."""
    if isinstance(node, dict):
        return {
            key: value.replace(STUB, "#/components/schemas/" + PREFIX).replace(
                "#/definitions/", "#/components/schemas/" + PREFIX
            ).replace("%40context", "context")
            if key == "$ref" and isinstance(value, str)
            else local(value)
            for key, value in node.items()
        }
    if isinstance(node, list):
        return [local(value) for value in node]
    return node


def description(folder):
    with open(os.path.join(folder, "REST_Bindings", "openapi.json"), encoding="utf-8") as file:
        document = local(json.load(file))
    with open(os.path.join(folder, "EPCIS-JSON-Schema.json"), encoding="utf-8") as file:
        definitions = json.load(file)["definitions"]
    for name, schema in definitions.items():
        document["components"]["schemas"][PREFIX + name.lstrip("@")] = local(schema)
    document["servers"] = [{"url": "/epcis"}]
    schemas = document["components"]["schemas"]
    for name, schema in schemas.items():
        # A grammar that is no regular expression of any dialect that validators know.
        if name.startswith("GS1-Query"):
            schema.pop("pattern", None)
    # What is an event of one type is, but for the format of a text, an extended one too.
    schemas["EPCISEvent"]["anyOf"] = schemas["EPCISEvent"].pop("oneOf")
    # A disposition is a bare word in its own example, so it is no URI: no value fits both.
    document["components"]["parameters"]["Disposition"]["schema"].pop("format")
    # The status in the body of a conflict is misprinted as 406.
    conflict = document["components"]["responses"]["409ResourceAlreadyExistsException"]
    for media in conflict["content"].values():
        for schema in media["schema"]["allOf"]:
            schema.get("properties", {}).pop("status", None)
    return document


def resolved(node, document):
    while isinstance(node, dict) and str(node.get("$ref", "")).startswith("#/"):
        target = document
        for step in node["$ref"][2:].split("/"):
            target = target[step.replace("~1", "/").replace("~0", "~")]
        node = target
    return node


def fault_of(answer, operation, document):
    if not 200 <= answer.status_code < 300:
        return f"{answer.status_code} {answer.text[:300]}"
    told = operation["responses"].get(str(answer.status_code))
    if told is None:
        return f"{answer.status_code} is not told"
    content = resolved(told, document).get("content", {})
    media = answer.headers.get("Content-Type", "").split(";")[0]
    if not content:
        return None
    if media not in content:
        return f"{media} is not told, but {', '.join(content)}"
    schema = {**content[media].get("schema", {}), "components": document["components"]}
    validator = jsonschema_rs.Draft7Validator(schema, validate_formats=True)
    errors = [f"{list(e.instance_path)}: {e.message[:200]}" for e in validator.iter_errors(answer.json())]
    return "; ".join(errors[:5]) or None


class Receiver(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_):
        pass


def main(base, token, folder, out):
    document = description(folder)
    with open(out, "w", encoding="utf-8") as file:
        json.dump(document, file)
    headers = {"Authorization": f"Bearer {token}"}
    good = True

    def tell(method, path, fault):
        nonlocal good
        good = good and not fault
        print(f"{method} /epcis{path}: " + (f"FAILED, {fault}" if fault else "good"), flush=True)

    def ask(method, path, template, **more):
        answer = requests.request(method, base + "/epcis" + path, headers=headers, timeout=60, **more)
        operation = document["paths"][template][method.lower()]
        tell(method, template, fault_of(answer, operation, document))
        return answer

    whole = {**{k: EVENT[k] for k in ["@context"]}, "type": "EPCISDocument", "schemaVersion": "2.0",
             "creationDate": "2024-03-01T09:00:00Z",
             "epcisBody": {"eventList": [{k: v for k, v in EVENT.items() if k not in ("@context", "eventID")}]}}
    ask("POST", "/events", "/events", json=EVENT)
    captured = ask("POST", "/capture", "/capture", json=whole)
    place = captured.headers.get("Location", "")
    for _ in range(100):
        if not requests.get(base + place, headers=headers, timeout=60).json()["running"]:
            break
        time.sleep(0.1)
    ask("POST", "/queries", "/queries", json={"name": "mine", "query": {"EQ_bizStep": ["shipping"]}})
    receiver = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=receiver.serve_forever, daemon=True).start()
    terms = {"dest": f"http://127.0.0.1:{receiver.server_port}/told", "signatureToken": "s", "stream": True}
    subscribed = ask("POST", "/queries/mine/subscriptions", "/queries/{queryName}/subscriptions", json=terms)
    known = {
        "captureID": place.rsplit("/", 1)[-1],
        "eventID": EVENT["eventID"],
        "eventType": "ObjectEvent",
        "epc": EPC,
        "bizStep": "shipping",
        "disposition": "in_transit",
        "readPoint": PLACE,
        "bizLocation": PLACE,
        "queryName": "mine",
        "subscriptionID": subscribed.json().get("subscriptionID", ""),
        "token": "nothing",
    }
    time.sleep(1)
    for template, operations in document["paths"].items():
        path = template
        for name, value in known.items():
            path = path.replace("{%s}" % name, quote(value, safe=""))
        for method in ("get", "options"):
            if method in operations:
                ask(method.upper(), path.rstrip("/") or "", template)
    ask("DELETE", "/nextPageToken/nothing", "/nextPageToken/{token}")
    sys.exit(0 if good else 1)


main(*sys.argv[1:])
