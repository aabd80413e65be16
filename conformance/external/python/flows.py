"""Runs the flows (flows/README.md) with boto3.   usage: flows.py FLOWS UNIQUE"""

import functools
import sys

import boto3
import flow
from botocore import xform_name
from botocore.config import Config
from botocore.exceptions import ClientError

NAMES = {"tagging": "resourcegroupstaggingapi"}


@functools.cache
def client(service):
    return boto3.client(NAMES.get(service, service), config=Config(retries={"max_attempts": 1}))


def call(service, operation, given, page_size):
    made = client(service)
    try:
        if page_size:
            pages = made.get_paginator(xform_name(operation))
            return pages.paginate(PaginationConfig={"PageSize": page_size}, **given).build_full_result()
        return getattr(made, xform_name(operation))(**given)
    except ClientError as met:
        code = met.response["Error"]["Code"]
        if not isinstance(met, getattr(made.exceptions, code, ())):
            raise AssertionError(f"{code} is no exception class of the client") from met
        raise flow.Refused(code, {"message": met.response["Error"]["Message"]} | met.response) from met


if __name__ == "__main__":
    sys.exit(flow.main(sys.argv[1:], call))
