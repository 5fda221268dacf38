-- +goose Up
-- Every table of an organization has a key that begins with org_id, so that an
-- organization can be moved or sharded whole.

CREATE TABLE orgs (
    id         uuid PRIMARY KEY,
    name       text NOT NULL CONSTRAINT orgs_name UNIQUE,
    revision   bigint NOT NULL DEFAULT 0,
    people     bigint NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL
) WITH (fillfactor = 50);

CREATE TABLE roles (
    org_id uuid NOT NULL REFERENCES orgs (id),
    id     integer NOT NULL,
    name   text NOT NULL,
    active boolean NOT NULL,
    PRIMARY KEY (org_id, id)
);

CREATE TABLE team_groups (
    org_id uuid NOT NULL REFERENCES orgs (id),
    id     integer NOT NULL,
    name   text NOT NULL,
    PRIMARY KEY (org_id, id)
);

-- Keys are compared byte by byte (COLLATE "C"): the program computes email_key
-- and sort_key. The unique constraints are checked at the end of a statement, so
-- that one UPDATE can swap keys. fillfactor leaves room for updates in place.
CREATE TABLE profiles (
    org_id            uuid NOT NULL REFERENCES orgs (id),
    id                uuid NOT NULL,
    version           bigint NOT NULL,
    email             text,
    email_key         text COLLATE "C",
    employee_id       text COLLATE "C",
    first_name        text NOT NULL,
    last_name         text NOT NULL,
    role_id           integer,
    leader_id         uuid,
    license_type      text NOT NULL,
    employment_status text NOT NULL,
    start_date        text NOT NULL,
    hometown          text NOT NULL,
    state_or_country  text NOT NULL,
    bio               text NOT NULL,
    group_ids         text NOT NULL,
    can_manage_team   boolean NOT NULL,
    phone_channel     boolean NOT NULL,
    chat_channel      boolean NOT NULL,
    email_channel     boolean NOT NULL,
    deactivated       boolean NOT NULL,
    incomplete        boolean NOT NULL,
    sort_key          text COLLATE "C" NOT NULL,
    updated_at        timestamptz NOT NULL,
    PRIMARY KEY (org_id, id),
    CONSTRAINT profiles_email UNIQUE (org_id, email_key) DEFERRABLE INITIALLY IMMEDIATE,
    CONSTRAINT profiles_employee_id UNIQUE (org_id, employee_id) DEFERRABLE INITIALLY IMMEDIATE,
    CONSTRAINT profiles_role FOREIGN KEY (org_id, role_id) REFERENCES roles (org_id, id),
    CONSTRAINT profiles_leader FOREIGN KEY (org_id, leader_id) REFERENCES profiles (org_id, id)
        DEFERRABLE INITIALLY DEFERRED
) WITH (fillfactor = 80);
CREATE INDEX profiles_sorted ON profiles (org_id, sort_key, id);
CREATE INDEX profiles_reports ON profiles (org_id, leader_id) WHERE leader_id IS NOT NULL;
CREATE INDEX profiles_managers ON profiles (org_id, id) WHERE can_manage_team AND NOT deactivated;

-- One saved change of one profile by hand or by the API; version is the one it made.
CREATE TABLE profile_edits (
    org_id        uuid NOT NULL,
    profile_id    uuid NOT NULL,
    version       bigint NOT NULL,
    edited_at     timestamptz NOT NULL,
    account_id    uuid NOT NULL,
    account_email text NOT NULL,
    source        text NOT NULL,
    changes       text NOT NULL,
    PRIMARY KEY (org_id, profile_id, version)
);

CREATE TABLE accounts (
    org_id         uuid NOT NULL REFERENCES orgs (id),
    id             uuid NOT NULL CONSTRAINT accounts_id UNIQUE,
    email          text NOT NULL,
    email_key      text COLLATE "C" NOT NULL CONSTRAINT accounts_email UNIQUE,
    password_hash  text NOT NULL,
    can_manage     boolean NOT NULL,
    can_operate    boolean NOT NULL,
    notify_applied boolean NOT NULL,
    created_at     timestamptz NOT NULL,
    PRIMARY KEY (org_id, id)
);

