"""Calls every GET operation with what is in the store: each is to answer 2xx, and to fit its schema.

    gets.py BASE TOKEN SEED

A line `GET PATH: good` or `GET PATH: FAILED, why` for each operation.
"""

import json
import sys
from itertools import product
from urllib.parse import quote, urlencode

import jsonschema_rs
import requests


def known(seed, path, name):
    if name == "id" and "/batches/" in path:
        return seed["batch"]
    if name == "id" and "/trace/" in path:
        return seed["thing"]
    if name == "id" and "/cases/" in path:
        return seed["case"]
    if name == "id" and "/procedures/" in path:
        return seed["procedure"]
    if name == "id" and path.endswith("/attachments/{attachment}"):
        return seed["attached"]
    if name == "id" and "/jobs/" in path:
        return seed["stream"]
    if name == "id" and path.endswith(("/subjects", "/archives")):
        return seed["subject"]
    return seed[name]


def fault_of(answer, responses, document):
    """What is wrong with an answer, if anything."""
    if not 200 <= answer.status_code < 300:
        return f"{answer.status_code} {answer.text[:300]}"
    told = responses.get(str(answer.status_code))
    if told is None:
        return f"{answer.status_code} is not told"
    media = answer.headers.get("Content-Type", "").split(";")[0]
    content = told.get("content", {})
    if media not in content:
        return f"{media} is not told, but {', '.join(content)}"
    if "json" not in media:
        return None if answer.content else "nothing in it"
    schema = {**content[media].get("schema", {}), "components": document["components"]}
    validator = jsonschema_rs.Draft202012Validator(schema)
    errors = [f"{list(e.instance_path)}: {e.message}" for e in validator.iter_errors(answer.json())]
    return "; ".join(errors[:5]) or None


def main(base, token, seed):
    with open(seed, encoding="utf-8") as file:
        seed = json.load(file)
    document = requests.get(base + "/api/v1/openapi.json", timeout=60).json()
    headers = {"Authorization": f"Bearer {token}"}
    good = True
    for path, operations in document["paths"].items():
        operation = operations.get("get")
        if operation is None:
            continue
        needed = [p for p in operation.get("parameters", []) if p.get("required")]
        values = product(*(known(seed, path, p["name"]) for p in needed))
        faults = []
        for chosen in values:
            url, query = base + path, {}
            for parameter, value in zip(needed, chosen):
                if parameter["in"] == "path":
                    # A tile is several segments; all else is one.
                    safe = "/" if parameter["name"] == "tile" else ""
                    url = url.replace("{%s}" % parameter["name"], quote(str(value), safe=safe))
                else:
                    query[parameter["name"]] = value
            url += "?" + urlencode(query) if query else ""
            fault = fault_of(requests.get(url, headers=headers, timeout=60), operation["responses"], document)
            if fault:
                faults.append(f"curl -H 'Authorization: Bearer …' '{url}' -> {fault}")
        print(f"GET {path}: " + ("FAILED, " + " | ".join(faults) if faults else "good"), flush=True)
        good = good and not faults
    sys.exit(0 if good else 1)


main(*sys.argv[1:])
