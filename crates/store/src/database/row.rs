//! Reading columns into the model's types, and writing the few that are not plain.

use std::str::FromStr;

use docmill_model::{Code, ConfigurationId, Failure, Product, Timestamp};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row as _, TypeInfo as _, ValueRef as _};
use uuid::Uuid;

use super::statement::QueryBuilder;
use crate::error::{StoreError, StoreResult};
use crate::records::{BlobRef, Content, Listed, PageRequest};

/// A row of either database. Columns are read as what they must be; whatever cannot be is `Corrupt`.
pub(crate) enum Row {
    Sqlite(SqliteRow),
    Postgres(PgRow),
}

impl Row {
    pub(crate) fn text(&self, column: &str) -> StoreResult<String> {
        self.text_opt(column)?.ok_or_else(|| unreadable(column))
    }

    pub(crate) fn text_opt(&self, column: &str) -> StoreResult<Option<String>> {
        Ok(match self {
            Self::Sqlite(row) => row.try_get(column)?,
            Self::Postgres(row) => row.try_get(column)?,
        })
    }

    pub(crate) fn int(&self, column: &str) -> StoreResult<i64> {
        self.int_opt(column)?.ok_or_else(|| unreadable(column))
    }

    /// Any whole number or boolean: PostgreSQL has types of several sizes where SQLite has one.
    pub(crate) fn int_opt(&self, column: &str) -> StoreResult<Option<i64>> {
        let row = match self {
            Self::Sqlite(row) => return Ok(row.try_get(column)?),
            Self::Postgres(row) => row,
        };
        let value = row.try_get_raw(column)?;
        if value.is_null() {
            return Ok(None);
        }
        Ok(match value.type_info().name() {
            "INT2" => Some(i64::from(row.try_get::<i16, _>(column)?)),
            "INT4" => Some(i64::from(row.try_get::<i32, _>(column)?)),
            "BOOL" => Some(i64::from(row.try_get::<bool, _>(column)?)),
            _ => row.try_get(column)?,
        })
    }

    pub(crate) fn real(&self, column: &str) -> StoreResult<f64> {
        Ok(match self {
            Self::Sqlite(row) => row.try_get(column)?,
            Self::Postgres(row) => row.try_get(column)?,
        })
    }

    pub(crate) fn uuid(&self, column: &str) -> StoreResult<Uuid> {
        read(column, &self.text(column)?)
    }

    pub(crate) fn uuid_opt(&self, column: &str) -> StoreResult<Option<Uuid>> {
        self.text_opt(column)?.map(|text| read(column, &text)).transpose()
    }

    pub(crate) fn count(&self, column: &str) -> StoreResult<u32> {
        u32::try_from(self.int(column)?).map_err(|_| unreadable(column))
    }

    pub(crate) fn count_opt(&self, column: &str) -> StoreResult<Option<u32>> {
        let count = self.int_opt(column)?;
        count.map(|count| u32::try_from(count).map_err(|_| unreadable(column))).transpose()
    }

    pub(crate) fn size(&self, column: &str) -> StoreResult<u64> {
        u64::try_from(self.int(column)?).map_err(|_| unreadable(column))
    }

    pub(crate) fn flag(&self, column: &str) -> StoreResult<bool> {
        Ok(self.int(column)? != 0)
    }

    pub(crate) fn time(&self, column: &str) -> StoreResult<Timestamp> {
        self.int(column).map(Timestamp)
    }

    pub(crate) fn time_opt(&self, column: &str) -> StoreResult<Option<Timestamp>> {
        Ok(self.int_opt(column)?.map(Timestamp))
    }

    pub(crate) fn json<T: DeserializeOwned>(&self, column: &str) -> StoreResult<T> {
        serde_json::from_str(&self.text(column)?).map_err(|_| unreadable(column))
    }

    pub(crate) fn json_opt<T: DeserializeOwned>(&self, column: &str) -> StoreResult<Option<T>> {
        let text = self.text_opt(column)?;
        text.map(|text| serde_json::from_str(&text).map_err(|_| unreadable(column))).transpose()
    }

    /// A state, product or kind by its name.
    pub(crate) fn named<T>(&self, column: &str, from_text: impl Fn(&str) -> Option<T>) -> StoreResult<T> {
        from_text(&self.text(column)?).ok_or_else(|| unreadable(column))
    }

    pub(crate) fn product(&self) -> StoreResult<Product> {
        self.named("product", Product::from_text)
    }

