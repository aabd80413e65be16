-- A state as the first program of version 2 wrote it: its schema, frozen, and a few rows. It has none of the tables
-- and indexes that came later. Never changed: migrations start from here.
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
CREATE TABLE tag_past (
    seq      INTEGER PRIMARY KEY AUTOINCREMENT,
    resource INTEGER NOT NULL REFERENCES resource (seq) ON DELETE CASCADE,
    key      TEXT NOT NULL,
    value    TEXT,
    until_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX tag_past_resource ON tag_past (resource, key, until_ms);
CREATE INDEX tag_past_until ON tag_past (until_ms);
CREATE TRIGGER tag_marks_resource AFTER INSERT ON tag BEGIN
    UPDATE resource SET was_tagged = 1 WHERE seq = NEW.resource AND was_tagged = 0;
END;
CREATE TABLE failure (
    seq      INTEGER PRIMARY KEY AUTOINCREMENT,
    account  TEXT NOT NULL,
    region   TEXT NOT NULL,
    kind     TEXT NOT NULL,
    status   TEXT NOT NULL,
    code     TEXT NOT NULL,
    message  TEXT NOT NULL,
    resource INTEGER REFERENCES resource (seq) ON DELETE CASCADE
) STRICT;
CREATE INDEX failure_waiting ON failure (kind, status, seq) WHERE resource IS NULL;
CREATE UNIQUE INDEX failure_resource ON failure (resource) WHERE resource IS NOT NULL;
CREATE TRIGGER creation_takes_failure AFTER INSERT ON resource WHEN NEW.due_ms IS NOT NULL BEGIN
    UPDATE failure SET resource = NEW.seq WHERE seq =
        (SELECT min(seq) FROM failure WHERE resource IS NULL
         AND account = NEW.account AND region = NEW.region AND kind = NEW.kind
         AND status = CASE NEW.status WHEN 'PENDING' THEN 'VERIFICATION_TIMED_OUT'
                      ELSE replace(NEW.status, '_IN_PROGRESS', '_FAILED') END);
END;
CREATE TRIGGER transition_takes_failure AFTER UPDATE OF status ON resource
WHEN NEW.due_ms IS NOT NULL AND NEW.status IS NOT OLD.status BEGIN
    DELETE FROM failure WHERE resource = NEW.seq;
    UPDATE failure SET resource = NEW.seq WHERE seq =
        (SELECT min(seq) FROM failure WHERE resource IS NULL
         AND account = NEW.account AND region = NEW.region AND kind = NEW.kind
         AND status = replace(NEW.status, '_IN_PROGRESS', '_FAILED'));
END;
CREATE TABLE share (
    seq      INTEGER PRIMARY KEY AUTOINCREMENT,
    resource INTEGER NOT NULL REFERENCES resource (seq) ON DELETE CASCADE,
    account  TEXT NOT NULL,
    ended_ms INTEGER
) STRICT;
CREATE UNIQUE INDEX share_pair ON share (resource, account);
CREATE INDEX share_account ON share (account);
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
CREATE TABLE network_endpoint (
    seq             INTEGER PRIMARY KEY AUTOINCREMENT,
    id              TEXT NOT NULL UNIQUE,
    network         INTEGER NOT NULL REFERENCES resource (seq) ON DELETE RESTRICT,
    vpc_endpoint_id TEXT NOT NULL UNIQUE,
    vpc_id          TEXT NOT NULL,
    owner           TEXT NOT NULL,
    created_ms      INTEGER NOT NULL
) STRICT;
CREATE INDEX network_endpoint_network ON network_endpoint (network, seq);
CREATE TABLE resource_gateway (
    seq                    INTEGER PRIMARY KEY REFERENCES resource (seq) ON DELETE CASCADE,
    vpc_id                 TEXT NOT NULL,
    subnet_ids             TEXT NOT NULL,
    security_groups        TEXT NOT NULL,
    ip_address_type        TEXT NOT NULL,
    ipv4_addresses_per_eni INTEGER NOT NULL,
    dns_resolution         TEXT NOT NULL
) STRICT;
CREATE INDEX resource_gateway_vpc ON resource_gateway (vpc_id);
CREATE TABLE domain_verification (
    seq              INTEGER PRIMARY KEY REFERENCES resource (seq) ON DELETE CASCADE,
    txt_name         TEXT NOT NULL,
    txt_value        TEXT NOT NULL,
    last_verified_ms INTEGER
) STRICT;
CREATE TABLE resource_configuration (
    seq                 INTEGER PRIMARY KEY REFERENCES resource (seq) ON DELETE CASCADE,
    type                TEXT NOT NULL,
    gateway             INTEGER NOT NULL REFERENCES resource (seq) ON DELETE RESTRICT,
    config_group        INTEGER REFERENCES resource (seq) ON DELETE RESTRICT,
    domain_verification INTEGER REFERENCES resource (seq) ON DELETE RESTRICT,
    port_ranges         TEXT NOT NULL,
    protocol            TEXT NOT NULL,
    definition          TEXT,
    allow_shareable     INTEGER NOT NULL,
    custom_domain_name  TEXT,
    group_domain        TEXT
) STRICT;
CREATE INDEX resource_configuration_gateway ON resource_configuration (gateway);
CREATE INDEX resource_configuration_group ON resource_configuration (config_group);
CREATE INDEX resource_configuration_domain ON resource_configuration (domain_verification);
CREATE TABLE resource_association (
    seq                 INTEGER PRIMARY KEY REFERENCES resource (seq) ON DELETE CASCADE,
    configuration       INTEGER NOT NULL REFERENCES resource (seq) ON DELETE RESTRICT,
    network             INTEGER NOT NULL REFERENCES resource (seq) ON DELETE RESTRICT,
    private_dns_enabled INTEGER NOT NULL,
    created_by          TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX resource_association_pair ON resource_association (configuration, network);
CREATE INDEX resource_association_network ON resource_association (network);
CREATE TABLE endpoint_association (
    seq             INTEGER PRIMARY KEY REFERENCES resource (seq) ON DELETE CASCADE,
    configuration   INTEGER NOT NULL REFERENCES resource (seq) ON DELETE RESTRICT,
    vpc_endpoint_id TEXT NOT NULL UNIQUE,
    owner           TEXT NOT NULL,
    created_by      TEXT NOT NULL
) STRICT;
CREATE INDEX endpoint_association_configuration ON endpoint_association (configuration);
CREATE TABLE access_log_subscription (
    seq              INTEGER PRIMARY KEY REFERENCES resource (seq) ON DELETE CASCADE,
    source           INTEGER NOT NULL REFERENCES resource (seq) ON DELETE CASCADE,
    destination_type TEXT NOT NULL,
    destination_arn  TEXT NOT NULL,
    log_type         TEXT
) STRICT;
CREATE UNIQUE INDEX access_log_subscription_slot
    ON access_log_subscription (source, destination_type, ifnull(log_type, ''));
CREATE TABLE auth_policy (
    resource   INTEGER PRIMARY KEY REFERENCES resource (seq) ON DELETE CASCADE,
    policy     TEXT NOT NULL,
    created_ms INTEGER NOT NULL,
    updated_ms INTEGER NOT NULL
) STRICT;
CREATE TABLE resource_policy (
    resource   INTEGER PRIMARY KEY REFERENCES resource (seq) ON DELETE CASCADE,
    policy     TEXT NOT NULL,
    created_ms INTEGER NOT NULL,
    updated_ms INTEGER NOT NULL
) STRICT;
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
    drained_ms    INTEGER,
    health        TEXT,
    streak        INTEGER NOT NULL DEFAULT 0,
    judged_ms     INTEGER,
    failing       INTEGER NOT NULL DEFAULT 0
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
    weight       INTEGER NOT NULL,
    used_ms      INTEGER NOT NULL
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
CREATE TABLE continuation (
    seq     INTEGER PRIMARY KEY CHECK (seq = 1),
    seed    INTEGER NOT NULL,
    rng_0   INTEGER NOT NULL,
    rng_1   INTEGER NOT NULL,
    rng_2   INTEGER NOT NULL,
    rng_3   INTEGER NOT NULL,
    time_ms INTEGER NOT NULL,
    branch  TEXT NOT NULL
) STRICT;
CREATE TABLE snapshot (
    seq       INTEGER PRIMARY KEY AUTOINCREMENT,
    name      TEXT NOT NULL UNIQUE,
    is_branch INTEGER NOT NULL,
    saved_ms  INTEGER NOT NULL,
    document  TEXT NOT NULL
) STRICT;
INSERT INTO resource VALUES
    (1, 'svc-01', 'arn:aws:vpc-lattice:us-east-2:123456789012:service/svc-01', 'service', '123456789012', 'us-east-2',
     NULL, 'orders', 'ACTIVE', NULL, NULL, NULL, 1, 7, 8),
    (2, 'tg-01', 'arn:aws:vpc-lattice:us-east-2:123456789012:targetgroup/tg-01', 'targetgroup', '123456789012',
     'us-east-2', NULL, 'legacy', 'ACTIVE', NULL, NULL, NULL, 0, 7, 7);
INSERT INTO service VALUES (1, 'NONE', NULL, NULL, 'orders.example', 'Z1');
INSERT INTO target_group VALUES (2, 'IP', 80, 'HTTP', 'HTTP1', 'IPV4', 'vpc-1', NULL, '{"enabled":true}');
INSERT INTO target VALUES (1, 2, '10.0.0.1', 8080, 7, NULL, 'HEALTHY', 0, 7, 0);
INSERT INTO tag VALUES (1, 'team', 'shop');
INSERT INTO quota VALUES ('123456789012', 'us-east-2', 'L-CF78395E', 20);
INSERT INTO kube_object VALUES (1, 'uid-1', 'namespaces', '', 'default', 1, '{"metadata":{"name":"default"}}');
INSERT INTO continuation VALUES (1, 7, 1, 2, 3, 4, 1704067200000, 'main');
INSERT INTO snapshot VALUES (1, 'before', 0, 7, '{"format":"lattice-lab-state","version":2,"tables":{}}');
PRAGMA application_id = 1281455203;
PRAGMA user_version = 2;
