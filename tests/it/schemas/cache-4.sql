PRAGMA application_id = 1383351041;
PRAGMA user_version = 262148;
CREATE TABLE addresses (
                address TEXT NOT NULL, kind INTEGER NOT NULL, id NOT NULL,
                PRIMARY KEY (address, kind, id)
            ) WITHOUT ROWID;
CREATE INDEX addresses_of ON addresses (kind, id);
CREATE TABLE cursors (
                stream TEXT PRIMARY KEY, body TEXT NOT NULL, checksum INTEGER NOT NULL
            ) WITHOUT ROWID;
CREATE TABLE documents (
                name TEXT PRIMARY KEY, body TEXT NOT NULL, checksum INTEGER NOT NULL
            ) WITHOUT ROWID;
CREATE TABLE features (
                id TEXT PRIMARY KEY, line BLOB NOT NULL, checksum INTEGER NOT NULL
            , untold TEXT, turns INTEGER) WITHOUT ROWID;
CREATE INDEX features_turn ON features (turns) WHERE turns IS NOT NULL;
CREATE TABLE links (
                pair INTEGER NOT NULL, a NOT NULL, b NOT NULL,
                PRIMARY KEY (pair, a, b)
            ) WITHOUT ROWID;
CREATE INDEX links_backwards ON links (pair, b, a);
CREATE TABLE records (
                kind INTEGER NOT NULL, id NOT NULL,
                created INTEGER NOT NULL, changed INTEGER NOT NULL, archived INTEGER NOT NULL,
                fields BLOB NOT NULL, checksum INTEGER NOT NULL,
                PRIMARY KEY (kind, id)
            ) WITHOUT ROWID;
CREATE TABLE summaries (
                id TEXT NOT NULL, worst INTEGER NOT NULL,
                line BLOB NOT NULL, checksum INTEGER NOT NULL,
                PRIMARY KEY (worst, id)
            ) WITHOUT ROWID;
CREATE UNIQUE INDEX summaries_by_id ON summaries (id);
CREATE TABLE warnings (
                account TEXT NOT NULL, position INTEGER NOT NULL,
                body TEXT NOT NULL, checksum INTEGER NOT NULL,
                PRIMARY KEY (account, position)
            ) WITHOUT ROWID;
