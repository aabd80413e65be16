"""Runs the flows (flows/README.md) with boto3.   usage: flows.py FLOWS UNIQUE"""

import functools
import sys

import boto3
import flow
import model_check
from botocore import xform_name
from botocore.config import Config
from botocore.exceptions import ClientError

NAMES = {"tagging": "resourcegroupstaggingapi"}


@functools.cache
def client(service, access_key=None, secret=None, token=None):
    return model_check.watch(boto3.client(
        NAMES.get(service, service), config=Config(retries={"max_attempts": 1}),
        aws_access_key_id=access_key, aws_secret_access_key=secret, aws_session_token=token))


def call(service, operation, given, page_size, keys):
    made = client(service, *(keys.get(name) for name in flow.KEYS)) if keys else client(service)
    try:
        if page_size:
            pages = made.get_paginator(xform_name(operation))
            return pages.paginate(PaginationConfig={"PageSize": page_size}, **given).build_full_result()
        return getattr(made, xform_name(operation))(**given)
    except ClientError as met:
        code = met.response["Error"]["Code"]
        if not isinstance(met, getattr(made.exceptions, code, ClientError)):  # the front door's are no classes
            raise AssertionError(f"{code} is no exception class of the client") from met
        raise flow.Refused(code, {"message": met.response["Error"]["Message"]} | met.response) from met


if __name__ == "__main__":
    sys.exit(flow.main(sys.argv[1:], call))
