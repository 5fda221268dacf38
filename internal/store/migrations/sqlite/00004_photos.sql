-- +goose Up
-- Whose photo is in which file of the blob store. A table of its own: no column of a
-- sheet, and nothing that reading a whole team should carry.
CREATE TABLE profile_photos (
    org_id     text NOT NULL,
    profile_id text NOT NULL,
    blob_key   text NOT NULL,
    digest     text NOT NULL, -- SHA-256 of the file, in hexadecimal
    PRIMARY KEY (org_id, profile_id),
    FOREIGN KEY (org_id, profile_id) REFERENCES profiles (org_id, id)
) WITHOUT ROWID;

-- Files of the blob store that nothing refers to: not yet, or not any more. One that
-- is condemned can no longer become a photo, and is deleted.
CREATE TABLE loose_blobs (
    org_id    text NOT NULL,
    blob_key  text NOT NULL,
    since     datetime NOT NULL,
    condemned boolean NOT NULL DEFAULT false,
    PRIMARY KEY (org_id, blob_key)
) WITHOUT ROWID;
CREATE INDEX loose_blobs_since ON loose_blobs (since);

-- +goose Down
DROP TABLE loose_blobs;
DROP TABLE profile_photos;