    pub(crate) fn configuration_opt(&self) -> StoreResult<Option<ConfigurationId>> {
        self.text_opt("configuration")?.map(|text| read("configuration", &text)).transpose()
    }

    /// `failure_code` and `failure_message`. A code of another release reads as `INTERNAL`.
    pub(crate) fn failure(&self) -> StoreResult<Option<Failure>> {
        let Some(code) = self.text_opt("failure_code")? else { return Ok(None) };
        let code = Code::from_text(&code).unwrap_or(Code::Internal);
        Ok(Some(Failure::new(code, self.text_opt("failure_message")?.unwrap_or_default())))
    }

    /// `blob_key`, `path`, `modified_ms`, `sha256`, `bytes` of a file row.
    pub(crate) fn content(&self) -> StoreResult<Content> {
        let (sha256, bytes) = (self.text("sha256")?, self.size("bytes")?);
        match self.text_opt("blob_key")? {
            Some(key) => Ok(Content::Blob(BlobRef { key, sha256, bytes })),
            None => {
                Ok(Content::Path { path: self.text("path")?, bytes, modified_ms: self.int("modified_ms")?, sha256 })
            }
        }
    }
}

fn read<T: FromStr>(column: &str, text: &str) -> StoreResult<T> {
    text.parse().map_err(|_| unreadable(column))
}

fn unreadable(column: &str) -> StoreError {
    StoreError::Corrupt(format!("column `{column}` cannot be read"))
}

pub(crate) fn to_json<T: Serialize>(value: &T) -> StoreResult<String> {
    serde_json::to_string(value).map_err(|error| StoreError::Corrupt(format!("cannot be stored: {error}")))
}

/// Sizes are far below 2^63; one that is not is refused rather than wrapped.
pub(crate) fn to_int(value: u64) -> StoreResult<i64> {
    i64::try_from(value).map_err(|_| StoreError::Corrupt(format!("{value} is too large for the store")))
}

/// A configuration's bare UUID, or a preset's name.
pub(crate) fn configuration_text(id: ConfigurationId) -> String {
    match id {
        ConfigurationId::Saved(uuid) => uuid.to_string(),
        ConfigurationId::Preset(preset) => preset.name().to_owned(),
    }
}

/// The order of a list, by id. Ids are time-sortable.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    NewestFirst,
    OldestFirst,
}

/// Ends a list query: rows after the cursor, in order, and one row more than the page to know whether there is a next.
/// The query must have its WHERE; `id` is the qualified id column.
pub(crate) fn push_page(query: &mut QueryBuilder, id: &str, order: Order, page: PageRequest) {
    let (comparison, direction) = match order {
        Order::NewestFirst => ("<", "DESC"),
        Order::OldestFirst => (">", "ASC"),
    };
    if let Some(after) = page.after {
        query.push(format!(" AND {id} {comparison} ")).push_bind(after.to_string());
    }
    query.push(format!(" ORDER BY {id} {direction} LIMIT ")).push_bind(i64::from(page.limit) + 1);
}

/// Cuts the extra row off and says where the next page begins.
pub(crate) fn listed<T>(
    rows: &[Row],
    page: PageRequest,
    read: impl Fn(&Row) -> StoreResult<T>,
) -> StoreResult<Listed<T>> {
    let limit = page.limit as usize;
    let shown = &rows[..rows.len().min(limit)];
    let items = shown.iter().map(read).collect::<StoreResult<Vec<T>>>()?;
    let next = match shown.last() {
        Some(last) if rows.len() > limit => Some(last.uuid("id")?),
        _ => None,
    };
    Ok(Listed { items, next })
}

/// `(a, b, c)` of bound texts for `IN`.
pub(crate) fn push_list(query: &mut QueryBuilder, texts: impl IntoIterator<Item = String>) {
    let mut is_empty = true;
    query.push("(");
    for (index, text) in texts.into_iter().enumerate() {
        if index > 0 {
            query.push(", ");
        }
        query.push_bind(text);
        is_empty = false;
    }
    // PostgreSQL has no empty list; nothing is in a list of NULL.
    query.push(if is_empty { "NULL)" } else { ")" });
}

pub(crate) fn push_time_range(query: &mut QueryBuilder, column: &str, from: Option<Timestamp>, to: Option<Timestamp>) {
    if let Some(from) = from {
        query.push(format!(" AND {column} >= ")).push_bind(from.0);
    }
    if let Some(to) = to {
        query.push(format!(" AND {column} <= ")).push_bind(to.0);
    }
}
