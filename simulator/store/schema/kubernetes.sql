-- Objects of the fake Kubernetes API, as documents: their schemas are data of common/kube, not columns.

CREATE TABLE kube_object (
    seq        INTEGER PRIMARY KEY AUTOINCREMENT,
    uid        TEXT NOT NULL UNIQUE,
    resource   TEXT NOT NULL,    -- "httproutes.gateway.networking.k8s.io"
    namespace  TEXT NOT NULL,    -- "" for cluster-scoped kinds
    name       TEXT NOT NULL,
    version    INTEGER NOT NULL, -- metadata.resourceVersion of the last write
    body       TEXT NOT NULL     -- the whole object as JSON
) STRICT;
CREATE UNIQUE INDEX kube_object_name ON kube_object (resource, namespace, name);
-- The few objects that have owners, so that a deletion does not look through all.
CREATE INDEX kube_object_owned ON kube_object (seq) WHERE instr(body, '"ownerReferences"') > 0;
CREATE INDEX kube_object_namespace ON kube_object (namespace) WHERE namespace <> '';

-- What watches still can replay. version is the resourceVersion of the change; the oldest rows go first.
CREATE TABLE kube_change (
    version   INTEGER PRIMARY KEY,
    resource  TEXT NOT NULL,
    namespace TEXT NOT NULL,
    name      TEXT NOT NULL,
    type      TEXT NOT NULL,     -- ADDED, MODIFIED, DELETED; COMPACTED: of nothing, versions go on from here
    body      TEXT NOT NULL,     -- the object after the change (before it, for DELETED)
    before    TEXT               -- the object before it; NULL for ADDED. Selectors compare the two
) STRICT;
