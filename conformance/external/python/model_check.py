"""Holds every answer that a boto3 client gets against botocore's own model: members, types, words, lengths,
patterns. botocore itself takes what it finds and drops the rest."""

import json
import re

FORMAT_OF_TIMES = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z")  # of rest-json answers
# What the service tells against its own model (observed): an empty list of headers, the default rule's priority.
SIZES_BESIDE = {"HeaderMatchList": 0, "RulePriority": 99999}
WORDS_BESIDE = {"KeyAlgorithm": {"RSA-2048", "RSA-1024", "RSA-3072", "RSA-4096"}}  # as ACM's reference shows answers
OUTSIDE_OF_BODIES = ("header", "headers", "statusCode")


class Mismatch(AssertionError):
    """An answer is not as the model says."""


def check_structure(shape, value, path, protocol):
    body = {name: member for name, member in shape.members.items()
            if member.serialization.get("location") not in OUTSIDE_OF_BODIES}
    names = {member.serialization.get("name", name): name for name, member in body.items()}
    unknown = set(value) - set(names)
    if unknown:
        raise Mismatch(f"{path}: the model has no {sorted(unknown)}")
    missing = [name for name in shape.required_members if name in body
               and body[name].serialization.get("name", name) not in value]
    if missing:
        raise Mismatch(f"{path}: {missing} is not there")
    if getattr(shape, "is_tagged_union", False) and len(value) != 1:
        raise Mismatch(f"{path}: {sorted(value)} are not one member of a union")
    for name, member in value.items():
        check(body[names[name]], member, f"{path}.{name}", protocol)


def check_size(shape, size, path):
    if SIZES_BESIDE.get(shape.name) == size:
        return
    low, high = shape.metadata.get("min"), shape.metadata.get("max")
    if (low is not None and size < low) or (high is not None and size > high):
        raise Mismatch(f"{path}: {size} is not from {low} to {high}")


def check_text(shape, value, path):
    check_size(shape, len(value), path)
    if shape.enum and value not in shape.enum and value not in WORDS_BESIDE.get(shape.name, ()):
        raise Mismatch(f"{path}: {value} is none of {shape.enum}")
    pattern = shape.metadata.get("pattern", "")
    if r"\p{" not in pattern and not re.search(pattern, value):  # Python knows no properties of characters
        raise Mismatch(f"{path}: {value} does not match {pattern}")


def check_time(value, path, protocol):
    holds = (isinstance(value, str) and FORMAT_OF_TIMES.fullmatch(value) if protocol == "rest-json"
             else isinstance(value, (int, float)) and not isinstance(value, bool))
    if not holds:
        raise Mismatch(f"{path}: {value} is no time")


TYPES = {"structure": dict, "map": dict, "list": list, "string": str, "integer": int, "long": int, "boolean": bool,
         "double": (int, float), "float": (int, float)}


def check(shape, value, path, protocol):
    kind = shape.type_name
    if kind == "timestamp":
        check_time(value, path, protocol)
        return
    if not isinstance(value, TYPES[kind]) or (kind != "boolean" and isinstance(value, bool)):
        raise Mismatch(f"{path}: {value!r} is no {kind}")
    if kind == "structure":
        check_structure(shape, value, path, protocol)
    elif kind == "list":
        check_size(shape, len(value), path)
        for index, item in enumerate(value):
            check(shape.member, item, f"{path}[{index}]", protocol)
    elif kind == "map":
        check_size(shape, len(value), path)
        for name, item in value.items():
            check(shape.key, name, f"{path}.{name}", protocol)
            check(shape.value, item, f"{path}.{name}", protocol)
    elif kind == "string":
        check_text(shape, value, path)
    elif kind in ("integer", "long"):
        check_size(shape, value, path)


def error_shape(operation, response):
    """The shape of the exception that an answer names; None for those of the front door."""
    code = response["headers"].get("x-amzn-errortype")
    return next((shape for shape in operation.error_shapes if shape.name == code), None)


def check_answer(operation_model, response_dict, **_):
    protocol = operation_model.service_model.resolved_protocol
    failed = response_dict["status_code"] >= 300
    shape = error_shape(operation_model, response_dict) if failed else operation_model.output_shape
    if protocol not in ("rest-json", "json") or shape is None or not response_dict["body"]:
        return
    body = json.loads(response_dict["body"])
    check(shape, body, operation_model.name + (f" {shape.name}" if failed else ""), protocol)


def watch(client):
    """From now on an answer to the client that breaks the model is an error of its caller."""
    client.meta.events.register("before-parse", check_answer)
    return client
