-- One row, for the version of the tables, the writer's fencing epoch and the size of the log.
-- Flags are SMALLINT, times BIGINT microseconds, ids TEXT.
CREATE TABLE store_state (
    singleton SMALLINT PRIMARY KEY CHECK (singleton = 1),
    version BIGINT NOT NULL,
    epoch BIGINT NOT NULL,
    size BIGINT NOT NULL
);
INSERT INTO store_state (singleton, version, epoch, size) VALUES (1, 1, 0, 0);

-- Append-only. Keyed by the place in the log, so that scale-out can split it by ranges.
CREATE TABLE record (
    log_index {log_index},
    id TEXT NOT NULL,
    kind TEXT NOT NULL,
    valid_at BIGINT NOT NULL,
    recorded_at BIGINT NOT NULL,
    class TEXT NOT NULL,
    batch TEXT,
    corrects TEXT,
    content BYTEA NOT NULL,
    unique_keys BYTEA NOT NULL,
    envelope BYTEA NOT NULL,
    open_part BYTEA NOT NULL,
    nonce BYTEA NOT NULL,
    leaf BYTEA NOT NULL
);

-- Append-only: what records say of persons, encrypted under the person's key.
CREATE TABLE personal_part (
    log_index BIGINT NOT NULL,
    place BIGINT NOT NULL,
    person TEXT NOT NULL,
    sealed BYTEA NOT NULL,
    PRIMARY KEY (log_index, place)
) {clustered};

-- Where a record is, by id.
CREATE TABLE record_id (
    id TEXT PRIMARY KEY,
    log_index BIGINT NOT NULL
) {clustered};

-- Which record took the place of which: a record that is not here is a head.
CREATE TABLE corrected (
    log_index BIGINT PRIMARY KEY,
    corrected_by BIGINT NOT NULL
) {clustered};

-- The head that holds each unique key.
CREATE TABLE unique_key (
    unique_key BYTEA PRIMARY KEY,
    log_index BIGINT NOT NULL
) {clustered};
