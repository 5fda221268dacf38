-- +goose Up
-- It takes a minute or two for each million rows that are kept.

-- Which row of which applied batch made a version of a profile: the row itself
-- says what it changed. Written in the order of the profiles, never changed. No
-- foreign keys, as for batch_rows.
CREATE TABLE profile_history (
    org_id     text NOT NULL,
    profile_id text NOT NULL,
    version    integer NOT NULL,
    batch_id   text NOT NULL,
    run        integer NOT NULL,
    row_no     integer NOT NULL,
    PRIMARY KEY (org_id, profile_id, version)
) WITHOUT ROWID;
INSERT INTO profile_history (org_id, profile_id, version, batch_id, run, row_no)
SELECT r.org_id, r.profile_id, r.version + 1, r.batch_id, r.run, r.row_no
FROM batch_rows r
JOIN batches b ON b.org_id = r.org_id AND b.id = r.batch_id AND b.run = r.run AND b.state = 'applied'
WHERE r.mask <> 0
ORDER BY r.org_id, r.profile_id, r.version;

-- Lists of the kept rows of a run that have something in common, in chunks: rows
-- by what they show, by column and by cause (the names of the lists are made in
-- postings.go). numbers holds, for each row, (its number less the one before it,
-- from 0 in each chunk) * 8 + what it shows, as a varint: seven bits a byte, the
-- lowest first, 128 added where another byte follows (always five bytes below).
-- shown is all that any of them shows.
CREATE TABLE batch_postings (
    org_id    text NOT NULL,
    batch_id  text NOT NULL,
    run       integer NOT NULL,
    list      text NOT NULL,
    first_row integer NOT NULL,
    last_row  integer NOT NULL,
    shown     integer NOT NULL,
    numbers   blob NOT NULL,
    PRIMARY KEY (org_id, batch_id, run, list, first_row)
);
INSERT INTO batch_postings (org_id, batch_id, run, list, first_row, last_row, shown, numbers)
WITH RECURSIVE fields (field) AS (
    SELECT 0 UNION ALL SELECT field + 1 FROM fields WHERE field < 19
), views (name, bit) AS (
    VALUES ('changes', 1), ('problems', 2), ('warnings', 4)
), columns AS (
    SELECT org_id, batch_id, run, row_no, shown, 'changes' AS name, change_columns AS mask FROM batch_rows
    UNION ALL
    SELECT org_id, batch_id, run, row_no, shown, 'problems', problem_columns FROM batch_rows
    UNION ALL
    SELECT org_id, batch_id, run, row_no, shown, 'warnings', warning_columns FROM batch_rows
), words AS (
    SELECT r.org_id, r.batch_id, r.run, r.row_no, r.shown, w.value AS word, instr(w.value, '/') AS slash
    FROM batch_rows r, json_each('["' || replace(trim(r.causes), ' ', '","') || '"]') w
    WHERE r.causes <> ''
), causes AS (
    SELECT org_id, batch_id, run, row_no, shown, word, '=' || substr(word, 1, slash - 1) AS code,
        '/' || substr(word, slash + 1, instr(substr(word, slash + 1), '/') - 1) AS field
    FROM words
), firsts AS ( -- where a value first stands
    SELECT *, min(row_no) OVER (PARTITION BY org_id, batch_id, run, word) AS first
    FROM causes
    WHERE code NOT IN ('=trimmed', '=cleared', '=kept-newer') AND field <> '/-'
), told AS ( -- the first so many values are told apart
    SELECT *, dense_rank() OVER (PARTITION BY org_id, batch_id, run ORDER BY first, word) AS place FROM firsts
), entries AS (
    SELECT org_id, batch_id, run, row_no, shown, 'all' AS list FROM batch_rows
    UNION ALL
    SELECT r.org_id, r.batch_id, r.run, r.row_no, r.shown, v.name
    FROM batch_rows r JOIN views v ON r.shown & v.bit <> 0
    UNION ALL
    SELECT c.org_id, c.batch_id, c.run, c.row_no, c.shown, c.name || '/' || f.field
    FROM columns c JOIN fields f ON c.mask & (1 << f.field) <> 0
    UNION ALL
    SELECT DISTINCT org_id, batch_id, run, row_no, shown, code FROM causes
    UNION ALL
    SELECT DISTINCT org_id, batch_id, run, row_no, shown, code || field FROM causes WHERE field <> '/-'
    UNION ALL
    SELECT DISTINCT org_id, batch_id, run, row_no, shown, '=' || word FROM told WHERE place <= 10000
), places AS (
    SELECT *, row_number() OVER rows_of_list - 1 AS place, lag(row_no) OVER rows_of_list AS before
    FROM entries
    WINDOW rows_of_list AS (PARTITION BY org_id, batch_id, run, list ORDER BY row_no)
), numbers AS (
    SELECT *, place / 4096 AS chunk,
        (row_no - CASE WHEN place % 4096 = 0 THEN 0 ELSE before END) * 8 + shown AS number
    FROM places
)
SELECT org_id, batch_id, run, list, min(row_no), max(row_no),
    max(shown & 1) | max(shown & 2) | max(shown & 4), unhex(group_concat(printf('%02x%02x%02x%02x%02x', 128 | (number & 127),
        128 | ((number >> 7) & 127), 128 | ((number >> 14) & 127), 128 | ((number >> 21) & 127), number >> 28), '' ORDER BY row_no))
FROM numbers
GROUP BY org_id, batch_id, run, list, chunk;

DROP INDEX batch_rows_history;
DROP INDEX batch_rows_problems;
DROP INDEX batch_rows_warnings;
ALTER TABLE batch_rows DROP COLUMN change_columns;
ALTER TABLE batch_rows DROP COLUMN problem_columns;
ALTER TABLE batch_rows DROP COLUMN warning_columns;
ALTER TABLE batch_rows DROP COLUMN causes;

-- +goose Down
-- The rows kept so far are no longer found by column or by cause.
ALTER TABLE batch_rows ADD COLUMN change_columns integer NOT NULL DEFAULT 0;
ALTER TABLE batch_rows ADD COLUMN problem_columns integer NOT NULL DEFAULT 0;
ALTER TABLE batch_rows ADD COLUMN warning_columns integer NOT NULL DEFAULT 0;
ALTER TABLE batch_rows ADD COLUMN causes text NOT NULL DEFAULT '';
CREATE INDEX batch_rows_history ON batch_rows (org_id, profile_id) WHERE mask <> 0;
CREATE INDEX batch_rows_problems ON batch_rows (org_id, batch_id, run, row_no) WHERE (shown & 2) <> 0;
CREATE INDEX batch_rows_warnings ON batch_rows (org_id, batch_id, run, row_no) WHERE (shown & 4) <> 0;
DROP TABLE batch_postings;
DROP TABLE profile_history;
