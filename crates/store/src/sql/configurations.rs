use crate::database::{Connection, QueryBuilder, Row, again, query};
use async_trait::async_trait;
use docmill_model::{Code, ConfigurationId, ProductType, ProjectId, Timestamp};
use serde_json::Value;
use uuid::Uuid;

use super::SqlStore;
use crate::database::row::{Order, listed, push_list, push_page, to_json};
use crate::error::{StoreError, StoreResult};
use crate::records::{Configuration, ConfigurationFilter, Listed, NewConfiguration, NewParameters, PageRequest};
use crate::traits::Configurations;

const NOW: &str = "SELECT head.*, head.id AS configuration_id FROM configuration AS head WHERE head.project_id = ";

/// A version was last changed when it was saved, and the newest when its configuration was renamed.
const VERSIONS: &str = "SELECT version.id, head.id AS configuration_id, head.project_id, head.name, version.product,
         version.parameters, version.version, head.created_at,
         CASE WHEN version.version = head.version THEN head.updated_at ELSE version.version END AS updated_at
     FROM configuration_version AS version JOIN configuration AS head ON head.id = version.configuration_id
     WHERE version.project_id = ";

#[async_trait]
impl Configurations for SqlStore {
    async fn configuration_save(&self, new: NewConfiguration) -> StoreResult<Configuration> {
        again(|| async {
            let new = new.clone();
            let mut writer = self.writer().await;
            let mut tx = writer.begin().await?;
            let found = query("SELECT * FROM configuration WHERE project_id = $1 AND product = $2 AND name = $3")
                .bind(new.project.uuid().to_string())
                .bind(new.parameters.product.as_str())
                .bind(&new.name)
                .fetch_optional(&mut tx)
                .await?;
            let saved = match found {
                Some(row) => {
                    let mut known = configuration(&row)?;
                    change(&mut known, None, Some(new.parameters), self.now());
                    known
                }
                None => new_configuration(new, self.now()),
            };
            write(&mut tx, &saved).await?;
            tx.commit().await?;
            Ok(saved)
        })
        .await
    }

    async fn configuration_get(&self, project: ProjectId, id: ConfigurationId) -> StoreResult<Option<Configuration>> {
        let ConfigurationId::Saved(id) = id else { return Ok(None) };
        let row = query("SELECT * FROM configuration WHERE id = $1 AND project_id = $2")
            .bind(id.to_string())
            .bind(project.uuid().to_string())
            .fetch_optional(&mut self.reader().await?)
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
        again(|| async {
            let name = name.clone();
            let parameters = parameters.clone();
            let mut writer = self.writer().await;
            let mut tx = writer.begin().await?;
            let row = query("SELECT * FROM configuration WHERE id = $1 AND project_id = $2")
                .bind(id.to_string())
                .bind(project.uuid().to_string())
                .fetch_optional(&mut tx)
                .await?;
            let Some(row) = row else { return Ok(None) };
            let mut saved = configuration(&row)?;
            change(&mut saved, name, parameters, self.now());
            refuse_taken_name(&mut tx, &saved).await?;
            write(&mut tx, &saved).await?;
            tx.commit().await?;
            Ok(Some(saved))
        })
        .await
    }

    async fn configuration_list(
        &self,
        project: ProjectId,
        filter: &ConfigurationFilter,
        page: PageRequest,
    ) -> StoreResult<Listed<Configuration>> {
        let (select, product, cursor) = if filter.all_versions {
            (VERSIONS, " AND version.product IN ", "version.id")
        } else {
            (NOW, " AND head.product IN ", "head.id")
        };
        let mut list = QueryBuilder::new(select);
        list.push_bind(project.uuid().to_string());
        if !filter.products.is_empty() {
            list.push(product);
            push_list(&mut list, filter.products.iter().map(|product| product.as_str().to_owned()));
        }
        if let Some(name) = &filter.name {
            list.push(" AND head.name = ").push_bind(name.clone());
        }
        push_page(&mut list, cursor, Order::NewestFirst, page);
        listed(&list.build().fetch_all(&mut self.reader().await?).await?, page, listed_configuration)
    }

    async fn configuration_delete(&self, project: ProjectId, id: ConfigurationId) -> StoreResult<bool> {
        let ConfigurationId::Saved(id) = id else { return Ok(false) };
        again(|| async {
            let mut writer = self.writer().await;
            let mut tx = writer.begin().await?;
            query("DELETE FROM configuration_version WHERE configuration_id = $1 AND project_id = $2")
                .bind(id.to_string())
                .bind(project.uuid().to_string())
                .execute(&mut tx)
                .await?;
            let done = query("DELETE FROM configuration WHERE id = $1 AND project_id = $2")
                .bind(id.to_string())
                .bind(project.uuid().to_string())
                .execute(&mut tx)
                .await?;
            tx.commit().await?;
            Ok(done == 1)
        })
        .await
    }
}

