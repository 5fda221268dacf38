-- +goose Up

-- What a preview tells of a whole file beside its counts (batch.Highlights), as JSON.
ALTER TABLE batches ADD COLUMN highlights text NOT NULL DEFAULT '{}';

-- +goose Down
ALTER TABLE batches DROP COLUMN highlights;
