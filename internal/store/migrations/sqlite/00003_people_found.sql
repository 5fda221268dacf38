-- Run by migrate_terms.go, which then fills profile_terms.

-- What people are found by besides the keys of profiles: words of a search, groups,
-- role, states (terms.go); those of one term in the order of their names. A table
-- of its own, so that a change of anything else costs it nothing, and no further
-- index makes an update of profiles slower. No foreign keys, as for batch_rows.
CREATE TABLE profile_terms (
    org_id     text NOT NULL,
    term       text NOT NULL,
    sort_key   text NOT NULL,
    profile_id text NOT NULL,
    PRIMARY KEY (org_id, term, sort_key, profile_id)
) WITHOUT ROWID;
