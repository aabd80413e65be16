-- What the simulator itself goes on with after a restart, and the states that it keeps by name.

-- Where chance and time stand after the last commit: one row. Numbers of 64 bits are written in two's complement.
CREATE TABLE continuation (
    seq     INTEGER PRIMARY KEY CHECK (seq = 1),
    seed    INTEGER NOT NULL, -- what the ids began with; a reset begins with it again
    rng_0   INTEGER NOT NULL,
    rng_1   INTEGER NOT NULL,
    rng_2   INTEGER NOT NULL,
    rng_3   INTEGER NOT NULL,
    time_ms INTEGER NOT NULL, -- of the clock at that commit; a virtual one goes on from here
    branch  TEXT NOT NULL     -- the branch that is worked on
) STRICT;

-- What was set through the admin API over the flags (simulator/engine/setting.c).
CREATE TABLE setting (
    name  TEXT PRIMARY KEY NOT NULL, -- a kind with a delay, "tagging", "throttle_rate", "throttle_burst"
    value INTEGER NOT NULL
) STRICT;

-- Fault rules and how often they have matched and struck (simulator/engine/fault_state.c). In memory while the
-- program runs: the rows follow when a state is kept.
CREATE TABLE fault (
    seq      INTEGER PRIMARY KEY AUTOINCREMENT,
    document TEXT NOT NULL,    -- the rule as it was given
    matches  INTEGER NOT NULL,
    strikes  INTEGER NOT NULL
) STRICT;

-- Where the source of chance stands that fault rules draw from: one row, or none before the first draw.
CREATE TABLE fault_chance (
    seq   INTEGER PRIMARY KEY CHECK (seq = 1),
    rng_0 INTEGER NOT NULL,
    rng_1 INTEGER NOT NULL,
    rng_2 INTEGER NOT NULL,
    rng_3 INTEGER NOT NULL
) STRICT;

-- What a rule with stale reads remembers of each request.
CREATE TABLE stale_answer (
    seq          INTEGER PRIMARY KEY AUTOINCREMENT,
    fault        INTEGER NOT NULL REFERENCES fault (seq) ON DELETE CASCADE,
    request      TEXT NOT NULL,
    status       INTEGER NOT NULL,
    content_type TEXT,
    body         TEXT,
    headers      TEXT NOT NULL, -- JSON array of names and values in turn
    error        TEXT,          -- exception; NULL: none
    held_back    INTEGER NOT NULL
) STRICT;
CREATE INDEX stale_answer_fault ON stale_answer (fault);

-- Token buckets that are not full; seq is the bucket's place, from 1.
CREATE TABLE throttle_bucket (
    seq       INTEGER PRIMARY KEY,
    key       TEXT NOT NULL UNIQUE, -- account, Region and operation
    filled_ms INTEGER NOT NULL,
    millis    INTEGER NOT NULL      -- thousandths of a token
) STRICT;

-- Whole states by name, as export documents. They are not part of an export.
CREATE TABLE snapshot (
    seq       INTEGER PRIMARY KEY AUTOINCREMENT,
    name      TEXT NOT NULL UNIQUE,
    is_branch INTEGER NOT NULL, -- the head of a branch that is not worked on, saved when it was left
    saved_ms  INTEGER NOT NULL,
    document  TEXT NOT NULL
) STRICT;
