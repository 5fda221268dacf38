-- +goose Up

-- What a preview tells of a whole file beside its counts (batch.Highlights), as JSON.
ALTER TABLE batches ADD COLUMN highlights text NOT NULL DEFAULT '{}';

-- What has become of a team since a moment: for the page of a plan that is stale.
CREATE INDEX profile_edits_since ON profile_edits (org_id, edited_at);
CREATE INDEX batches_applied ON batches (org_id, finished_at) WHERE state = 'applied';

-- The oldest schema whose programs may go on with this database. A migration that
-- they would stumble over raises it to its own number; one that only adds leaves it,
-- so that old and new processes can run side by side while they are replaced.
CREATE TABLE schema_floor (
    version bigint NOT NULL
);
INSERT INTO schema_floor (version) VALUES (6);

-- +goose Down
DROP TABLE schema_floor;
DROP INDEX batches_applied;
DROP INDEX profile_edits_since;
ALTER TABLE batches DROP COLUMN highlights;
