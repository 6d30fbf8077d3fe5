//! Which tables there are.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::Arc;

use rules::filter::{Dialect as FilterDialect, Field, Fields, Type};

use crate::dialect::Dialect;
use crate::error::Error;

/// The version of the tables. Readings of another version are dropped and made anew.
pub(super) const FORMAT: i64 = 6;

/// The tables that are the same under every plan.
const COMMON: &str = "
CREATE TABLE watermark (
    singleton SMALLINT PRIMARY KEY CHECK (singleton = 1),
    format BIGINT NOT NULL,
    plan TEXT NOT NULL,
    merged BIGINT NOT NULL,
    -- The id of the last merged record: another one there now means another log.
    last_id TEXT
);
CREATE TABLE effect (
    position BIGINT NOT NULL,
    from_position BIGINT NOT NULL,
    until_position BIGINT NOT NULL,
    PRIMARY KEY (position, from_position)
) {clustered};
CREATE TABLE subject_record (
    subject {text} NOT NULL,
    valid_at BIGINT NOT NULL,
    position BIGINT NOT NULL,
    role {text} NOT NULL,
    kind {text} NOT NULL,
    PRIMARY KEY (subject, valid_at, position, role)
) {clustered};
-- The index of traceability events: the positions of those that have a key.
CREATE TABLE event_term (
    term BIGINT NOT NULL,
    position BIGINT NOT NULL,
    PRIMARY KEY (term, position)
) {clustered};
-- The few values that fields of events had: steps, places.
CREATE TABLE event_value (
    field {text} NOT NULL,
    value {text} NOT NULL,
    PRIMARY KEY (field, value)
) {clustered};
-- A case, at the position of the record that opened it first: what its records say, packed.
CREATE TABLE case_row (
    position {position},
    id TEXT NOT NULL,
    office {text} NOT NULL,
    region {text} NOT NULL,
    procedure {text} NOT NULL,
    state {text} NOT NULL,
    is_open SMALLINT NOT NULL,
    entries BYTEA NOT NULL
);
-- What has to be done. Moments are µs; what has none has the largest number, what does not stand
-- still the smallest. Never how much is left.
CREATE TABLE duty (
    case_position BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    office {text} NOT NULL,
    region {text} NOT NULL,
    procedure {text} NOT NULL,
    state {text} NOT NULL,
    kind {text} NOT NULL,
    term {text},
    steps TEXT NOT NULL,
    needs TEXT NOT NULL,
    overdue_from BIGINT NOT NULL,
    pressing_from BIGINT NOT NULL,
    still_until BIGINT NOT NULL,
    is_provisional SMALLINT NOT NULL,
    assignee {text},
    excluded TEXT NOT NULL,
    PRIMARY KEY (case_position, ordinal)
) {clustered};
CREATE INDEX duty_office ON duty (office, overdue_from, case_position, ordinal);
CREATE INDEX duty_due ON duty (overdue_from, case_position, ordinal);
CREATE INDEX duty_assignee ON duty (assignee, overdue_from, case_position, ordinal)
    WHERE assignee IS NOT NULL;
-- What the program is to do at the end of a term.
CREATE TABLE case_take (
    case_position BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    step {text} NOT NULL,
    term {text} NOT NULL,
    take_at BIGINT NOT NULL,
    PRIMARY KEY (case_position, ordinal)
) {clustered};
CREATE INDEX case_take_at ON case_take (take_at, case_position, ordinal);
-- What was late.
CREATE TABLE case_late (
    case_position BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    office {text} NOT NULL,
    procedure {text} NOT NULL,
    term {text} NOT NULL,
    step {text} NOT NULL,
    is_met SMALLINT NOT NULL,
    overdue_from BIGINT NOT NULL,
    done_at BIGINT NOT NULL,
    done_by {text} NOT NULL,
    assignee {text},
    PRIMARY KEY (case_position, ordinal)
) {clustered};
CREATE INDEX case_late_due ON case_late (overdue_from);
CREATE TABLE set_aside (
    position {position},
    reason TEXT NOT NULL
);
";

/// The index by subject and kind, but for the condition that leaves out events.
const BY_KIND: &str =
    "CREATE INDEX subject_record_kind ON subject_record (subject, kind, valid_at, position, role)";

