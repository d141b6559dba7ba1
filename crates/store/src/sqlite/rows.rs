//! Reading columns into the model's types, and writing the few that are not plain.

use std::str::FromStr;

use docmill_model::{Code, ConfigurationId, Failure, Product, Timestamp};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Row, Sqlite};
use uuid::Uuid;

use crate::error::{StoreError, StoreResult};
use crate::records::{BlobRef, Content, Listed, PageRequest};

/// Typed columns; whatever cannot be read as what it must be is `Corrupt`.
pub(super) trait Columns {
    fn text(&self, column: &str) -> StoreResult<String>;
    fn text_opt(&self, column: &str) -> StoreResult<Option<String>>;
    fn int(&self, column: &str) -> StoreResult<i64>;
    fn int_opt(&self, column: &str) -> StoreResult<Option<i64>>;
    fn real(&self, column: &str) -> StoreResult<f64>;

    fn uuid(&self, column: &str) -> StoreResult<Uuid> {
        read(column, &self.text(column)?)
    }

    fn uuid_opt(&self, column: &str) -> StoreResult<Option<Uuid>> {
        self.text_opt(column)?.map(|text| read(column, &text)).transpose()
    }

    fn count(&self, column: &str) -> StoreResult<u32> {
        u32::try_from(self.int(column)?).map_err(|_| unreadable(column))
    }

    fn size(&self, column: &str) -> StoreResult<u64> {
        u64::try_from(self.int(column)?).map_err(|_| unreadable(column))
    }

    fn flag(&self, column: &str) -> StoreResult<bool> {
        Ok(self.int(column)? != 0)
    }

    fn time(&self, column: &str) -> StoreResult<Timestamp> {
        self.int(column).map(Timestamp)
    }

    fn time_opt(&self, column: &str) -> StoreResult<Option<Timestamp>> {
        Ok(self.int_opt(column)?.map(Timestamp))
    }

    fn json<T: DeserializeOwned>(&self, column: &str) -> StoreResult<T> {
        serde_json::from_str(&self.text(column)?).map_err(|_| unreadable(column))
    }

    fn json_opt<T: DeserializeOwned>(&self, column: &str) -> StoreResult<Option<T>> {
        let text = self.text_opt(column)?;
        text.map(|text| serde_json::from_str(&text).map_err(|_| unreadable(column))).transpose()
    }

    /// A state, product or kind by its name.
    fn named<T>(&self, column: &str, from_text: impl Fn(&str) -> Option<T>) -> StoreResult<T> {
        from_text(&self.text(column)?).ok_or_else(|| unreadable(column))
    }

    fn product(&self) -> StoreResult<Product> {
        self.named("product", Product::from_text)
    }

    fn configuration_opt(&self) -> StoreResult<Option<ConfigurationId>> {
        self.text_opt("configuration")?.map(|text| read("configuration", &text)).transpose()
    }

    /// `failure_code` and `failure_message`. A code of another release reads as `INTERNAL`.
    fn failure(&self) -> StoreResult<Option<Failure>> {
        let Some(code) = self.text_opt("failure_code")? else { return Ok(None) };
        let code = Code::from_text(&code).unwrap_or(Code::Internal);
        Ok(Some(Failure::new(code, self.text_opt("failure_message")?.unwrap_or_default())))
    }

    /// `blob_key`, `path`, `modified_ms`, `sha256`, `bytes` of a file row.
    fn content(&self) -> StoreResult<Content> {
        let (sha256, bytes) = (self.text("sha256")?, self.size("bytes")?);
        match self.text_opt("blob_key")? {
            Some(key) => Ok(Content::Blob(BlobRef { key, sha256, bytes })),
            None => {
                Ok(Content::Path { path: self.text("path")?, bytes, modified_ms: self.int("modified_ms")?, sha256 })
            }
        }
    }
}

impl Columns for SqliteRow {
    fn text(&self, column: &str) -> StoreResult<String> {
        Ok(self.try_get(column)?)
    }

    fn text_opt(&self, column: &str) -> StoreResult<Option<String>> {
        Ok(self.try_get(column)?)
    }

    fn int(&self, column: &str) -> StoreResult<i64> {
        Ok(self.try_get(column)?)
    }

    fn int_opt(&self, column: &str) -> StoreResult<Option<i64>> {
        Ok(self.try_get(column)?)
    }

    fn real(&self, column: &str) -> StoreResult<f64> {
        Ok(self.try_get(column)?)
    }
}

fn read<T: FromStr>(column: &str, text: &str) -> StoreResult<T> {
    text.parse().map_err(|_| unreadable(column))
}

fn unreadable(column: &str) -> StoreError {
    StoreError::Corrupt(format!("column `{column}` cannot be read"))
}

pub(super) fn to_json<T: Serialize>(value: &T) -> StoreResult<String> {
    serde_json::to_string(value).map_err(|error| StoreError::Corrupt(format!("cannot be stored: {error}")))
}

/// Sizes are far below 2^63; one that is not is refused rather than wrapped.
pub(super) fn to_int(value: u64) -> StoreResult<i64> {
    i64::try_from(value).map_err(|_| StoreError::Corrupt(format!("{value} is too large for the store")))
}

/// A configuration's bare UUID, or a preset's name.
pub(super) fn configuration_text(id: ConfigurationId) -> String {
    match id {
        ConfigurationId::Saved(uuid) => uuid.to_string(),
        ConfigurationId::Preset(preset) => preset.name().to_owned(),
    }
}

/// The order of a list, by id. Ids are time-sortable.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    NewestFirst,
    OldestFirst,
}

/// Ends a list query: rows after the cursor, in order, and one row more than the page to know whether there is a next.
/// The query must have its WHERE; `id` is the qualified id column.
pub(super) fn push_page(query: &mut QueryBuilder<Sqlite>, id: &str, order: Order, page: PageRequest) {
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
pub(super) fn listed<T>(
    rows: &[SqliteRow],
    page: PageRequest,
    read: impl Fn(&SqliteRow) -> StoreResult<T>,
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
pub(super) fn push_list(query: &mut QueryBuilder<Sqlite>, texts: impl IntoIterator<Item = String>) {
    query.push("(");
    let mut list = query.separated(", ");
    for text in texts {
        list.push_bind(text);
    }
    query.push(")");
}

pub(super) fn push_time_range(
    query: &mut QueryBuilder<Sqlite>,
    column: &str,
    from: Option<Timestamp>,
    to: Option<Timestamp>,
) {
    if let Some(from) = from {
        query.push(format!(" AND {column} >= ")).push_bind(from.0);
    }
    if let Some(to) = to {
        query.push(format!(" AND {column} <= ")).push_bind(to.0);
    }
}
