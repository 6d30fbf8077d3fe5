-- One row, for the version of the tables, the writer's fencing epoch and the number of records.
-- Flags are SMALLINT, times BIGINT microseconds, ids TEXT.
CREATE TABLE store_state (
    singleton SMALLINT PRIMARY KEY CHECK (singleton = 1),
    version BIGINT NOT NULL,
    epoch BIGINT NOT NULL,
    size BIGINT NOT NULL,
    -- Set by a restore: the log must not go on under its old name.
    restored SMALLINT NOT NULL,
    -- The digest of the pack that the last activation named.
    pack TEXT,
    -- 0: of real work. 1: a demonstration that is being made, 2: one that is made. Set while there is
    -- nothing in the store, and never after; nothing takes it away.
    demonstration SMALLINT NOT NULL DEFAULT 0
);
INSERT INTO store_state (singleton, version, epoch, size, restored) VALUES (1, 1, 0, 0, 0);

-- Append-only. Keyed by the position, so that scale-out can split it by ranges.
CREATE TABLE record (
    position {position},
    id TEXT NOT NULL,
    kind TEXT NOT NULL,
    valid_at BIGINT NOT NULL,
    recorded_at BIGINT NOT NULL,
    class TEXT NOT NULL,
    batch TEXT,
    corrects TEXT,
    withdraws TEXT,
    closes TEXT,
    content BYTEA NOT NULL,
    unique_keys BYTEA NOT NULL,
    envelope BYTEA NOT NULL,
    open_part BYTEA NOT NULL,
    nonce BYTEA NOT NULL,
    leaf BYTEA NOT NULL
);
CREATE INDEX record_batch ON record (batch, position) WHERE batch IS NOT NULL;

-- Append-only: what records say of persons, encrypted under the person's key.
CREATE TABLE personal_part (
    position BIGINT NOT NULL,
    place BIGINT NOT NULL,
    person TEXT NOT NULL,
    sealed BYTEA NOT NULL,
    PRIMARY KEY (position, place)
) {clustered};

-- Where a record is, by id.
CREATE TABLE record_id (
    id TEXT PRIMARY KEY,
    position BIGINT NOT NULL
) {clustered};

-- Which record took the place of which. A record has more than one line here where a batch that
-- corrected it was withdrawn and it was corrected anew.
CREATE TABLE corrected (
    position BIGINT NOT NULL,
    corrected_by BIGINT NOT NULL,
    PRIMARY KEY (position, corrected_by)
) {clustered};

-- The head that holds each unique key.
CREATE TABLE unique_key (
    unique_key BYTEA PRIMARY KEY,
    position BIGINT NOT NULL
) {clustered};

-- What happened to unique keys and is not in that table yet, in its order: keys come in no order, and
-- put into the table one by one each would touch a page of its own. No position: no head holds it.
-- Only SQLite has rows here.
CREATE TABLE unique_key_tail (
    number {position},
    unique_key BYTEA NOT NULL,
    position BIGINT
);

-- Batches that are complete: their records count from this position on.
CREATE TABLE batch_closed (
    batch TEXT PRIMARY KEY,
    position BIGINT NOT NULL
) {clustered};

-- Batches and single records that were taken back, and where.
CREATE TABLE withdrawn (
    target TEXT PRIMARY KEY,
    position BIGINT NOT NULL
) {clustered};

-- The key of each person, encrypted under the master key. The row is gone once the key is destroyed.
CREATE TABLE person_key (
    person TEXT PRIMARY KEY,
    wrapped BYTEA NOT NULL,
    -- The person asked for erasure, but a law keeps a record: nobody is shown its personal part.
    restricted SMALLINT NOT NULL DEFAULT 0
) {clustered};

-- The evidence logs: the one that grows now, and those that a restored store left behind.
CREATE TABLE log (
    number BIGINT PRIMARY KEY,
    origin TEXT NOT NULL,
    first_position BIGINT NOT NULL,
    first_index BIGINT NOT NULL,
    checkpoint BYTEA
);
-- A level of -1 holds entries.
CREATE TABLE log_tile (
    number BIGINT NOT NULL,
    level BIGINT NOT NULL,
    tile_index BIGINT NOT NULL,
    width BIGINT NOT NULL,
    bytes BYTEA NOT NULL,
    PRIMARY KEY (number, level, tile_index, width)
);

-- Who may send by program: only a digest of the token is kept.
CREATE TABLE api_token (
    digest BYTEA PRIMARY KEY,
    name TEXT NOT NULL,
    on_behalf_of TEXT NOT NULL,
    account TEXT NOT NULL,
    office TEXT,
    permissions TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    revoked_at BIGINT
);

