//! The questions of the writer, the same for both databases where one value is asked for at a time.

pub(crate) const HAS_ID: &str = "SELECT 1 FROM record_id WHERE id = $1";

/// A record by its id, a row for each record that took its place.
pub(crate) const BY_ID: &str = "SELECT r.position, r.kind, r.batch, r.content, r.unique_keys, \
     c.corrected_by, n.id, n.batch FROM record_id i JOIN record r ON r.position = i.position \
     LEFT JOIN corrected c ON c.position = r.position \
     LEFT JOIN record n ON n.position = c.corrected_by WHERE i.id = $1";

pub(crate) const IS_CLOSED: &str = "SELECT 1 FROM batch_closed WHERE batch = $1";
pub(crate) const IS_WITHDRAWN: &str = "SELECT 1 FROM withdrawn WHERE target = $1";

/// How many records a batch or single record has, and its kind where it is a single record.
pub(crate) const TARGET_SIZE: &str = "SELECT (SELECT COUNT(*) FROM record WHERE batch = $1) + \
     (SELECT COUNT(*) FROM batch_closed WHERE batch = $1) + \
     (SELECT COUNT(*) FROM record_id WHERE id = $1), (SELECT r.kind FROM record_id i \
     JOIN record r ON r.position = i.position WHERE i.id = $1)";

/// A record of the target that a record outside of it, not withdrawn itself, has corrected.
pub(crate) const TARGET_CORRECTED: &str = "SELECT m.position, m.id, n.position, n.id FROM ( \
     SELECT position, id FROM record WHERE batch = $1 UNION ALL \
     SELECT position, id FROM record_id WHERE id = $1) m \
     JOIN corrected c ON c.position = m.position JOIN record n ON n.position = c.corrected_by \
     WHERE (n.batch IS NULL OR n.batch <> $1) \
     AND NOT EXISTS (SELECT 1 FROM withdrawn w WHERE w.target = n.batch OR w.target = n.id) \
     LIMIT 1";

/// Records outside of the target whose place its records took, and their unique keys.
pub(crate) const TARGET_RESTORED: &str = "SELECT o.position, o.id, o.unique_keys FROM ( \
     SELECT corrects FROM record WHERE batch = $1 AND corrects IS NOT NULL UNION ALL \
     SELECT r.corrects FROM record_id i JOIN record r ON r.position = i.position \
     WHERE i.id = $1 AND r.corrects IS NOT NULL) m \
     JOIN record_id i ON i.id = m.corrects JOIN record o ON o.position = i.position \
     WHERE (o.batch IS NULL OR o.batch <> $1) \
     AND NOT EXISTS (SELECT 1 FROM withdrawn w WHERE w.target = o.batch OR w.target = o.id)";

pub(crate) const NEW_KEY: &str =
    "INSERT INTO person_key (person, wrapped) VALUES ($1, $2) ON CONFLICT (person) DO NOTHING";
pub(crate) const CLOSE: &str = "INSERT INTO batch_closed (batch, position) VALUES ($1, $2)";
pub(crate) const WITHDRAW: &str = "INSERT INTO withdrawn (target, position) VALUES ($1, $2)";
