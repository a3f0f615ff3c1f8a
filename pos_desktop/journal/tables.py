"""The journal's tables, the guards that keep them append-only, and what is asked of them."""

from __future__ import annotations

FORMAT = 2
KEEP_MS = 35 * 24 * 3600 * 1000
"""Acknowledged documents stay this long, so that tills can refill a server restored from an old backup."""

_ALONE = """
CREATE TABLE accepted (
    seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, at_ms INTEGER NOT NULL,
    sales INTEGER NOT NULL CHECK (sales IN (0, 1)), cash INTEGER NOT NULL
) STRICT;
CREATE TRIGGER accepted_stays BEFORE UPDATE ON accepted BEGIN SELECT RAISE(ABORT, 'append only'); END;
CREATE TRIGGER accepted_known BEFORE INSERT ON accepted
    WHEN NOT EXISTS (SELECT 1 FROM intent WHERE id = NEW.id)
    BEGIN SELECT RAISE(ABORT, 'no such document'); END;
CREATE TRIGGER accepted_kept BEFORE DELETE ON accepted WHEN EXISTS (SELECT 1 FROM intent WHERE id = OLD.id)
    BEGIN SELECT RAISE(ABORT, 'append only'); END;
"""

SCHEMA = f"""
CREATE TABLE owner (store INTEGER NOT NULL, till INTEGER NOT NULL) STRICT;
CREATE TABLE intent (
    seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, epoch INTEGER NOT NULL, no INTEGER NOT NULL,
    kind TEXT NOT NULL, sale TEXT, body BLOB NOT NULL, hash BLOB NOT NULL CHECK (length(hash) = 32),
    UNIQUE (epoch, no)
) STRICT;
CREATE INDEX intent_sale ON intent (sale) WHERE sale IS NOT NULL;
CREATE TABLE state (
    seq INTEGER PRIMARY KEY, id TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('acknowledged', 'printed')),
    outcome TEXT CHECK (outcome IN ('booked', 'flagged', 'refused')),
    answer TEXT, server_ms INTEGER, UNIQUE (id, state),
    CHECK (state = 'acknowledged' OR coalesce(outcome, answer, server_ms) IS NULL),
    CHECK ((state = 'acknowledged') = (outcome IS NOT NULL AND answer IS NOT NULL AND server_ms IS NOT NULL))
) STRICT;
CREATE TRIGGER owner_stays BEFORE UPDATE ON owner BEGIN SELECT RAISE(ABORT, 'append only'); END;
CREATE TRIGGER owner_kept BEFORE DELETE ON owner BEGIN SELECT RAISE(ABORT, 'append only'); END;
CREATE TRIGGER intent_stays BEFORE UPDATE ON intent BEGIN SELECT RAISE(ABORT, 'append only'); END;
CREATE TRIGGER state_stays BEFORE UPDATE ON state BEGIN SELECT RAISE(ABORT, 'append only'); END;
CREATE TRIGGER state_known BEFORE INSERT ON state
    WHEN NOT EXISTS (SELECT 1 FROM intent WHERE id = NEW.id)
    BEGIN SELECT RAISE(ABORT, 'no such document'); END;
CREATE TRIGGER state_in_order BEFORE INSERT ON state
    WHEN NEW.state = 'acknowledged' AND EXISTS (
        SELECT 1 FROM intent i JOIN intent b ON b.epoch = i.epoch AND b.no = i.no - 1
        WHERE i.id = NEW.id
          AND NOT EXISTS (SELECT 1 FROM state s WHERE s.id = b.id AND s.state = 'acknowledged'))
    BEGIN SELECT RAISE(ABORT, 'an earlier document has no answer'); END;
CREATE TRIGGER intent_kept BEFORE DELETE ON intent
    WHEN OLD.seq = (SELECT max(seq) FROM intent)
      OR NOT EXISTS (SELECT 1 FROM state s WHERE s.id = OLD.id AND s.state = 'acknowledged'
                     AND s.server_ms < (SELECT max(server_ms) FROM state) - {KEEP_MS})
    BEGIN SELECT RAISE(ABORT, 'append only'); END;
CREATE TRIGGER state_kept BEFORE DELETE ON state WHEN EXISTS (SELECT 1 FROM intent WHERE id = OLD.id)
    BEGIN SELECT RAISE(ABORT, 'append only'); END;
{_ALONE}"""

UPGRADES = {1: _ALONE}
"""What makes the next format of an older one. Format 2 notes what the till accepted by itself."""

# Answers come in order (a trigger sees to it), so only what follows the last one can be open: the till asks
# at every sale, and must not read a month of documents for it.
OPEN = """i.epoch = ?1 AND a.id IS NULL AND i.no > coalesce((SELECT d.no FROM state s
 CROSS JOIN intent d ON d.id = s.id WHERE s.state = 'acknowledged' AND d.epoch = ?1
 ORDER BY s.seq DESC LIMIT 1), 0)"""

DONE = "(a.outcome IN ('booked', 'flagged') OR (a.id IS NULL AND x.id IS NOT NULL))"

ENTRY = """
SELECT i.id, i.epoch, i.no, i.body, i.hash, a.outcome, a.answer, p.seq, x.seq
FROM intent i
LEFT JOIN accepted x ON x.id = i.id
LEFT JOIN state a ON a.id = i.id AND a.state = 'acknowledged'
LEFT JOIN state p ON p.id = i.id AND p.state = 'printed'
"""

COUNT_OPEN = f"""
SELECT coalesce(sum(x.id IS NULL), 0), count(x.id), coalesce(sum(x.sales), 0), coalesce(sum(x.cash), 0),
       coalesce(max(x.at_ms), 0)
FROM intent i LEFT JOIN accepted x ON x.id = i.id
LEFT JOIN state a ON a.id = i.id AND a.state = 'acknowledged' WHERE {OPEN}
"""

PRUNE = (
    "DELETE FROM intent WHERE seq < (SELECT max(seq) FROM intent) AND id IN (SELECT id FROM state"
    f" WHERE state = 'acknowledged' AND server_ms < (SELECT max(server_ms) FROM state) - {KEEP_MS})",
    "DELETE FROM state WHERE id NOT IN (SELECT id FROM intent)",
    "DELETE FROM accepted WHERE id NOT IN (SELECT id FROM intent)",
)