fn new_configuration(new: NewConfiguration, now: Timestamp) -> Configuration {
    Configuration {
        id: ConfigurationId::generate(),
        project: new.project,
        name: new.name,
        product: new.parameters.product,
        parameters: new.parameters.parameters,
        version: now,
        created_at: now,
        updated_at: now,
    }
}

/// Other parameters are a new version; two in one millisecond are told apart all the same.
fn change(saved: &mut Configuration, name: Option<String>, parameters: Option<NewParameters>, now: Timestamp) {
    let same = |new: &NewParameters| new.product == saved.product && same_text(&new.parameters, &saved.parameters);
    let parameters = parameters.filter(|new| !same(new));
    let name = name.filter(|name| *name != saved.name);
    if parameters.is_some() || name.is_some() {
        saved.updated_at = now;
    }
    if let Some(new) = parameters {
        saved.version = now.max(saved.version.plus_ms(1));
        (saved.product, saved.parameters) = (new.product, new.parameters);
    }
    saved.name = name.unwrap_or_else(|| std::mem::take(&mut saved.name));
}

/// Equal as texts: another order of keys is another schema to a caller.
fn same_text(one: &Value, other: &Value) -> bool {
    to_json(one).ok() == to_json(other).ok()
}

/// The configuration as it is now, and its version unless that is recorded already.
async fn write(tx: &mut Connection<'_>, saved: &Configuration) -> StoreResult<()> {
    let parameters = to_json(&saved.parameters)?;
    query(
        "INSERT INTO configuration (id, project_id, name, product, parameters, version, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         ON CONFLICT (id) DO UPDATE SET name = excluded.name, product = excluded.product,
             parameters = excluded.parameters, version = excluded.version, updated_at = excluded.updated_at",
    )
    .bind(bare(saved.id)?)
    .bind(saved.project.uuid().to_string())
    .bind(&saved.name)
    .bind(saved.product.as_str())
    .bind(&parameters)
    .bind(saved.version.0)
    .bind(saved.created_at.0)
    .bind(saved.updated_at.0)
    .execute(&mut *tx)
    .await?;
    query(
        "INSERT INTO configuration_version (id, configuration_id, project_id, product, parameters, version)
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (configuration_id, version) DO NOTHING",
    )
    .bind(Uuid::now_v7().to_string())
    .bind(bare(saved.id)?)
    .bind(saved.project.uuid().to_string())
    .bind(saved.product.as_str())
    .bind(&parameters)
    .bind(saved.version.0)
    .execute(tx)
    .await?;
    Ok(())
}

fn bare(id: ConfigurationId) -> StoreResult<String> {
    match id {
        ConfigurationId::Saved(uuid) => Ok(uuid.to_string()),
        ConfigurationId::Preset(_) => Err(StoreError::Corrupt("a preset cannot be saved".to_owned())),
    }
}

/// Asked before the write, so that the UNIQUE constraint stays a guard against bugs and not a way to answer callers.
async fn refuse_taken_name(tx: &mut Connection<'_>, saved: &Configuration) -> StoreResult<()> {
    let taken = query("SELECT 1 FROM configuration WHERE project_id = $1 AND product = $2 AND name = $3 AND id <> $4")
        .bind(saved.project.uuid().to_string())
        .bind(saved.product.as_str())
        .bind(&saved.name)
        .bind(bare(saved.id)?)
        .fetch_optional(tx)
        .await?;
    match taken {
        Some(_) => Err(StoreError::refused(Code::Conflict, "Another configuration of this product has that name.")),
        None => Ok(()),
    }
}

/// A row of `NOW` or `VERSIONS`, whose `id` is the list's cursor.
fn listed_configuration(row: &Row) -> StoreResult<Configuration> {
    Ok(Configuration { id: ConfigurationId::Saved(row.uuid("configuration_id")?), ..configuration(row)? })
}

fn configuration(row: &Row) -> StoreResult<Configuration> {
    Ok(Configuration {
        id: ConfigurationId::Saved(row.uuid("id")?),
        project: ProjectId::from_uuid(row.uuid("project_id")?),
        name: row.text("name")?,
        product: row.named("product", ProductType::from_text)?,
        parameters: row.json("parameters")?,
        version: row.time("version")?,
        created_at: row.time("created_at")?,
        updated_at: row.time("updated_at")?,
    })
}