/// PostgreSQL cuts names off after 63 letters, and indexes are named after their table.
const LONGEST_NAME: usize = 50;

/// The projections that are wanted: of which kinds, with which typed columns.
#[derive(Debug, Clone)]
pub struct Plan {
    digest: String,
    kinds: BTreeMap<String, Arc<Kind>>,
    events: Option<String>,
}

/// The table of a kind.
#[derive(Debug)]
pub(super) struct Kind {
    /// Its name.
    pub(super) table: String,
    /// Its typed columns.
    pub(super) fields: Arc<Fields>,
    /// All its columns in their order.
    pub(super) columns: Vec<Column>,
    /// Those of its columns that hold a number by which people call such a record.
    pub(super) numbers: Vec<String>,
}

/// A column that is written to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Holds {
    Integer,
    Flag,
    Text,
    Bytes,
}

#[derive(Debug, Clone)]
pub(super) struct Column {
    pub(super) name: String,
    pub(super) holds: Holds,
}

pub(super) fn column(name: &str, holds: Holds) -> Column {
    Column { name: name.to_owned(), holds }
}

impl Plan {
    /// A plan for these kinds. `digest` names whatever decides how records are read, such as the
    /// version of the pack: under another digest the readings are made anew.
    ///
    /// # Errors
    /// [`Error::Plan`] where two kinds or fields would have the same table or column, or one has a
    /// name that no table can have.
    ///
    /// ```
    /// use rules::filter::{Field, Fields, Type};
    /// use std::sync::Arc;
    /// let fields = Arc::new(Fields::new([Field::new("result", Type::Code(None))])?);
    /// let plan = store::readings::Plan::new("pack 7", [("test-report".to_owned(), fields)])?;
    /// assert_eq!(plan.kinds().collect::<Vec<_>>(), ["test-report"]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn new(
        digest: &str,
        kinds: impl IntoIterator<Item = (String, Arc<Fields>)>,
    ) -> Result<Self, Error> {
        let mut planned: BTreeMap<String, Arc<Kind>> = BTreeMap::new();
        for (name, fields) in kinds {
            let kind = Kind::new(&name, &fields)?;
            if let Some((other, _)) = planned.iter().find(|(_, other)| other.table == kind.table) {
                let what = format!("the kinds {other} and {name} would have the same table");
                return Err(Error::Plan { what });
            }
            planned.insert(name, Arc::new(kind));
        }
        Ok(Self { digest: digest.to_owned(), kinds: planned, events: None })
    }

    /// With fields that hold a number by which people call a record of a kind, such as that of a
    /// decision: records are found by it. What is no text field of a planned kind is left out.
    #[must_use]
    pub fn numbered<'n>(mut self, fields: impl IntoIterator<Item = (&'n str, &'n str)>) -> Self {
        for (kind, field) in fields {
            let Some(kind) = self.kinds.get_mut(kind).and_then(Arc::get_mut) else { continue };
            let found = kind.fields.iter().find(|known| known.name() == field);
            let column = found.filter(|f| *f.holds() == Type::Text).map(|f| f.column().to_owned());
            kind.numbers.extend(column);
        }
        self
    }

    /// With the planned kind whose records are traceability events. So many of them name one subject that
    /// they have an index of their own, by their keys, and none by subject and kind.
    #[must_use]
    pub fn with_events(mut self, kind: &str) -> Self {
        self.events = self.kinds.contains_key(kind).then(|| kind.to_owned());
        self
    }

    /// The kind whose records are traceability events.
    pub(super) fn events(&self) -> Option<&str> {
        self.events.as_deref()
    }

    /// The tables of kinds with their columns of numbers: kind, table, column.
    pub(super) fn numbers(&self) -> impl Iterator<Item = (&str, &str, &str)> {
        self.kinds.iter().flat_map(|(name, kind)| {
            let columns = kind.numbers.iter();
            columns.map(|column| (name.as_str(), kind.table.as_str(), column.as_str()))
        })
    }

    /// What names this plan.
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// The kinds that have a table, in the order of their names.
    pub fn kinds(&self) -> impl Iterator<Item = &str> {
        self.kinds.keys().map(String::as_str)
    }

    pub(super) fn kind(&self, name: &str) -> Option<&Arc<Kind>> {
        self.kinds.get(name)
    }

    /// The statements that make the tables, empty.
    pub(super) fn tables(&self, dialect: Dialect) -> String {
        let mut sql = format!("{COMMON}{BY_KIND}");
        if let Some(events) = &self.events {
            // A kind has a name of small letters and hyphens.
            let _ = write!(sql, " WHERE kind <> '{events}'");
        }
        sql.push_str(";\n");
        for kind in self.kinds.values() {
            kind.write_table(&mut sql, dialect);
        }
        dialect.sql(&sql).into_owned()
    }

    /// Each table with the columns of its key.
    pub(super) fn all_tables(&self) -> Vec<(&str, &'static str)> {
        let mut tables = vec![
            ("watermark", "singleton"),
            ("effect", "position, from_position"),
            ("subject_record", "subject, valid_at, position, role"),
            ("event_term", "term, position"),
            ("event_value", "field, value"),
            ("case_row", "position"),
            ("duty", "case_position, ordinal"),
            ("case_take", "case_position, ordinal"),
            ("case_late", "case_position, ordinal"),
            ("set_aside", "position"),
        ];
        tables.extend(self.kinds.values().map(|kind| (kind.table.as_str(), "position")));
        tables
    }
}

