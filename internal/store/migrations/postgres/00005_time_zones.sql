-- +goose Up
-- The IANA name of the zone in which somebody reads moments; '': none was chosen.
ALTER TABLE accounts ADD COLUMN time_zone text NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE accounts DROP COLUMN time_zone;
