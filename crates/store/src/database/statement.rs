//! SQL text with its values, for whichever database runs it. The text is the same for both: `$1` and its like stand for
//! values, which both understand.

use std::fmt::{Display, Write};

use sqlx::postgres::PgArguments;
use sqlx::query::Query;
use sqlx::sqlite::SqliteArguments;
use sqlx::{AssertSqlSafe, Postgres, SqlSafeStr, SqlStr, Sqlite};

use super::connection::{Connection, Raw};
use super::row::Row;
use crate::error::StoreResult;

/// A value that a statement is given: what the store's columns hold, and nothing else.
#[derive(Debug, Clone)]
pub(crate) enum Value {
    Text(Option<String>),
    Int(Option<i64>),
    Real(f64),
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(Some(text.to_owned()))
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(Some(text))
    }
}

impl From<&String> for Value {
    fn from(text: &String) -> Self {
        Self::Text(Some(text.clone()))
    }
}

impl From<Option<String>> for Value {
    fn from(text: Option<String>) -> Self {
        Self::Text(text)
    }
}

impl From<Option<&str>> for Value {
    fn from(text: Option<&str>) -> Self {
        Self::Text(text.map(str::to_owned))
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Int(Some(number))
    }
}

impl From<Option<i64>> for Value {
    fn from(number: Option<i64>) -> Self {
        Self::Int(number)
    }
}

impl From<f64> for Value {
    fn from(number: f64) -> Self {
        Self::Real(number)
    }
}

/// A statement with its values.
pub(crate) struct Statement {
    sql: SqlStr,
    values: Vec<Value>,
    persistent: bool,
}

/// A statement whose text is known; `bind` gives the values of `$1`, `$2` and so on.
pub(crate) fn query(sql: &'static str) -> Statement {
    Statement { sql: sql.into_sql_str(), values: Vec::new(), persistent: true }
}

impl Statement {
    pub(crate) fn bind(mut self, value: impl Into<Value>) -> Self {
        self.values.push(value.into());
        self
    }

    /// False for a text that hardly comes again: it is not kept prepared.
    pub(crate) fn persistent(mut self, persistent: bool) -> Self {
        self.persistent = persistent;
        self
    }

    /// Answers how many rows it changed.
    pub(crate) async fn execute(self, connection: &mut Connection<'_>) -> StoreResult<u64> {
        Ok(match connection.raw() {
            Raw::Sqlite(raw) => self.sqlite().execute(raw).await?.rows_affected(),
            Raw::Postgres(raw) => self.postgres().execute(raw).await?.rows_affected(),
        })
    }

    pub(crate) async fn fetch_all(self, connection: &mut Connection<'_>) -> StoreResult<Vec<Row>> {
        Ok(match connection.raw() {
            Raw::Sqlite(raw) => self.sqlite().fetch_all(raw).await?.into_iter().map(Row::Sqlite).collect(),
            Raw::Postgres(raw) => self.postgres().fetch_all(raw).await?.into_iter().map(Row::Postgres).collect(),
        })
    }

    pub(crate) async fn fetch_one(self, connection: &mut Connection<'_>) -> StoreResult<Row> {
        Ok(match connection.raw() {
            Raw::Sqlite(raw) => Row::Sqlite(self.sqlite().fetch_one(raw).await?),
            Raw::Postgres(raw) => Row::Postgres(self.postgres().fetch_one(raw).await?),
        })
    }

    pub(crate) async fn fetch_optional(self, connection: &mut Connection<'_>) -> StoreResult<Option<Row>> {
        Ok(match connection.raw() {
            Raw::Sqlite(raw) => self.sqlite().fetch_optional(raw).await?.map(Row::Sqlite),
            Raw::Postgres(raw) => self.postgres().fetch_optional(raw).await?.map(Row::Postgres),
        })
    }

    fn sqlite(self) -> Query<'static, Sqlite, SqliteArguments> {
        let query = sqlx::query(self.sql).persistent(self.persistent);
        self.values.into_iter().fold(query, |query, value| match value {
            Value::Text(text) => query.bind(text),
            Value::Int(number) => query.bind(number),
            Value::Real(number) => query.bind(number),
        })
    }

    fn postgres(self) -> Query<'static, Postgres, PgArguments> {
        let query = sqlx::query(self.sql).persistent(self.persistent);
        self.values.into_iter().fold(query, |query, value| match value {
            Value::Text(text) => query.bind(text),
            Value::Int(number) => query.bind(number),
            Value::Real(number) => query.bind(number),
        })
    }
}

/// A statement that is put together from parts.
pub(crate) struct QueryBuilder {
    sql: String,
    values: Vec<Value>,
}

impl QueryBuilder {
    pub(crate) fn new(sql: impl Into<String>) -> Self {
        Self { sql: sql.into(), values: Vec::new() }
    }

    /// SQL as it stands: never anything that a caller of the store gave.
    pub(crate) fn push(&mut self, sql: impl Display) -> &mut Self {
        // Writing into a String cannot fail.
        let _ = write!(self.sql, "{sql}");
        self
    }

    pub(crate) fn push_bind(&mut self, value: impl Into<Value>) -> &mut Self {
        self.values.push(value.into());
        let _ = write!(self.sql, "${}", self.values.len());
        self
    }

    /// `VALUES (a, b), (c, d)`: a tuple an item.
    pub(crate) fn push_values<I: IntoIterator>(
        &mut self,
        items: I,
        mut push_tuple: impl FnMut(Tuple<'_>, I::Item),
    ) -> &mut Self {
        for (index, item) in items.into_iter().enumerate() {
            self.push(if index == 0 { "VALUES (" } else { ", (" });
            push_tuple(Tuple { query: self, is_first: true }, item);
            self.push(")");
        }
        self
    }

    pub(crate) fn build(self) -> Statement {
        Statement { sql: AssertSqlSafe(self.sql).into_sql_str(), values: self.values, persistent: true }
    }
}

/// The values of one tuple, with commas between.
pub(crate) struct Tuple<'a> {
    query: &'a mut QueryBuilder,
    is_first: bool,
}

impl Tuple<'_> {
    pub(crate) fn push(&mut self, sql: impl Display) -> &mut Self {
        self.comma();
        self.query.push(sql);
        self
    }

    pub(crate) fn push_bind(&mut self, value: impl Into<Value>) -> &mut Self {
        self.comma();
        self.query.push_bind(value);
        self
    }

    fn comma(&mut self) {
        if !self.is_first {
            self.query.push(", ");
        }
        self.is_first = false;
    }
}