impl Kind {
    fn new(name: &str, fields: &Fields) -> Result<Self, Error> {
        let is_sound = |c: char| matches!(c, 'a'..='z' | '0'..='9' | '_' | '-' | '.');
        if name.is_empty() || name.len() > LONGEST_NAME || !name.chars().all(is_sound) {
            let what = format!(
                "the kind {name} needs a name of at most {LONGEST_NAME} small letters, digits, - and ."
            );
            return Err(Error::Plan { what });
        }
        // Prefixed: a field may be called as one of the fixed columns is.
        let own = |field: &Field| {
            let column = format!("f_{}", field.name().replace('.', "_"));
            Field::new(field.name(), field.holds().clone()).in_column(&column)
        };
        let fields = Fields::new(fields.iter().map(own))
            .map_err(|fault| Error::Plan { what: format!("in the kind {name} {fault}") })?;
        let mut columns = vec![
            column("position", Holds::Integer),
            column("id", Holds::Text),
            column("valid_at", Holds::Integer),
            column("recorded_at", Holds::Integer),
            column("region", Holds::Text),
            column("office", Holds::Text),
            column("author", Holds::Text),
        ];
        columns.extend(fields.iter().map(|field| {
            let holds = match field.holds() {
                Type::Text | Type::Code(_) => Holds::Text,
                Type::Boolean => Holds::Flag,
                Type::Integer | Type::Decimal { .. } | Type::Date | Type::Instant => Holds::Integer,
            };
            column(field.column(), holds)
        }));
        let table = format!("kind_{}", name.replace(['-', '.'], "_"));
        Ok(Self { table, fields: Arc::new(fields), columns, numbers: Vec::new() })
    }

    fn write_table(&self, sql: &mut String, dialect: Dialect) {
        let table = &self.table;
        let _ = write!(
            sql,
            "CREATE TABLE \"{table}\" (position {{position}}, id TEXT NOT NULL, \
             valid_at BIGINT NOT NULL, recorded_at BIGINT NOT NULL, region {{text}} NOT NULL, \
             office {{text}}, author {{text}} NOT NULL"
        );
        let filter_dialect = match dialect {
            Dialect::Sqlite => FilterDialect::Sqlite,
            Dialect::Postgres => FilterDialect::Postgres,
        };
        for field in self.fields.iter() {
            let _ =
                write!(sql, ", \"{}\" {}", field.column(), field.holds().column(filter_dialect));
        }
        let _ = writeln!(
            sql,
            ");\nCREATE INDEX \"{table}_valid\" ON \"{table}\" (valid_at, position);\n\
             CREATE INDEX \"{table}_region\" ON \"{table}\" (region, valid_at, position);"
        );
        for (at, column) in self.numbers.iter().enumerate() {
            let _ = writeln!(sql, "CREATE INDEX \"{table}_n{at}\" ON \"{table}\" (\"{column}\");");
        }
    }
}
