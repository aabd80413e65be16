-- VPC Lattice resources. The schema is the specification: what may not be deleted while something uses it
-- is a foreign key that restricts, what goes with its parent cascades, what must be unique is a unique
-- index. Names of indexes and texts of triggers are rule ids that simulator/engine/rules.c explains.

-- What every resource has. Children (listener of a service, rule of a listener) go with their parent.
CREATE TABLE resource (
    seq             INTEGER PRIMARY KEY AUTOINCREMENT, -- order of creation; list pages follow it
    id              TEXT NOT NULL UNIQUE,
    arn             TEXT NOT NULL UNIQUE,
    kind            TEXT NOT NULL,                     -- as in the ARN: service, servicenetwork, …
    account         TEXT NOT NULL,
    region          TEXT NOT NULL,
    parent          INTEGER REFERENCES resource (seq) ON DELETE CASCADE,
    name            TEXT,
    status          TEXT,                              -- NULL for kinds without a status
    due_ms          INTEGER,                           -- when an …_IN_PROGRESS status ends
    failure_code    TEXT,
    failure_message TEXT,
    was_tagged      INTEGER NOT NULL DEFAULT 0,        -- the tagging API lists what is or was tagged
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
-- What a tag was before it changed; written only while GetResources lags behind (--tagging-delay).
CREATE TABLE tag_past (
    seq      INTEGER PRIMARY KEY AUTOINCREMENT,
    resource INTEGER NOT NULL REFERENCES resource (seq) ON DELETE CASCADE,
    key      TEXT NOT NULL,
    value    TEXT,            -- NULL: there was none
    until_ms INTEGER NOT NULL -- when it changed
) STRICT;
CREATE INDEX tag_past_resource ON tag_past (resource, key, until_ms);
CREATE INDEX tag_past_until ON tag_past (until_ms);

CREATE TRIGGER tag_marks_resource AFTER INSERT ON tag BEGIN
    UPDATE resource SET was_tagged = 1 WHERE seq = NEW.resource AND was_tagged = 0;
END;

-- A transition that shall fail: the next one of a kind (resource is NULL), or the one under way of a resource.
-- Whatever begins a transition takes the oldest that waits for it, so that no handler has to know.
CREATE TABLE failure (
    seq      INTEGER PRIMARY KEY AUTOINCREMENT,
    account  TEXT NOT NULL,
    region   TEXT NOT NULL,
    kind     TEXT NOT NULL,
    status   TEXT NOT NULL, -- in which the transition ends: CREATE_FAILED, …
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
    DELETE FROM failure WHERE resource = NEW.seq; -- of the transition that this one cuts short
    UPDATE failure SET resource = NEW.seq WHERE seq =
        (SELECT min(seq) FROM failure WHERE resource IS NULL
         AND account = NEW.account AND region = NEW.region AND kind = NEW.kind
         AND status = replace(NEW.status, '_IN_PROGRESS', '_FAILED'));
END;

-- What is shared with another account, as RAM would. An ended share stays: it tells that there may be
-- associations across accounts.
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

-- Neither end can go while the association exists, in whatever status it is.
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
    vpc_home            TEXT NOT NULL, -- account and Region in which the VPC id is looked up
    security_groups     TEXT NOT NULL, -- JSON array of ids
    private_dns_enabled INTEGER NOT NULL,
    dns_options         TEXT,          -- JSON object as the API shows it
    created_by          TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX vpc_association_vpc ON vpc_association (vpc_home, vpc_id);
CREATE INDEX vpc_association_network ON vpc_association (network);

-- What a VPC endpoint of the other side is connected to; EC2 makes these, here the admin API does.
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
    subnet_ids             TEXT NOT NULL,    -- JSON array of ids
    security_groups        TEXT NOT NULL,    -- JSON array of ids
    ip_address_type        TEXT NOT NULL,
    ipv4_addresses_per_eni INTEGER NOT NULL, -- 0: none (IPV6)
    dns_resolution         TEXT NOT NULL
) STRICT;
CREATE INDEX resource_gateway_vpc ON resource_gateway (vpc_id);

CREATE TABLE domain_verification (
    seq              INTEGER PRIMARY KEY REFERENCES resource (seq) ON DELETE CASCADE,
    txt_name         TEXT NOT NULL,
    txt_value        TEXT NOT NULL,
    last_verified_ms INTEGER
) STRICT;

-- The gateway, the group and the verified domain cannot go while a configuration leans on them.
CREATE TABLE resource_configuration (
    seq                 INTEGER PRIMARY KEY REFERENCES resource (seq) ON DELETE CASCADE,
    type                TEXT NOT NULL,
    gateway             INTEGER NOT NULL REFERENCES resource (seq) ON DELETE RESTRICT,
    config_group        INTEGER REFERENCES resource (seq) ON DELETE RESTRICT, -- of a CHILD
    domain_verification INTEGER REFERENCES resource (seq) ON DELETE RESTRICT,
    port_ranges         TEXT NOT NULL, -- JSON array
    protocol            TEXT NOT NULL,
    definition          TEXT,          -- JSON object as the API shows it; NULL for a GROUP
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

-- Its source (service, service network or resource configuration) is its parent: it goes with it.
CREATE TABLE access_log_subscription (
    seq              INTEGER PRIMARY KEY REFERENCES resource (seq) ON DELETE CASCADE,
    source           INTEGER NOT NULL REFERENCES resource (seq) ON DELETE CASCADE,
    destination_type TEXT NOT NULL, -- logs, firehose or s3, as in the ARN
    destination_arn  TEXT NOT NULL,
    log_type         TEXT           -- of a service network; else NULL
) STRICT;
CREATE UNIQUE INDEX access_log_subscription_slot
    ON access_log_subscription (source, destination_type, ifnull(log_type, ''));

-- Policies belong to the resource that they speak of and go with it.
CREATE TABLE auth_policy (
    resource   INTEGER PRIMARY KEY REFERENCES resource (seq) ON DELETE CASCADE,
    policy     TEXT NOT NULL, -- byte for byte as it was given
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
    port             INTEGER NOT NULL, -- 0: none (LAMBDA)
    protocol         TEXT,
    protocol_version TEXT,
    ip_address_type  TEXT,
    vpc_id           TEXT,
    lambda_version   TEXT,
    health_check     TEXT              -- JSON object as the API shows it; NULL for LAMBDA and ALB
) STRICT;

CREATE TABLE target (
    seq           INTEGER PRIMARY KEY AUTOINCREMENT,
    target_group  INTEGER NOT NULL REFERENCES resource (seq) ON DELETE CASCADE,
    target_id     TEXT NOT NULL,
    port          INTEGER NOT NULL, -- 0: none (LAMBDA)
    registered_ms INTEGER NOT NULL,
    drained_ms    INTEGER,          -- when draining ends; NULL: not draining
    health        TEXT,             -- by the checks up to judged_ms; NULL: still INITIAL
    streak        INTEGER NOT NULL DEFAULT 0, -- checks in a row that speak against it
    judged_ms     INTEGER,          -- NULL: never
    failing       INTEGER NOT NULL DEFAULT 0  -- what its checks say from then on
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

-- The default action of a listener is the action of its default rule.
CREATE TABLE rule (
    seq          INTEGER PRIMARY KEY REFERENCES resource (seq) ON DELETE CASCADE,
    service      INTEGER NOT NULL REFERENCES resource (seq) ON DELETE CASCADE,
    listener     INTEGER NOT NULL REFERENCES resource (seq) ON DELETE CASCADE,
    is_default   INTEGER NOT NULL,
    priority     INTEGER NOT NULL,
    match        TEXT,            -- JSON object as the API shows it; NULL for the default rule
    fixed_status INTEGER NOT NULL -- 0: the action forwards to rule_forward
) STRICT;
CREATE UNIQUE INDEX rule_priority ON rule (listener, priority);
CREATE UNIQUE INDEX rule_default ON rule (listener) WHERE is_default = 1;
CREATE INDEX rule_service ON rule (service);

-- A target group cannot go while a rule forwards to it.
CREATE TABLE rule_forward (
    seq          INTEGER PRIMARY KEY AUTOINCREMENT,
    rule         INTEGER NOT NULL REFERENCES resource (seq) ON DELETE CASCADE,
    service      INTEGER NOT NULL REFERENCES resource (seq) ON DELETE CASCADE,
    position     INTEGER NOT NULL,
    target_group INTEGER NOT NULL REFERENCES resource (seq) ON DELETE RESTRICT,
    identifier   TEXT NOT NULL,   -- id or ARN, echoed as it was sent
    weight       INTEGER NOT NULL,
    used_ms      INTEGER NOT NULL -- since when the target group has been in use without a gap
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

-- Values that differ from the documented defaults (simulator/engine/quota.c).
CREATE TABLE quota (
    account TEXT NOT NULL,
    region  TEXT NOT NULL,
    code    TEXT NOT NULL,
    value   INTEGER NOT NULL,
    PRIMARY KEY (account, region, code)
) STRICT;

-- What a create call with this clientToken asked for and was answered.
CREATE TABLE idempotency (
    account   TEXT NOT NULL,
    region    TEXT NOT NULL,
    operation TEXT NOT NULL,
    token     TEXT NOT NULL,
    input     TEXT NOT NULL,
    output    TEXT NOT NULL,
    PRIMARY KEY (account, region, operation, token)
) STRICT;
