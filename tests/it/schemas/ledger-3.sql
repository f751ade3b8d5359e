PRAGMA application_id = 1383353345;
PRAGMA user_version = 196611;
CREATE TABLE aliases (
                sequence INTEGER PRIMARY KEY,
                kind INTEGER NOT NULL, old NOT NULL, new NOT NULL,
                recorded_at INTEGER NOT NULL, checksum INTEGER NOT NULL
            );
CREATE INDEX aliases_by_old ON aliases (kind, old);
CREATE TABLE drafts (
                sequence INTEGER PRIMARY KEY,
                name TEXT NOT NULL, body TEXT, saved_at INTEGER NOT NULL, checksum INTEGER NOT NULL
            );
CREATE TABLE events (
                sequence INTEGER PRIMARY KEY,
                author TEXT NOT NULL, kind TEXT NOT NULL, account,
                effective_at INTEGER NOT NULL, recorded_at INTEGER NOT NULL,
                payload TEXT NOT NULL, checksum INTEGER NOT NULL
            , writer TEXT NOT NULL DEFAULT '', written INTEGER NOT NULL DEFAULT 0, clock INTEGER NOT NULL DEFAULT 0);
CREATE INDEX events_by_account ON events (account, clock) WHERE account IS NOT NULL;
CREATE INDEX events_by_clock ON events (clock);
CREATE INDEX events_by_kind ON events (kind, clock);
CREATE UNIQUE INDEX events_by_writer ON events (writer, written);
CREATE TABLE files (
                sequence INTEGER PRIMARY KEY,
                name TEXT NOT NULL, hash TEXT NOT NULL, content TEXT NOT NULL,
                recorded_at INTEGER NOT NULL, checksum INTEGER NOT NULL
            );
CREATE INDEX files_by_hash ON files (hash);
CREATE TABLE identities (
                sequence INTEGER PRIMARY KEY,
                id TEXT NOT NULL, checksum INTEGER NOT NULL
            );
CREATE TABLE observations (
                sequence INTEGER PRIMARY KEY,
                kind INTEGER NOT NULL, record NOT NULL, account,
                source INTEGER NOT NULL, effective_at INTEGER NOT NULL, recorded_at INTEGER NOT NULL,
                fields TEXT NOT NULL, checksum INTEGER NOT NULL
            );
CREATE INDEX observations_by_account ON observations (account, effective_at)
                WHERE account IS NOT NULL;
CREATE INDEX observations_by_record ON observations (kind, record, effective_at);
CREATE TABLE outbox (
                sequence INTEGER PRIMARY KEY,
                author TEXT NOT NULL, key TEXT NOT NULL, act TEXT NOT NULL, account,
                title TEXT NOT NULL, write TEXT NOT NULL,
                queued_at INTEGER NOT NULL, leaves_at INTEGER NOT NULL, checksum INTEGER NOT NULL
            );
CREATE INDEX outbox_by_act ON outbox (act);
CREATE UNIQUE INDEX outbox_by_key ON outbox (key);
CREATE TABLE outbox_steps (
                sequence INTEGER PRIMARY KEY,
                entry INTEGER NOT NULL, state TEXT NOT NULL, at INTEGER NOT NULL,
                step TEXT NOT NULL, checksum INTEGER NOT NULL
            );
CREATE UNIQUE INDEX outbox_steps_again ON outbox_steps (sequence);
