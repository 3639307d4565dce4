-- Who may look at the territory, and what was told to whom.

-- +goose Up
CREATE TABLE accounts (
  id       TEXT    NOT NULL PRIMARY KEY, -- the name in small letters
  name     TEXT    NOT NULL,             -- as it was written
  role     TEXT    NOT NULL,             -- group or municipality
  body     BIGINT  NOT NULL,             -- of a municipality; 0: none
  hash     TEXT    NOT NULL,             -- of the password
  language TEXT    NOT NULL,
  created  BIGINT  NOT NULL,
  disabled BIGINT  NOT NULL              -- 1: it is
);

CREATE TABLE sessions (
  token   BYTEA  NOT NULL PRIMARY KEY, -- SHA-256 of what the browser has
  account TEXT   NOT NULL REFERENCES accounts (id),
  csrf    TEXT   NOT NULL,
  began   BIGINT NOT NULL,
  ends    BIGINT NOT NULL
);
CREATE INDEX sessions_account ON sessions (account);
CREATE INDEX sessions_ends ON sessions (ends);

CREATE TABLE attempts (
  who    TEXT   NOT NULL,
  moment BIGINT NOT NULL,
  number BIGINT NOT NULL, -- of those within this second
  PRIMARY KEY (who, moment)
);
CREATE INDEX attempts_moment ON attempts (moment);

CREATE TABLE messages (
  recipient TEXT   NOT NULL,
  run       TEXT   NOT NULL,
  due       BIGINT NOT NULL,
  sent      BIGINT NOT NULL, -- 0: not yet
  held      BIGINT NOT NULL, -- until then somebody is sending it
  tries     BIGINT NOT NULL,
  failed    TEXT   NOT NULL, -- why the newest try failed
  content   BYTEA  NOT NULL,
  PRIMARY KEY (recipient, run)
);
CREATE INDEX messages_unsent ON messages (due) WHERE sent = 0;
CREATE INDEX messages_due ON messages (due);

CREATE TABLE told (
  body   BIGINT NOT NULL PRIMARY KEY REFERENCES bodies (id),
  moment BIGINT NOT NULL
);

CREATE TABLE settings (
  name    TEXT NOT NULL PRIMARY KEY,
  content TEXT NOT NULL
);
