-- What is told of the bodies over time, and what the pages of a territory are made
-- of. It is all counted out of looks and verdicts, and written when a scan is kept,
-- so that a page only reads. A body number fits into an INTEGER, which SQLite finds
-- without an index when it is the key.

-- +goose Up
-- Lists read all bodies: their rows hold what lists show and nothing else.
CREATE TABLE documents (
  body     INTEGER NOT NULL PRIMARY KEY REFERENCES bodies (id),
  document TEXT    NOT NULL -- all that is known of it, as JSON
);
INSERT INTO documents (body, document) SELECT id, document FROM bodies;
ALTER TABLE bodies DROP COLUMN document;
-- These are those of the newest scan.
ALTER TABLE bodies ADD COLUMN taken          BIGINT NOT NULL DEFAULT 0;
ALTER TABLE bodies ADD COLUMN rules          TEXT   NOT NULL DEFAULT '';
ALTER TABLE bodies ADD COLUMN grade          TEXT   NOT NULL DEFAULT '';
ALTER TABLE bodies ADD COLUMN critical       BIGINT NOT NULL DEFAULT 0;
ALTER TABLE bodies ADD COLUMN high           BIGINT NOT NULL DEFAULT 0;
ALTER TABLE bodies ADD COLUMN medium         BIGINT NOT NULL DEFAULT 0;
ALTER TABLE bodies ADD COLUMN low            BIGINT NOT NULL DEFAULT 0;
ALTER TABLE bodies ADD COLUMN passed         BIGINT NOT NULL DEFAULT 0;
ALTER TABLE bodies ADD COLUMN inconclusive   BIGINT NOT NULL DEFAULT 0;
ALTER TABLE bodies ADD COLUMN not_applicable BIGINT NOT NULL DEFAULT 0;
-- These are counted out of its history.
ALTER TABLE bodies ADD COLUMN pending        BIGINT NOT NULL DEFAULT 0; -- changes that await a second look
ALTER TABLE bodies ADD COLUMN moved          BIGINT NOT NULL DEFAULT 0; -- when the newest change or expiry was confirmed
UPDATE bodies SET (taken, rules, grade, critical, high, medium, low, passed, inconclusive, not_applicable) =
  (SELECT taken, rules, grade, critical, high, medium, low, passed, inconclusive, not_applicable FROM scans WHERE scans.id = bodies.latest)
  WHERE latest <> 0;

CREATE TABLE failing (
  body INTEGER NOT NULL PRIMARY KEY REFERENCES bodies (id),
  list TEXT    NOT NULL -- a line for each rule that the newest scan fails: rule, severity, subjects
);

CREATE TABLE trends (
  body   INTEGER NOT NULL PRIMARY KEY REFERENCES bodies (id),
  packed BYTEA   NOT NULL -- its points and changes, as numbers
);

CREATE TABLE editions ( -- of the rules
  digest TEXT   NOT NULL PRIMARY KEY,
  since  BIGINT NOT NULL -- when it was first used
);

CREATE TABLE looks (
  scan    BIGINT NOT NULL REFERENCES scans (id),
  edition TEXT   NOT NULL REFERENCES editions (digest),
  body    BIGINT NOT NULL REFERENCES bodies (id),
  taken   BIGINT NOT NULL,
  hash    BYTEA  NOT NULL REFERENCES parts (hash),
  PRIMARY KEY (scan, edition)
);
CREATE INDEX looks_body ON looks (body, taken);
CREATE INDEX looks_hash ON looks (hash);

CREATE TABLE points (
  body           BIGINT NOT NULL REFERENCES bodies (id),
  place          BIGINT NOT NULL, -- in the list
  taken          BIGINT NOT NULL,
  edition        TEXT   NOT NULL,
  grade          TEXT   NOT NULL,
  critical       BIGINT NOT NULL,
  high           BIGINT NOT NULL,
  medium         BIGINT NOT NULL,
  low            BIGINT NOT NULL,
  passed         BIGINT NOT NULL,
  inconclusive   BIGINT NOT NULL,
  not_applicable BIGINT NOT NULL,
  unseen         BIGINT NOT NULL,
  unsteady       BIGINT NOT NULL,
  PRIMARY KEY (body, place)
);

CREATE TABLE changes (
  body      BIGINT NOT NULL REFERENCES bodies (id),
  place     BIGINT NOT NULL,
  rule      TEXT   NOT NULL,
  subject   TEXT   NOT NULL,
  kind      TEXT   NOT NULL,
  before    TEXT   NOT NULL, -- severity
  after     TEXT   NOT NULL,
  outcome   TEXT   NOT NULL,
  since     BIGINT NOT NULL,
  confirmed BIGINT NOT NULL, -- 0: it awaits its second look
  judged    BIGINT NOT NULL, -- when the rules that moved it were first used; 0: the town did
  PRIMARY KEY (body, place)
);

CREATE TABLE expiries (
  body      BIGINT NOT NULL REFERENCES bodies (id),
  place     BIGINT NOT NULL,
  subject   TEXT   NOT NULL,
  ends      TEXT   NOT NULL, -- the day
  since     BIGINT NOT NULL,
  confirmed BIGINT NOT NULL,
  PRIMARY KEY (body, place)
);

CREATE TABLE companies (
  body     BIGINT NOT NULL REFERENCES bodies (id),
  company  TEXT   NOT NULL, -- its name without case; empty: the body as a whole
  ids      TEXT   NOT NULL, -- of suppliers and platforms, with a space around each
  document TEXT   NOT NULL, -- what must be known to tell what it can put right, as JSON
  PRIMARY KEY (body, company)
);
CREATE INDEX companies_company ON companies (company, ids, body);

-- What was sent is summed up by day over all scans, whose rows are wide.
CREATE INDEX scans_sent ON scans (taken, body, queries, connections, requests, sent);

DROP INDEX supplied_supplier;
CREATE INDEX supplied_supplier ON supplied (role, supplier, body, name);
