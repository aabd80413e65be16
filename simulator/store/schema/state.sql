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

-- Whole states by name, as export documents. They are not part of an export.
CREATE TABLE snapshot (
    seq       INTEGER PRIMARY KEY AUTOINCREMENT,
    name      TEXT NOT NULL UNIQUE,
    is_branch INTEGER NOT NULL, -- the head of a branch that is not worked on, saved when it was left
    saved_ms  INTEGER NOT NULL,
    document  TEXT NOT NULL
) STRICT;
