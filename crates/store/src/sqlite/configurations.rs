use async_trait::async_trait;
use docmill_model::{Code, ConfigurationId, ProjectId};
use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, SqliteConnection, query};

use super::SqliteStore;
use super::rows::{Columns, Order, listed, push_list, push_page, to_json};
use crate::error::{StoreError, StoreResult};
use crate::records::{Configuration, ConfigurationFilter, Listed, NewConfiguration, NewParameters, PageRequest};
use crate::traits::Configurations;

#[async_trait]
impl Configurations for SqliteStore {
    async fn configuration_save(&self, new: NewConfiguration) -> StoreResult<Configuration> {
        let mut writer = self.writer().await;
        let mut tx = writer.begin().await?;
        let now = self.now().0;
        let row = query(
            "INSERT INTO configuration (id, project_id, name, product, parameters, version, created_at, updated_at)
             VALUES ($1, $2, $3, $4, $5, $6, $6, $6)
             ON CONFLICT (project_id, product, name) DO UPDATE
             SET parameters = excluded.parameters, version = excluded.version, updated_at = excluded.updated_at
             RETURNING *",
        )
        .bind(uuid::Uuid::now_v7().to_string())
        .bind(new.project.uuid().to_string())
        .bind(new.name)
        .bind(new.parameters.product.as_str())
        .bind(to_json(&new.parameters.parameters)?)
        .bind(now)
        .fetch_one(&mut *tx)
        .await?;
        tx.commit().await?;
        configuration(&row)
    }

    async fn configuration_get(&self, project: ProjectId, id: ConfigurationId) -> StoreResult<Option<Configuration>> {
        let ConfigurationId::Saved(id) = id else { return Ok(None) };
        let row = query("SELECT * FROM configuration WHERE id = $1 AND project_id = $2")
            .bind(id.to_string())
            .bind(project.uuid().to_string())
            .fetch_optional(&self.readers)
            .await?;
        row.as_ref().map(configuration).transpose()
    }

    async fn configuration_update(
        &self,
        project: ProjectId,
        id: ConfigurationId,
        name: Option<String>,
        parameters: Option<NewParameters>,
    ) -> StoreResult<Option<Configuration>> {
        let ConfigurationId::Saved(id) = id else { return Ok(None) };
        let mut writer = self.writer().await;
        let mut tx = writer.begin().await?;
        let now = self.now().0;
        let (product, body) = match &parameters {
            Some(new) => (Some(new.product.as_str()), Some(to_json(&new.parameters)?)),
            None => (None, None),
        };
        refuse_taken_name(&mut tx, &id.to_string(), name.as_deref(), product).await?;
        let row = query(
            "UPDATE configuration SET name = COALESCE($3, name), product = COALESCE($4, product),
                 parameters = COALESCE($5, parameters), version = CASE WHEN $5 IS NULL THEN version ELSE $6 END,
                 updated_at = $6
             WHERE id = $1 AND project_id = $2 RETURNING *",
        )
        .bind(id.to_string())
        .bind(project.uuid().to_string())
        .bind(name)
        .bind(product)
        .bind(body)
        .bind(now)
        .fetch_optional(&mut *tx)
        .await?;
        tx.commit().await?;
        row.as_ref().map(configuration).transpose()
    }

    async fn configuration_list(
        &self,
        project: ProjectId,
        filter: &ConfigurationFilter,
        page: PageRequest,
    ) -> StoreResult<Listed<Configuration>> {
        let mut list = QueryBuilder::new("SELECT * FROM configuration WHERE project_id = ");
        list.push_bind(project.uuid().to_string());
        if !filter.products.is_empty() {
            list.push(" AND product IN ");
            push_list(&mut list, filter.products.iter().map(|product| product.as_str().to_owned()));
        }
        if let Some(name) = &filter.name {
            list.push(" AND name = ").push_bind(name.clone());
        }
        push_page(&mut list, "id", Order::NewestFirst, page);
        listed(&list.build().fetch_all(&self.readers).await?, page, configuration)
    }

    async fn configuration_delete(&self, project: ProjectId, id: ConfigurationId) -> StoreResult<bool> {
        let ConfigurationId::Saved(id) = id else { return Ok(false) };
        let mut writer = self.writer().await;
        let mut tx = writer.begin().await?;
        let done = query("DELETE FROM configuration WHERE id = $1 AND project_id = $2")
            .bind(id.to_string())
            .bind(project.uuid().to_string())
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(done.rows_affected() == 1)
    }
}

/// Asked before the UPDATE, so that the UNIQUE constraint stays a guard against bugs and not a way to answer callers.
async fn refuse_taken_name(
    tx: &mut SqliteConnection,
    id: &str,
    name: Option<&str>,
    product: Option<&str>,
) -> StoreResult<()> {
    let taken = query(
        "SELECT 1 FROM configuration AS mine JOIN configuration AS other
             ON other.project_id = mine.project_id AND other.id <> mine.id
             AND other.name = COALESCE($2, mine.name) AND other.product = COALESCE($3, mine.product)
         WHERE mine.id = $1",
    )
    .bind(id)
    .bind(name)
    .bind(product)
    .fetch_optional(tx)
    .await?;
    match taken {
        Some(_) => Err(StoreError::refused(Code::Conflict, "Another configuration of this product has that name.")),
        None => Ok(()),
    }
}

fn configuration(row: &SqliteRow) -> StoreResult<Configuration> {
    Ok(Configuration {
        id: ConfigurationId::Saved(row.uuid("id")?),
        project: ProjectId::from_uuid(row.uuid("project_id")?),
        name: row.text("name")?,
        product: row.product()?,
        parameters: row.json("parameters")?,
        version: row.time("version")?,
        created_at: row.time("created_at")?,
        updated_at: row.time("updated_at")?,
    })
}