-- Work that outlives a request. What has no parameters is no work of the queue: a stream, noted so that
-- its sender can ask.
CREATE TABLE job (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    -- Jobs of one resource are done one after another.
    resource TEXT,
    -- Who asked, for whom, in which office, by which grant of a role.
    account TEXT NOT NULL,
    on_behalf_of TEXT NOT NULL,
    office TEXT,
    role_grant TEXT,
    parameters TEXT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    -- The process that does it, and from where another could go on.
    runner TEXT,
    checkpoint TEXT,
    done BIGINT NOT NULL,
    total BIGINT,
    faults BIGINT NOT NULL,
    cancel SMALLINT NOT NULL,
    trouble TEXT,
    result TEXT,
    files_until BIGINT
);
CREATE INDEX job_created ON job (created_at, id);
CREATE INDEX job_account ON job (account, created_at, id);
CREATE INDEX job_open ON job (created_at, id) WHERE state IN ('waiting', 'running');
CREATE INDEX job_files ON job (files_until) WHERE files_until IS NOT NULL;

-- What the program itself writes about people: few beside the rest, and asked for by kind in the
-- order of their positions.
CREATE INDEX record_people ON record (kind, position)
    WHERE kind IN ('role-grant', 'role-end', 'absence', 'informer-grant', 'audit');

-- People who log in, under pseudonyms. The login is in small letters.
CREATE TABLE account (
    id TEXT PRIMARY KEY,
    login TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    sort TEXT NOT NULL,
    -- Whom the account belongs to, where that is an organization.
    organization TEXT,
    created_at BIGINT NOT NULL,
    closed_at BIGINT,
    -- A PHC string, which names the algorithm and its parameters.
    password TEXT,
    password_set_at BIGINT,
    must_change SMALLINT NOT NULL,
    -- The secret of the second factor under the master key, and the last time step that was used.
    totp BYTEA,
    totp_confirmed SMALLINT NOT NULL,
    totp_step BIGINT NOT NULL,
    failed BIGINT NOT NULL,
    locked_until BIGINT
);

-- Passwords that are not to be taken again.
CREATE TABLE former_password (
    account TEXT NOT NULL,
    set_at BIGINT NOT NULL,
    password TEXT NOT NULL,
    PRIMARY KEY (account, set_at)
) {clustered};

-- Who is logged in: only a digest of the session's token is kept.
CREATE TABLE session (
    digest BYTEA PRIMARY KEY,
    account TEXT NOT NULL,
    stage TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX session_account ON session (account);

-- Links that are good for one use: to make the account of an administrator, or to set a password.
CREATE TABLE one_time_link (
    digest BYTEA PRIMARY KEY,
    account TEXT,
    role TEXT,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT
);

-- Packs that were in force, by their digest: all files of each, packed.
CREATE TABLE pack_archive (
    digest TEXT PRIMARY KEY,
    stored_at BIGINT NOT NULL,
    files BYTEA NOT NULL
);

-- Questions about traceability events that somebody named, by whom they are of.
CREATE TABLE epcis_query (
    on_behalf_of TEXT NOT NULL,
    name TEXT NOT NULL,
    definition TEXT NOT NULL,
    account TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (on_behalf_of, name)
) {clustered};

-- Who is told of events that answer a named question, and how far they were told: of all that the first
-- so many records say, and of what the next one brings up to a position.
CREATE TABLE epcis_subscription (
    id TEXT PRIMARY KEY,
    on_behalf_of TEXT NOT NULL,
    query TEXT NOT NULL,
    account TEXT NOT NULL,
    office TEXT,
    role_grant TEXT,
    -- Where to and when, as JSON; what deliveries are signed with lies under the master key.
    definition TEXT NOT NULL,
    secret BYTEA NOT NULL,
    created_at BIGINT NOT NULL,
    known BIGINT NOT NULL,
    position BIGINT NOT NULL,
    notified_at BIGINT
);
CREATE INDEX epcis_subscription_query ON epcis_subscription (on_behalf_of, query, id);

-- Forms that were not sent off yet, of each account by its place: sealed, and kept for some days.
CREATE TABLE form_draft (
    account TEXT NOT NULL,
    place TEXT NOT NULL,
    sealed BYTEA NOT NULL,
    saved_at BIGINT NOT NULL,
    PRIMARY KEY (account, place)
) {clustered};
CREATE INDEX form_draft_saved ON form_draft (saved_at);

-- What people are told, once for each person, duty, day and channel. What is told under 'app' is read
-- here; the rest is sent, and tried again until it was.
CREATE TABLE notice (
    account TEXT NOT NULL,
    duty TEXT NOT NULL,
    day TEXT NOT NULL,
    channel TEXT NOT NULL,
    -- waiting, sent, failed
    state TEXT NOT NULL,
    message TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    next_at BIGINT NOT NULL,
    sent_at BIGINT,
    read_at BIGINT,
    trouble TEXT,
    PRIMARY KEY (account, duty, day, channel)
) {clustered};
CREATE INDEX notice_waiting ON notice (next_at) WHERE state = 'waiting';
CREATE INDEX notice_account ON notice (account, channel, created_at);

-- By which channels somebody is told beside this program, where to, and what they do not want to be told.
-- Addresses and secrets lie under the master key.
CREATE TABLE notice_channel (
    account TEXT NOT NULL,
    channel TEXT NOT NULL,
    sealed BYTEA NOT NULL,
    statutory_only SMALLINT NOT NULL,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (account, channel)
) {clustered};
