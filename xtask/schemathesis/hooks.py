"""Lets schemathesis speak of what is in the store: most questions by chance find nothing."""

import json
import os
import zlib

import schemathesis

with open(os.environ["ZHIHENG_SEED"], encoding="utf-8") as file:
    SEED = json.load(file)


def known(path, name):
    """What is known of a parameter by its name and its operation."""
    if name == "id" and "/batches/" in path:
        return SEED["batch"]
    if name == "id" and "/trace/" in path:
        return SEED["thing"]
    if name == "id" and "/cases/" in path:
        return SEED["case"]
    if name == "id" and "/procedures/" in path:
        return SEED["procedure"]
    if name == "id" and path.endswith("/attachments/{attachment}"):
        return SEED["attached"]
    if name == "id" and "/jobs/" in path:
        return SEED["stream"]
    if name == "id" and path.endswith("/subjects"):
        return SEED["subject"]
    return SEED.get(name)


@schemathesis.hook
def before_load_schema(context, raw_schema):
    bodies = {
        "/api/v1/records": SEED["drafts"],
        "/api/v1/withdrawals": [{"target": SEED["id"][0], "reason": "sent twice"}],
        "/api/v1/cases/{id}/steps": [{"step": "accept", "form": {"accepted_on": "2026-05-04"}}],
        "/api/v1/erasures": [{"person": SEED["person"], "reason": "asked for"}],
    }
    for path, operations in raw_schema["paths"].items():
        for operation in operations.values():
            for parameter in operation.get("parameters", []):
                values = known(path, parameter["name"])
                if isinstance(values, list):
                    named = {f"known-{at}": {"value": v} for at, v in enumerate(values)}
                    parameter["examples"] = named
            content = operation.get("requestBody", {}).get("content", {})
            if "application/json" in content and path in bodies:
                named = {f"known-{at}": {"value": v} for at, v in enumerate(bodies[path])}
                content["application/json"]["examples"] = named


def some_known(context, parameters):
    """Every second value by chance becomes one that is known; the same one each time."""
    for name, value in list((parameters or {}).items()):
        values = known(context.operation.path, name)
        chance = zlib.crc32(repr(value).encode("utf-8", "replace"))
        if isinstance(values, list) and chance % 2 == 0:
            parameters[name] = values[chance // 2 % len(values)]
    return parameters


@schemathesis.hook
def map_path_parameters(context, path_parameters):
    return some_known(context, path_parameters)


@schemathesis.hook
def map_query(context, query):
    return some_known(context, query)
