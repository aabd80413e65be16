-- Version 2: a restart goes on with ids and clock (continuation), states are kept by name (snapshot), targets have
-- a health that is judged, and a file says that it is ours, so that no other SQLite file is taken for a state.
-- What is new as a whole needs no word here: after the migrations every table, index and trigger of the
-- schema that a file lacks is made. A migration is for what is there already.
PRAGMA application_id = 1281455203;

ALTER TABLE target ADD COLUMN health TEXT;
ALTER TABLE target ADD COLUMN streak INTEGER NOT NULL DEFAULT 0;
ALTER TABLE target ADD COLUMN judged_ms INTEGER;
ALTER TABLE target ADD COLUMN failing INTEGER NOT NULL DEFAULT 0;

-- A target group that a rule forwards to counts as in use since the rule was made.
ALTER TABLE rule_forward ADD COLUMN used_ms INTEGER NOT NULL DEFAULT 0;
UPDATE rule_forward SET used_ms = (SELECT created_ms FROM resource WHERE seq = rule_forward.rule);
