-- One schema for SQLite and PostgreSQL. Times are seconds since 1970 in UTC, 0
-- where there is none. SQLite knows no type BYTEA and keeps such values as they
-- come, which is what is wanted.

-- +goose Up
CREATE TABLE counters (
  name TEXT   NOT NULL PRIMARY KEY,
  last BIGINT NOT NULL
);

CREATE TABLE bodies (
  id         BIGINT  NOT NULL PRIMARY KEY,
  identity   TEXT    NOT NULL UNIQUE, -- country and code of the register, or the domain
  country    TEXT    NOT NULL,
  code       TEXT    NOT NULL,
  name       TEXT    NOT NULL,
  domain     TEXT    NOT NULL,
  search     TEXT    NOT NULL, -- name and domain in small letters
  category   TEXT    NOT NULL,
  region     TEXT    NOT NULL,
  province   TEXT    NOT NULL,
  department TEXT    NOT NULL,
  association TEXT   NOT NULL,
  population BIGINT  NOT NULL,
  successor  BIGINT  NOT NULL, -- the body that it was merged into; 0: it stands
  document   TEXT    NOT NULL, -- all that is known of it, as JSON
  latest     BIGINT  NOT NULL, -- the newest scan; 0: none
  changes    BIGINT  NOT NULL  -- counts what was written for it, and locks it meanwhile
);
CREATE INDEX bodies_domain ON bodies (domain);
CREATE INDEX bodies_name ON bodies (name, id);
CREATE INDEX bodies_successor ON bodies (successor) WHERE successor <> 0;

CREATE TABLE runs (
  id      BIGINT NOT NULL PRIMARY KEY,
  name    TEXT   NOT NULL,
  began   BIGINT NOT NULL,
  ended   BIGINT NOT NULL
);

CREATE TABLE run_bodies (
  run   BIGINT NOT NULL REFERENCES runs (id),
  body  BIGINT NOT NULL REFERENCES bodies (id),
  state TEXT   NOT NULL, -- waiting, done or failed
  scan  BIGINT NOT NULL, -- 0: none yet
  changed BIGINT NOT NULL,
  note  TEXT   NOT NULL,
  PRIMARY KEY (run, body)
);
CREATE INDEX run_bodies_state ON run_bodies (run, state);

CREATE TABLE parts (
  hash   BYTEA   NOT NULL PRIMARY KEY, -- SHA-256 of the content
  base   BYTEA,                        -- the part that it leans on
  size   BIGINT  NOT NULL,
  packed BYTEA   NOT NULL
);

CREATE TABLE scans (
  id             BIGINT  NOT NULL PRIMARY KEY,
  body           BIGINT  NOT NULL REFERENCES bodies (id),
  run            BIGINT  NOT NULL, -- 0: none
  taken          BIGINT  NOT NULL,
  digest         TEXT    NOT NULL, -- of the evidence
  tool           TEXT    NOT NULL,
  profile        TEXT    NOT NULL,
  resolvers      TEXT    NOT NULL,
  queries        BIGINT  NOT NULL,
  connections    BIGINT  NOT NULL,
  requests       BIGINT  NOT NULL,
  sent           BIGINT  NOT NULL,
  received       BIGINT  NOT NULL,
  times          BYTEA,
  rules          TEXT    NOT NULL, -- digest of those of the judgement that counts
  grade          TEXT    NOT NULL,
  critical       BIGINT  NOT NULL,
  high           BIGINT  NOT NULL,
  medium         BIGINT  NOT NULL,
  low            BIGINT  NOT NULL,
  passed         BIGINT  NOT NULL,
  inconclusive   BIGINT  NOT NULL,
  not_applicable BIGINT  NOT NULL,
  UNIQUE (body, digest)
);
CREATE INDEX scans_taken ON scans (body, taken, id);
CREATE INDEX scans_run ON scans (run, grade);

CREATE TABLE scan_parts (
  scan BIGINT NOT NULL REFERENCES scans (id),
  name TEXT   NOT NULL,
  hash BYTEA  NOT NULL REFERENCES parts (hash),
  PRIMARY KEY (scan, name)
);
CREATE INDEX scan_parts_hash ON scan_parts (hash);

CREATE TABLE judgements (
  scan  BIGINT NOT NULL REFERENCES scans (id),
  rules TEXT   NOT NULL,
  hash  BYTEA  NOT NULL REFERENCES parts (hash),
  PRIMARY KEY (scan, rules)
);
CREATE INDEX judgements_hash ON judgements (hash);

CREATE TABLE spans (
  body     BIGINT NOT NULL REFERENCES bodies (id),
  rule     TEXT   NOT NULL,
  subject  TEXT   NOT NULL,
  outcome  TEXT   NOT NULL,
  severity TEXT   NOT NULL,
  opened   BIGINT NOT NULL,
  closed   BIGINT NOT NULL, -- 0: the newest scan still says so
  PRIMARY KEY (body, rule, subject, opened)
);
CREATE INDEX spans_rule ON spans (outcome, rule, severity, body) WHERE closed = 0;
CREATE INDEX spans_opened ON spans (opened);
CREATE INDEX spans_closed ON spans (closed) WHERE closed <> 0;

CREATE TABLE supplied (
  body     BIGINT NOT NULL REFERENCES bodies (id),
  role     TEXT   NOT NULL,
  supplier TEXT   NOT NULL,
  name     TEXT   NOT NULL,
  because  TEXT   NOT NULL,
  PRIMARY KEY (body, role, supplier)
);
CREATE INDEX supplied_supplier ON supplied (role, supplier, body);

CREATE TABLE entries (
  body    BIGINT NOT NULL REFERENCES bodies (id),
  place   BIGINT NOT NULL, -- in the list
  rule    TEXT   NOT NULL,
  subject TEXT   NOT NULL,
  title   TEXT   NOT NULL,
  state   TEXT   NOT NULL,
  day     BIGINT NOT NULL,
  until   BIGINT NOT NULL,
  person  TEXT   NOT NULL,
  because TEXT   NOT NULL,
  first   BIGINT NOT NULL,
  last    BIGINT NOT NULL,
  fixed   BIGINT NOT NULL,
  back    BIGINT NOT NULL,
  PRIMARY KEY (body, place)
);
CREATE INDEX entries_state ON entries (state, until, body);

CREATE TABLE reviews (
  body     BIGINT NOT NULL REFERENCES bodies (id),
  place    BIGINT NOT NULL,
  day      BIGINT NOT NULL,
  person   TEXT   NOT NULL,
  taken    BIGINT NOT NULL,
  evidence TEXT   NOT NULL,
  note     TEXT   NOT NULL,
  PRIMARY KEY (body, place)
);
CREATE INDEX reviews_day ON reviews (day, body);

CREATE TABLE assessments (
  body     BIGINT NOT NULL REFERENCES bodies (id),
  form     TEXT   NOT NULL,
  stage    TEXT   NOT NULL,
  day      BIGINT NOT NULL,
  source   TEXT   NOT NULL,
  document TEXT   NOT NULL,
  PRIMARY KEY (body, form, stage, day)
);

CREATE TABLE mandates (
  digest TEXT   NOT NULL PRIMARY KEY, -- of the file
  body   BIGINT NOT NULL REFERENCES bodies (id),
  starts BIGINT NOT NULL,
  ends   BIGINT NOT NULL,
  file   BYTEA  NOT NULL
);
CREATE INDEX mandates_body ON mandates (body, ends);
