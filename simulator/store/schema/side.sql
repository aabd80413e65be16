-- What the AWS services beside VPC Lattice keep: access keys, certificates, VPCs, tags of EC2, requests for
-- more quota, tokens of instance metadata.

-- Access keys that differ from the built-in ones (simulator/engine/credential.c). Those with an end are
-- sessions of a role.
CREATE TABLE credential (
    seq           INTEGER PRIMARY KEY AUTOINCREMENT,
    access_key    TEXT NOT NULL UNIQUE,
    secret_key    TEXT NOT NULL,
    session_token TEXT,
    account       TEXT NOT NULL,
    arn           TEXT NOT NULL,
    user_id       TEXT NOT NULL,
    expires_ms    INTEGER
) STRICT;
CREATE INDEX credential_session ON credential (arn, expires_ms) WHERE expires_ms IS NOT NULL;

CREATE TABLE certificate (
    seq           INTEGER PRIMARY KEY AUTOINCREMENT,
    arn           TEXT NOT NULL UNIQUE,
    account       TEXT NOT NULL,
    region        TEXT NOT NULL,
    domain_name   TEXT NOT NULL,
    alternatives  TEXT NOT NULL, -- JSON array of names, the first one included
    status        TEXT NOT NULL,
    type          TEXT NOT NULL,
    key_algorithm TEXT NOT NULL, -- RSA_2048
    tags          TEXT NOT NULL, -- JSON object
    serial        TEXT NOT NULL,
    created_ms    INTEGER NOT NULL,
    not_after_ms  INTEGER NOT NULL
) STRICT;
CREATE INDEX certificate_list ON certificate (account, region, seq);

CREATE TABLE vpc (
    seq        INTEGER PRIMARY KEY AUTOINCREMENT,
    account    TEXT NOT NULL,
    region     TEXT NOT NULL,
    vpc_id     TEXT NOT NULL,
    cidr_block TEXT NOT NULL,
    is_default INTEGER NOT NULL,
    UNIQUE (account, region, vpc_id)
) STRICT;

-- What other services have or lack, as far as it was said (simulator/engine/outside.h). What is not said exists.
CREATE TABLE outside (
    seq       INTEGER PRIMARY KEY AUTOINCREMENT,
    account   TEXT NOT NULL,
    region    TEXT NOT NULL,
    kind      TEXT NOT NULL, -- VPC, LOG_GROUP: as in resourceType
    reference TEXT NOT NULL, -- id or ARN; '*' is every other one of the kind
    state     TEXT NOT NULL CHECK (state IN ('exists', 'missing', 'denied')),
    UNIQUE (account, region, kind, reference)
) STRICT;

CREATE TABLE ec2_tag (
    seq           INTEGER PRIMARY KEY AUTOINCREMENT,
    account       TEXT NOT NULL,
    region        TEXT NOT NULL,
    resource_id   TEXT NOT NULL,
    resource_type TEXT NOT NULL,
    key           TEXT NOT NULL,
    value         TEXT NOT NULL,
    UNIQUE (account, region, resource_id, key)
) STRICT;

-- One open request for each quota of an account and Region.
CREATE TABLE quota_request (
    seq        INTEGER PRIMARY KEY AUTOINCREMENT,
    id         TEXT NOT NULL UNIQUE,
    account    TEXT NOT NULL,
    region     TEXT NOT NULL,
    code       TEXT NOT NULL,
    value      INTEGER NOT NULL,
    status     TEXT NOT NULL, -- PENDING, APPROVED, DENIED
    requester  TEXT NOT NULL, -- ARN
    created_ms INTEGER NOT NULL,
    updated_ms INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX quota_request_open ON quota_request (account, region, code) WHERE status = 'PENDING';

CREATE TABLE metadata_token (
    seq        INTEGER PRIMARY KEY AUTOINCREMENT,
    token      TEXT NOT NULL UNIQUE,
    expires_ms INTEGER NOT NULL
) STRICT;