-- Links, tokens and sessions are found by their secret's hash alone: whose they
-- are is what is asked.
CREATE TABLE password_links (
    token_hash bytea PRIMARY KEY,
    org_id     uuid NOT NULL,
    account_id uuid NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at    timestamptz,
    FOREIGN KEY (org_id, account_id) REFERENCES accounts (org_id, id)
);

CREATE TABLE tokens (
    token_hash bytea PRIMARY KEY,
    org_id     uuid NOT NULL,
    account_id uuid NOT NULL,
    created_at timestamptz NOT NULL,
    FOREIGN KEY (org_id, account_id) REFERENCES accounts (org_id, id)
);

CREATE TABLE sessions (
    token      text COLLATE "C" PRIMARY KEY,
    content    bytea NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX sessions_expiry ON sessions (expires_at);

CREATE TABLE audit (
    org_id     uuid NOT NULL,
    id         uuid NOT NULL,
    at         timestamptz NOT NULL,
    actor_id   uuid,
    action     text NOT NULL,
    subject    text NOT NULL,
    request_id text NOT NULL,
    PRIMARY KEY (org_id, id)
);

CREATE TABLE batches (
    org_id            uuid NOT NULL REFERENCES orgs (id),
    id                uuid NOT NULL CONSTRAINT batches_id UNIQUE,
    kind              text NOT NULL,
    state             text NOT NULL,
    replaces          uuid,
    file_name         text NOT NULL,
    file_size         bigint NOT NULL,
    file_sha256       text NOT NULL,
    blob_key          text NOT NULL,
    account_id        uuid NOT NULL,
    account_email     text NOT NULL,
    idempotency_key   text,
    request_id        text NOT NULL,
    uploaded_at       timestamptz NOT NULL,
    previewed_at      timestamptz,
    confirmed_at      timestamptz,
    confirmed_by      text,
    finished_at       timestamptz,
    generation        integer NOT NULL DEFAULT 1,
    crashes           integer NOT NULL DEFAULT 0,
    run               bigint NOT NULL DEFAULT 0,
    revision          bigint NOT NULL DEFAULT 0,
    plan              text,
    rows_total        integer NOT NULL DEFAULT 0,
    rows_changed      integer NOT NULL DEFAULT 0,
    rows_unchanged    integer NOT NULL DEFAULT 0,
    rows_invalid      integer NOT NULL DEFAULT 0,
    rows_warned       integer NOT NULL DEFAULT 0,
    rows_blank        integer NOT NULL DEFAULT 0,
    not_in_file       integer NOT NULL DEFAULT 0,
    problems          integer NOT NULL DEFAULT 0,
    changes_by_column text NOT NULL DEFAULT '[]',
    file_problems     text NOT NULL DEFAULT '[]',
    file_warnings     text NOT NULL DEFAULT '[]',
    failure_code      text,
    failure_message   text,
    PRIMARY KEY (org_id, id),
    CONSTRAINT batches_idempotency UNIQUE (org_id, account_id, idempotency_key)
) WITH (fillfactor = 70);
CREATE UNIQUE INDEX batches_one_confirmed ON batches (org_id) WHERE state = 'confirmed';
CREATE INDEX batches_waiting ON batches (org_id, id) WHERE state IN ('uploaded', 'confirmed');
CREATE INDEX batches_ready ON batches (previewed_at) WHERE state = 'ready';

CREATE TABLE runs (
    org_id     uuid NOT NULL,
    batch_id   uuid NOT NULL,
    number     bigint NOT NULL,
    generation integer NOT NULL,
    state      text NOT NULL,
    started_at timestamptz NOT NULL,
    ended_at   timestamptz, -- its handler returned; one that was killed never does
    PRIMARY KEY (org_id, batch_id, number),
    FOREIGN KEY (org_id, batch_id) REFERENCES batches (org_id, id)
);

-- The rows of a preview that change, have a problem or a warning. The row of an
-- applied batch is the undo record and the profile's history. No foreign keys:
-- a million checks an upload would only say what the runs table says already.
-- shown: 1 changes, 2 problems, 4 warnings. *_columns: a bit for each field.
CREATE TABLE batch_rows (
    org_id                uuid NOT NULL,
    batch_id              uuid NOT NULL,
    run                   bigint NOT NULL,
    row_no                 integer NOT NULL,
    profile_id            uuid,
    version               bigint NOT NULL,
    shown                 smallint NOT NULL,
    mask                  integer NOT NULL,
    change_columns        integer NOT NULL,
    problem_columns       integer NOT NULL,
    warning_columns       integer NOT NULL,
    causes                text NOT NULL,
    name                  text NOT NULL,
    search                text NOT NULL,
    changes               text NOT NULL,
    problems              text NOT NULL,
    warnings              text NOT NULL,
    new_email             text,
    new_email_key         text COLLATE "C",
    new_employee_id       text COLLATE "C",
    new_first_name        text,
    new_last_name         text,
    new_role_id           integer,
    new_leader_id         uuid,
    new_license_type      text,
    new_employment_status text,
    new_start_date        text,
    new_hometown          text,
    new_state_or_country  text,
    new_bio               text,
    new_group_ids         text,
    new_flags             smallint,
    new_sort_key          text COLLATE "C",
    PRIMARY KEY (org_id, batch_id, run, row_no)
);
CREATE INDEX batch_rows_history ON batch_rows (org_id, profile_id) WHERE mask <> 0;
CREATE INDEX batch_rows_problems ON batch_rows (org_id, batch_id, run, row_no) WHERE (shown & 2) <> 0;
CREATE INDEX batch_rows_warnings ON batch_rows (org_id, batch_id, run, row_no) WHERE (shown & 4) <> 0;

-- Problems of a run by cause, biggest first.
CREATE TABLE batch_groups (
    org_id   uuid NOT NULL,
    batch_id uuid NOT NULL,
    run      bigint NOT NULL,
    rank     integer NOT NULL,
    content  text NOT NULL,
    PRIMARY KEY (org_id, batch_id, run, rank)
);

-- Heartbeats and rings stand apart from batches: they must not wait for the lock
-- of a running apply.
CREATE TABLE heartbeats (
    org_id     uuid NOT NULL,
    batch_id   uuid NOT NULL,
    run        bigint NOT NULL,
    generation integer NOT NULL,
    phase      text NOT NULL,
    done       bigint NOT NULL,
    total      bigint NOT NULL,
    beat_at    timestamptz NOT NULL,
    PRIMARY KEY (org_id, batch_id, run)
) WITH (fillfactor = 50);

CREATE TABLE rings (
    org_id     uuid NOT NULL,
    batch_id   uuid NOT NULL,
    generation integer NOT NULL,
    rung_at    timestamptz NOT NULL,
    PRIMARY KEY (org_id, batch_id)
) WITH (fillfactor = 50);

CREATE TABLE mails (
    org_id      uuid NOT NULL,
    id          uuid NOT NULL CONSTRAINT mails_id UNIQUE,
    batch_id    uuid NOT NULL,
    kind        text NOT NULL,
    recipient   text NOT NULL,
    message_id  text NOT NULL,
    created_at  timestamptz NOT NULL,
    tries       integer NOT NULL DEFAULT 0,
    next_try_at timestamptz NOT NULL,
    lease_until timestamptz,
    sent_at     timestamptz,
    given_up_at timestamptz,
    reason      text NOT NULL DEFAULT '',
    PRIMARY KEY (org_id, id),
    CONSTRAINT mails_once UNIQUE (org_id, batch_id, kind, recipient),
    FOREIGN KEY (org_id, batch_id) REFERENCES batches (org_id, id)
) WITH (fillfactor = 70);
CREATE INDEX mails_due ON mails (next_try_at) WHERE sent_at IS NULL AND given_up_at IS NULL;

-- +goose Down
DROP TABLE mails, rings, heartbeats, batch_groups, batch_rows, runs, batches, audit, sessions, tokens,
    password_links, accounts, profile_edits, profiles, team_groups, roles, orgs;
