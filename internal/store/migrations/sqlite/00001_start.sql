-- +goose Up
-- Every table of an organization has a key that begins with org_id, so that an
-- organization can be moved or sharded whole.

CREATE TABLE orgs (
    id         text PRIMARY KEY,
    name       text NOT NULL CONSTRAINT orgs_name UNIQUE,
    revision   integer NOT NULL DEFAULT 0,
    people     integer NOT NULL DEFAULT 0,
    created_at datetime NOT NULL
);

CREATE TABLE roles (
    org_id text NOT NULL REFERENCES orgs (id),
    id     integer NOT NULL,
    name   text NOT NULL,
    active boolean NOT NULL,
    PRIMARY KEY (org_id, id)
);

CREATE TABLE team_groups (
    org_id text NOT NULL REFERENCES orgs (id),
    id     integer NOT NULL,
    name   text NOT NULL,
    PRIMARY KEY (org_id, id)
);

-- The program computes email_key and sort_key. SQLite checks unique constraints
-- row by row: an update that swaps keys parks them first.
CREATE TABLE profiles (
    org_id            text NOT NULL REFERENCES orgs (id),
    id                text NOT NULL,
    version           integer NOT NULL,
    email             text,
    email_key         text,
    employee_id       text,
    first_name        text NOT NULL,
    last_name         text NOT NULL,
    role_id           integer,
    leader_id         text,
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
    sort_key          text NOT NULL,
    updated_at        datetime NOT NULL,
    PRIMARY KEY (org_id, id),
    CONSTRAINT profiles_email UNIQUE (org_id, email_key),
    CONSTRAINT profiles_employee_id UNIQUE (org_id, employee_id),
    CONSTRAINT profiles_role FOREIGN KEY (org_id, role_id) REFERENCES roles (org_id, id),
    CONSTRAINT profiles_leader FOREIGN KEY (org_id, leader_id) REFERENCES profiles (org_id, id)
        DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX profiles_sorted ON profiles (org_id, sort_key, id);
CREATE INDEX profiles_reports ON profiles (org_id, leader_id) WHERE leader_id IS NOT NULL;
CREATE INDEX profiles_managers ON profiles (org_id, id) WHERE can_manage_team AND NOT deactivated;

-- One saved change of one profile by hand or by the API; version is the one it made.
CREATE TABLE profile_edits (
    org_id        text NOT NULL,
    profile_id    text NOT NULL,
    version       integer NOT NULL,
    edited_at     datetime NOT NULL,
    account_id    text NOT NULL,
    account_email text NOT NULL,
    source        text NOT NULL,
    changes       text NOT NULL,
    PRIMARY KEY (org_id, profile_id, version)
);

CREATE TABLE accounts (
    org_id         text NOT NULL REFERENCES orgs (id),
    id             text NOT NULL CONSTRAINT accounts_id UNIQUE,
    email          text NOT NULL,
    email_key      text NOT NULL CONSTRAINT accounts_email UNIQUE,
    password_hash  text NOT NULL,
    can_manage     boolean NOT NULL,
    can_operate    boolean NOT NULL,
    notify_applied boolean NOT NULL,
    created_at     datetime NOT NULL,
    PRIMARY KEY (org_id, id)
);

-- Links, tokens and sessions are found by their secret's hash alone: whose they
-- are is what is asked.
CREATE TABLE password_links (
    token_hash blob PRIMARY KEY,
    org_id     text NOT NULL,
    account_id text NOT NULL,
    expires_at datetime NOT NULL,
    used_at    datetime,
    FOREIGN KEY (org_id, account_id) REFERENCES accounts (org_id, id)
);

CREATE TABLE tokens (
    token_hash blob PRIMARY KEY,
    org_id     text NOT NULL,
    account_id text NOT NULL,
    created_at datetime NOT NULL,
    FOREIGN KEY (org_id, account_id) REFERENCES accounts (org_id, id)
);

CREATE TABLE sessions (
    token      text PRIMARY KEY,
    content    blob NOT NULL,
    expires_at datetime NOT NULL
);
CREATE INDEX sessions_expiry ON sessions (expires_at);

CREATE TABLE audit (
    org_id     text NOT NULL,
    id         text NOT NULL,
    at         datetime NOT NULL,
    actor_id   text,
    action     text NOT NULL,
    subject    text NOT NULL,
    request_id text NOT NULL,
    PRIMARY KEY (org_id, id)
);

CREATE TABLE batches (
    org_id            text NOT NULL REFERENCES orgs (id),
    id                text NOT NULL CONSTRAINT batches_id UNIQUE,
    kind              text NOT NULL,
    state             text NOT NULL,
    replaces          text,
    file_name         text NOT NULL,
    file_size         integer NOT NULL,
    file_sha256       text NOT NULL,
    blob_key          text NOT NULL,
    account_id        text NOT NULL,
    account_email     text NOT NULL,
    idempotency_key   text,
    request_id        text NOT NULL,
    uploaded_at       datetime NOT NULL,
    previewed_at      datetime,
    confirmed_at      datetime,
    confirmed_by      text,
    finished_at       datetime,
    generation        integer NOT NULL DEFAULT 1,
    crashes           integer NOT NULL DEFAULT 0,
    run               integer NOT NULL DEFAULT 0,
    revision          integer NOT NULL DEFAULT 0,
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
);
CREATE UNIQUE INDEX batches_one_confirmed ON batches (org_id) WHERE state = 'confirmed';
CREATE INDEX batches_waiting ON batches (org_id, id) WHERE state IN ('uploaded', 'confirmed');
CREATE INDEX batches_ready ON batches (previewed_at) WHERE state = 'ready';

CREATE TABLE runs (
    org_id     text NOT NULL,
    batch_id   text NOT NULL,
    number     integer NOT NULL,
    generation integer NOT NULL,
    state      text NOT NULL,
    started_at datetime NOT NULL,
    ended_at   datetime, -- its handler returned; one that was killed never does
    PRIMARY KEY (org_id, batch_id, number),
    FOREIGN KEY (org_id, batch_id) REFERENCES batches (org_id, id)
);

-- The rows of a preview that change, have a problem or a warning. The row of an
-- applied batch is the undo record and the profile's history. No foreign keys:
-- a million checks an upload would only say what the runs table says already.
-- shown: 1 changes, 2 problems, 4 warnings. *_columns: a bit for each field.
CREATE TABLE batch_rows (
    org_id                text NOT NULL,
    batch_id              text NOT NULL,
    run                   integer NOT NULL,
    row_no                 integer NOT NULL,
    profile_id            text,
    version               integer NOT NULL,
    shown                 integer NOT NULL,
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
    new_email_key         text,
    new_employee_id       text,
    new_first_name        text,
    new_last_name         text,
    new_role_id           integer,
    new_leader_id         text,
    new_license_type      text,
    new_employment_status text,
    new_start_date        text,
    new_hometown          text,
    new_state_or_country  text,
    new_bio               text,
    new_group_ids         text,
    new_flags             integer,
    new_sort_key          text,
    PRIMARY KEY (org_id, batch_id, run, row_no)
);
CREATE INDEX batch_rows_history ON batch_rows (org_id, profile_id) WHERE mask <> 0;
CREATE INDEX batch_rows_problems ON batch_rows (org_id, batch_id, run, row_no) WHERE (shown & 2) <> 0;
CREATE INDEX batch_rows_warnings ON batch_rows (org_id, batch_id, run, row_no) WHERE (shown & 4) <> 0;

-- Problems of a run by cause, biggest first.
CREATE TABLE batch_groups (
    org_id   text NOT NULL,
    batch_id text NOT NULL,
    run      integer NOT NULL,
    rank     integer NOT NULL,
    content  text NOT NULL,
    PRIMARY KEY (org_id, batch_id, run, rank)
);

CREATE TABLE mails (
    org_id      text NOT NULL,
    id          text NOT NULL CONSTRAINT mails_id UNIQUE,
    batch_id    text NOT NULL,
    kind        text NOT NULL,
    recipient   text NOT NULL,
    message_id  text NOT NULL,
    created_at  datetime NOT NULL,
    tries       integer NOT NULL DEFAULT 0,
    next_try_at datetime NOT NULL,
    lease_until datetime,
    sent_at     datetime,
    given_up_at datetime,
    reason      text NOT NULL DEFAULT '',
    PRIMARY KEY (org_id, id),
    CONSTRAINT mails_once UNIQUE (org_id, batch_id, kind, recipient),
    FOREIGN KEY (org_id, batch_id) REFERENCES batches (org_id, id)
);
CREATE INDEX mails_due ON mails (next_try_at) WHERE sent_at IS NULL AND given_up_at IS NULL;

-- +goose Down
DROP TABLE mails;
DROP TABLE batch_groups;
DROP TABLE batch_rows;
DROP TABLE runs;
DROP TABLE batches;
DROP TABLE audit;
DROP TABLE sessions;
DROP TABLE tokens;
DROP TABLE password_links;
DROP TABLE accounts;
DROP TABLE profile_edits;
DROP TABLE profiles;
DROP TABLE team_groups;
DROP TABLE roles;
DROP TABLE orgs;
