-- A state as version 1 wrote it: its schema, frozen, and a few rows. Never changed: migrations start from here.
CREATE TABLE resource (
    seq             INTEGER PRIMARY KEY AUTOINCREMENT,
    id              TEXT NOT NULL UNIQUE,
    arn             TEXT NOT NULL UNIQUE,
    kind            TEXT NOT NULL,
    account         TEXT NOT NULL,
    region          TEXT NOT NULL,
    parent          INTEGER REFERENCES resource (seq) ON DELETE CASCADE,
    name            TEXT,
    status          TEXT,
    due_ms          INTEGER,
    failure_code    TEXT,
    failure_message TEXT,
    was_tagged      INTEGER NOT NULL DEFAULT 0,
    created_ms      INTEGER NOT NULL,
    updated_ms      INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX resource_name ON resource (account, region, kind, ifnull(parent, 0), name)
    WHERE name IS NOT NULL;
CREATE INDEX resource_list ON resource (account, region, kind, seq);
CREATE INDEX resource_children ON resource (parent, kind, seq) WHERE parent IS NOT NULL;
CREATE INDEX resource_due ON resource (due_ms) WHERE due_ms IS NOT NULL;
CREATE TABLE tag (
    resource INTEGER NOT NULL REFERENCES resource (seq) ON DELETE CASCADE,
    key      TEXT NOT NULL,
    value    TEXT NOT NULL,
    PRIMARY KEY (resource, key)
) STRICT;
CREATE INDEX tag_key ON tag (key, value);
CREATE TRIGGER tag_marks_resource AFTER INSERT ON tag BEGIN
    UPDATE resource SET was_tagged = 1 WHERE seq = NEW.resource AND was_tagged = 0;
END;
CREATE TABLE service_network (
    seq             INTEGER PRIMARY KEY REFERENCES resource (seq) ON DELETE CASCADE,
    auth_type       TEXT NOT NULL,
    sharing_enabled INTEGER NOT NULL
) STRICT;
CREATE TABLE service (
    seq                INTEGER PRIMARY KEY REFERENCES resource (seq) ON DELETE CASCADE,
    auth_type          TEXT NOT NULL,
    custom_domain_name TEXT,
    certificate_arn    TEXT,
    dns_name           TEXT NOT NULL,
    hosted_zone_id     TEXT NOT NULL
) STRICT;
CREATE TABLE service_association (
    seq        INTEGER PRIMARY KEY REFERENCES resource (seq) ON DELETE CASCADE,
    service    INTEGER NOT NULL REFERENCES resource (seq) ON DELETE RESTRICT,
    network    INTEGER NOT NULL REFERENCES resource (seq) ON DELETE RESTRICT,
    created_by TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX service_association_pair ON service_association (service, network);
CREATE INDEX service_association_network ON service_association (network);
CREATE TABLE vpc_association (
    seq                 INTEGER PRIMARY KEY REFERENCES resource (seq) ON DELETE CASCADE,
    network             INTEGER NOT NULL REFERENCES resource (seq) ON DELETE RESTRICT,
    vpc_id              TEXT NOT NULL,
    vpc_home            TEXT NOT NULL,
    security_groups     TEXT NOT NULL,
    private_dns_enabled INTEGER NOT NULL,
    dns_options         TEXT,
    created_by          TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX vpc_association_vpc ON vpc_association (vpc_home, vpc_id);
CREATE INDEX vpc_association_network ON vpc_association (network);
CREATE TABLE target_group (
    seq              INTEGER PRIMARY KEY REFERENCES resource (seq) ON DELETE CASCADE,
    type             TEXT NOT NULL,
    port             INTEGER NOT NULL,
    protocol         TEXT,
    protocol_version TEXT,
    ip_address_type  TEXT,
    vpc_id           TEXT,
    lambda_version   TEXT,
    health_check     TEXT
) STRICT;
CREATE TABLE target (
    seq           INTEGER PRIMARY KEY AUTOINCREMENT,
    target_group  INTEGER NOT NULL REFERENCES resource (seq) ON DELETE CASCADE,
    target_id     TEXT NOT NULL,
    port          INTEGER NOT NULL,
    registered_ms INTEGER NOT NULL,
    drained_ms    INTEGER
) STRICT;
CREATE UNIQUE INDEX target_pair ON target (target_group, target_id, port);
CREATE INDEX target_drained ON target (drained_ms) WHERE drained_ms IS NOT NULL;
CREATE TABLE listener (
    seq      INTEGER PRIMARY KEY REFERENCES resource (seq) ON DELETE CASCADE,
    service  INTEGER NOT NULL REFERENCES resource (seq) ON DELETE CASCADE,
    protocol TEXT NOT NULL,
    port     INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX listener_port ON listener (service, port);
CREATE TABLE rule (
    seq          INTEGER PRIMARY KEY REFERENCES resource (seq) ON DELETE CASCADE,
    service      INTEGER NOT NULL REFERENCES resource (seq) ON DELETE CASCADE,
    listener     INTEGER NOT NULL REFERENCES resource (seq) ON DELETE CASCADE,
    is_default   INTEGER NOT NULL,
    priority     INTEGER NOT NULL,
    match        TEXT,
    fixed_status INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX rule_priority ON rule (listener, priority);
CREATE UNIQUE INDEX rule_default ON rule (listener) WHERE is_default = 1;
CREATE INDEX rule_service ON rule (service);
CREATE TABLE rule_forward (
    seq          INTEGER PRIMARY KEY AUTOINCREMENT,
    rule         INTEGER NOT NULL REFERENCES resource (seq) ON DELETE CASCADE,
    service      INTEGER NOT NULL REFERENCES resource (seq) ON DELETE CASCADE,
    position     INTEGER NOT NULL,
    target_group INTEGER NOT NULL REFERENCES resource (seq) ON DELETE RESTRICT,
    identifier   TEXT NOT NULL,
    weight       INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX rule_forward_position ON rule_forward (rule, position);
CREATE INDEX rule_forward_target_group ON rule_forward (target_group, service);
CREATE INDEX rule_forward_service ON rule_forward (service, target_group);
CREATE TRIGGER target_group_has_one_service BEFORE INSERT ON rule_forward
WHEN EXISTS (SELECT 1 FROM rule_forward f
             WHERE f.target_group = NEW.target_group AND f.service <> NEW.service)
BEGIN
    SELECT RAISE(ABORT, 'target_group_has_one_service');
END;
CREATE TABLE quota (
    account TEXT NOT NULL,
    region  TEXT NOT NULL,
    code    TEXT NOT NULL,
    value   INTEGER NOT NULL,
    PRIMARY KEY (account, region, code)
) STRICT;
CREATE TABLE idempotency (
    account   TEXT NOT NULL,
    region    TEXT NOT NULL,
    operation TEXT NOT NULL,
    token     TEXT NOT NULL,
    input     TEXT NOT NULL,
    output    TEXT NOT NULL,
    PRIMARY KEY (account, region, operation, token)
) STRICT;
CREATE TABLE kube_object (
    seq        INTEGER PRIMARY KEY AUTOINCREMENT,
    uid        TEXT NOT NULL UNIQUE,
    resource   TEXT NOT NULL,
    namespace  TEXT NOT NULL,
    name       TEXT NOT NULL,
    version    INTEGER NOT NULL,
    body       TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX kube_object_name ON kube_object (resource, namespace, name);
CREATE INDEX kube_object_namespace ON kube_object (namespace) WHERE namespace <> '';
CREATE TABLE kube_change (
    version   INTEGER PRIMARY KEY,
    resource  TEXT NOT NULL,
    namespace TEXT NOT NULL,
    name      TEXT NOT NULL,
    type      TEXT NOT NULL,
    body      TEXT NOT NULL,
    before    TEXT
) STRICT;
INSERT INTO resource VALUES
    (1, 'svc-01', 'arn:aws:vpc-lattice:us-east-2:123456789012:service/svc-01', 'service', '123456789012', 'us-east-2',
     NULL, 'orders', 'ACTIVE', NULL, NULL, NULL, 1, 7, 8),
    (2, 'tg-01', 'arn:aws:vpc-lattice:us-east-2:123456789012:targetgroup/tg-01', 'targetgroup', '123456789012',
     'us-east-2', NULL, 'legacy', 'ACTIVE', NULL, NULL, NULL, 0, 7, 7);
INSERT INTO service VALUES (1, 'NONE', NULL, NULL, 'orders.example', 'Z1');
INSERT INTO target_group VALUES (2, 'IP', 80, 'HTTP', 'HTTP1', 'IPV4', 'vpc-1', NULL, '{"enabled":true}');
INSERT INTO target VALUES (1, 2, '10.0.0.1', 8080, 7, NULL);
INSERT INTO tag VALUES (1, 'team', 'shop');
INSERT INTO quota VALUES ('123456789012', 'us-east-2', 'L-CF78395E', 20);
INSERT INTO kube_object VALUES (1, 'uid-1', 'namespaces', '', 'default', 1, '{"metadata":{"name":"default"}}');
PRAGMA user_version = 1;
