//! Rows in SQLite and PostgreSQL, and what filters say of them there.

use rules::filter::{Bind, Dialect, Field, Fields, Filter, Sql, Type};
use rules::value::Value;
use rusqlite::types::Value as Stored;
use testkit::postgres::{Database, Server};
use tokio::runtime::Runtime;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, NoTls};

/// Both databases, each with one table at a time.
pub struct Engines {
    sqlite: rusqlite::Connection,
    runtime: Runtime,
    postgres: Client,
    _database: Database,
}

/// How the text columns are made: what a filter says must not hang on it.
#[derive(Debug, Clone, Copy)]
pub enum Columns {
    /// As the crate says.
    Told,
    /// Ordered by a language, without regard to letter case where the database offers that.
    Strange,
}

impl Engines {
    pub fn start() -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let database = Server::shared().database("filters");
        let postgres = runtime.block_on(async {
            let (client, connection) =
                tokio_postgres::connect(database.parameters(), NoTls).await.unwrap();
            tokio::spawn(connection);
            client
        });
        let sqlite = rusqlite::Connection::open_in_memory().unwrap();
        Self { sqlite, runtime, postgres, _database: database }
    }

    /// Fills a new table `rows` with these rows, numbered from 0.
    pub fn fill(&mut self, fields: &Fields, rows: &[Vec<Option<Value>>], columns: Columns) {
        self.make_table(fields, columns);
        let marks: Vec<String> = (1..=fields.iter().len() + 1).map(|n| format!("${n}")).collect();
        let insert = format!("INSERT INTO rows VALUES ({})", marks.join(", "));
        let mut into_sqlite = self.sqlite.prepare(&insert.replace('$', "?")).unwrap();
        for (number, row) in rows.iter().enumerate() {
            let stored: Vec<Stored> = fields.iter().zip(row).map(|(f, v)| stored(f, v)).collect();
            let id = Stored::Integer(number as i64);
            let all = std::iter::once(&id).chain(&stored);
            into_sqlite.execute(rusqlite::params_from_iter(all)).unwrap();
            let id = number as i64;
            let bound: Vec<Box<dyn ToSql + Sync>> =
                fields.iter().zip(&stored).map(|(field, value)| bound(field, value)).collect();
            let mut all: Vec<&(dyn ToSql + Sync)> = vec![&id];
            all.extend(bound.iter().map(|value| &**value));
            self.runtime.block_on(self.postgres.execute(&insert, &all)).unwrap();
        }
    }

    fn make_table(&mut self, fields: &Fields, columns: Columns) {
        for dialect in [Dialect::Sqlite, Dialect::Postgres] {
            let mut create = "DROP TABLE IF EXISTS rows; CREATE TABLE rows (id BIGINT".to_owned();
            for field in fields.iter() {
                let text = matches!(field.holds(), Type::Text | Type::Code(_));
                let holds = match (columns, dialect, text) {
                    (Columns::Strange, Dialect::Sqlite, true) => "TEXT COLLATE NOCASE".to_owned(),
                    (Columns::Strange, Dialect::Postgres, true) => "TEXT".to_owned(),
                    _ => field.holds().column(dialect),
                };
                create.push_str(&format!(", \"{}\" {holds}", field.column()));
            }
            create.push_str(");");
            // An index must not change what is found.
            for field in fields.iter() {
                let column = field.column();
                create.push_str(&format!("CREATE INDEX \"i_{column}\" ON rows (\"{column}\");"));
            }
            match dialect {
                Dialect::Sqlite => self.sqlite.execute_batch(&create).unwrap(),
                Dialect::Postgres => {
                    self.runtime.block_on(self.postgres.batch_execute(&create)).unwrap();
                }
            }
        }
    }

    /// For each row whether the filter holds, NULL as `None`, and the rows that WHERE finds.
    pub fn sqlite(&self, filter: &Filter) -> (Vec<Option<bool>>, Vec<i64>) {
        let Sql { text, binds } = filter.to_sql(Dialect::Sqlite, "r", 1);
        let text = text.replace('$', "?");
        let binds = || {
            rusqlite::params_from_iter(binds.iter().map(|bind| match bind {
                Bind::Text(text) => Stored::Text(text.to_string()),
                Bind::Integer(number) => Stored::Integer(*number),
            }))
        };
        let query = format!("SELECT {text} FROM rows AS r ORDER BY id");
        let mut query = self.sqlite.prepare(&query).unwrap();
        let values = query.query_map(binds(), |row| row.get(0)).unwrap();
        let values = values.map(Result::unwrap).collect();
        let query = format!("SELECT id FROM rows AS r WHERE {text} ORDER BY id");
        let mut query = self.sqlite.prepare(&query).unwrap();
        let found = query.query_map(binds(), |row| row.get(0)).unwrap();
        (values, found.map(Result::unwrap).collect())
    }

    /// The same in PostgreSQL.
    pub fn postgres(&self, filter: &Filter) -> (Vec<Option<bool>>, Vec<i64>) {
        let Sql { text, binds } = filter.to_sql(Dialect::Postgres, "r", 1);
        let binds: Vec<Box<dyn ToSql + Sync>> = binds
            .iter()
            .map(|bind| match bind {
                Bind::Text(text) => Box::new(text.to_string()) as Box<dyn ToSql + Sync>,
                Bind::Integer(number) => Box::new(*number),
            })
            .collect();
        let binds: Vec<&(dyn ToSql + Sync)> = binds.iter().map(|bind| &**bind).collect();
        let query = |query: String| {
            self.runtime
                .block_on(self.postgres.query(&query, &binds))
                .unwrap_or_else(|e| panic!("{query}: {e:?}"))
        };
        let values = query(format!("SELECT {text} FROM rows AS r ORDER BY id"));
        let found = query(format!("SELECT id FROM rows AS r WHERE {text} ORDER BY id"));
        (
            values.iter().map(|row| row.get(0)).collect(),
            found.iter().map(|row| row.get(0)).collect(),
        )
    }
}

/// A value as its column holds it.
fn stored(field: &Field, value: &Option<Value>) -> Stored {
    match (value, field.holds()) {
        (None, _) => Stored::Null,
        (Some(Value::Text(text)), _) => Stored::Text(text.to_string()),
        (Some(Value::Integer(number)), _) => Stored::Integer(*number),
        (Some(Value::Decimal(number)), Type::Decimal { places }) => {
            Stored::Integer(number.units_at(*places).unwrap())
        }
        (Some(Value::Boolean(value)), _) => Stored::Integer(i64::from(*value)),
        (Some(Value::Date(day)), _) => Stored::Integer(day.unix_day()),
        (Some(Value::Instant(time)), _) => Stored::Integer(time.micros()),
        (Some(value), holds) => panic!("{value} is no {holds}"),
    }
}

fn bound(field: &Field, stored: &Stored) -> Box<dyn ToSql + Sync> {
    let number = match stored {
        Stored::Integer(number) => Some(*number),
        _ => None,
    };
    match (field.holds(), stored) {
        (Type::Text | Type::Code(_), Stored::Text(text)) => Box::new(text.clone()),
        (Type::Text | Type::Code(_), _) => Box::new(None::<String>),
        (Type::Boolean, _) => Box::new(number.map(|number| number as i16)),
        _ => Box::new(number),
    }
}
