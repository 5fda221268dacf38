-- +goose Up

-- What a preview tells of a whole file beside its counts (batch.Highlights), as JSON.
ALTER TABLE batches ADD COLUMN highlights text NOT NULL DEFAULT '{}';

-- What has become of a team since a moment: for the page of a plan that is stale.
CREATE INDEX profile_edits_since ON profile_edits (org_id, edited_at);
CREATE INDEX batches_applied ON batches (org_id, finished_at) WHERE state = 'applied';

-- +goose Down
DROP INDEX batches_applied;
DROP INDEX profile_edits_since;
ALTER TABLE batches DROP COLUMN highlights;
