use crate::database::{Connection, QueryBuilder, Row, again, query};
use async_trait::async_trait;
use docmill_model::{DirectoryId, ProjectId, Timestamp};

use super::settle::{Ended, Waiting, source_deleted};
use super::{SqlStore, once};
use crate::database::row::{Order, listed, push_list, push_page, to_json};
use crate::error::StoreResult;
use crate::records::{Directory, DirectoryChange, DirectoryFilter, DirectoryKind, Listed, NewDirectory, PageRequest};
use crate::traits::Directories;

#[async_trait]
impl Directories for SqlStore {
    async fn directory_create(&self, new: NewDirectory) -> StoreResult<Directory> {
        again(|| async {
            let new = new.clone();
            let mut writer = self.writer().await;
            let mut tx = writer.begin().await?;
            let now = self.now();
            if let Some(id) = once::made(&mut tx, new.once.as_ref(), now).await? {
                let row = query("SELECT * FROM directory WHERE id = $1 AND deleted_at IS NULL").bind(id);
                if let Some(row) = row.fetch_optional(&mut tx).await? {
                    return directory(&row);
                }
            }
            let system_metadata = new.system_metadata.as_ref().map(to_json).transpose()?;
            let row = query(
            "INSERT INTO directory (id, project_id, name, kind, description, expires_at, system_metadata, created_at,
                 updated_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8) RETURNING *",
        )
        .bind(DirectoryId::generate().uuid().to_string())
        .bind(new.project.uuid().to_string())
        .bind(new.name)
        .bind(new.kind.as_str())
        .bind(new.description)
        .bind(new.expires_at.map(|at| at.0))
        .bind(system_metadata)
        .bind(now.0)
        .fetch_one(&mut tx)
        .await?;
            let made = directory(&row)?;
            once::record(&mut tx, new.once.as_ref(), made.id.uuid(), now).await?;
            tx.commit().await?;
            Ok(made)
        })
        .await
    }

    async fn directory_get(&self, project: ProjectId, id: DirectoryId) -> StoreResult<Option<Directory>> {
        let row = query("SELECT * FROM directory WHERE id = $1 AND project_id = $2")
            .bind(id.uuid().to_string())
            .bind(project.uuid().to_string())
            .fetch_optional(&mut self.reader().await?)
            .await?;
        row.as_ref().map(directory).transpose()
    }

    async fn directory_list(
        &self,
        project: ProjectId,
        filter: &DirectoryFilter,
        page: PageRequest,
    ) -> StoreResult<Listed<Directory>> {
        let mut list = QueryBuilder::new("SELECT * FROM directory WHERE project_id = ");
        list.push_bind(project.uuid().to_string());
        if let Some(name) = &filter.name {
            list.push(" AND name = ").push_bind(name.clone());
        }
        if !filter.kinds.is_empty() {
            list.push(" AND kind IN ");
            push_list(&mut list, filter.kinds.iter().map(|kind| kind.as_str().to_owned()));
        }
        if !filter.include_deleted {
            list.push(" AND deleted_at IS NULL");
        }
        push_page(&mut list, "id", Order::NewestFirst, page);
        listed(&list.build().fetch_all(&mut self.reader().await?).await?, page, directory)
    }

    async fn directory_delete(&self, project: ProjectId, id: DirectoryId) -> StoreResult<bool> {
        again(|| async {
            let mut writer = self.writer().await;
            let mut tx = writer.begin().await?;
            let known = query("SELECT 1 FROM directory WHERE id = $1 AND project_id = $2 AND deleted_at IS NULL")
                .bind(id.uuid().to_string())
                .bind(project.uuid().to_string())
                .fetch_optional(&mut tx)
                .await?;
            if known.is_none() {
                return Ok(false);
            }
            let mut ended = Ended::default();
            delete_directory(&mut tx, &id.uuid().to_string(), self.now(), &mut ended).await?;
            ended.settle(&mut tx, self.now()).await?;
            tx.commit().await?;
            self.announce();
            Ok(true)
        })
        .await
    }

    async fn directory_update(
        &self,
        project: ProjectId,
        id: DirectoryId,
        change: DirectoryChange,
    ) -> StoreResult<Option<Directory>> {
        again(|| async {
            let change = change.clone();
            let mut writer = self.writer().await;
            let mut tx = writer.begin().await?;
            let row = query(
                "UPDATE directory SET name = COALESCE($3, name),
                 description = CASE WHEN $4 IS NULL THEN description ELSE NULLIF($4, '') END, updated_at = $5
             WHERE id = $1 AND project_id = $2 AND deleted_at IS NULL RETURNING *",
            )
            .bind(id.uuid().to_string())
            .bind(project.uuid().to_string())
            .bind(change.name)
            .bind(change.description)
            .bind(self.now().0)
            .fetch_optional(&mut tx)
            .await?;
            tx.commit().await?;
            row.as_ref().map(directory).transpose()
        })
        .await
    }
}

/// The directory and its entries go, and the stored files that nothing else keeps; jobs that wait for them end. The
/// caller settles.
pub(super) async fn delete_directory(
    tx: &mut Connection<'_>,
    directory: &str,
    now: Timestamp,
    ended: &mut Ended,
) -> StoreResult<()> {
    source_deleted(tx, Waiting::Directory(directory), now, ended).await?;
    for statement in [
        "UPDATE directory_file SET deleted_at = $2, updated_at = $2 WHERE directory_id = $1 AND deleted_at IS NULL",
        "UPDATE file SET deleted_at = $2 WHERE standalone = 0 AND deleted_at IS NULL
             AND id IN (SELECT file_id FROM directory_file WHERE directory_id = $1)
             AND NOT EXISTS (SELECT 1 FROM directory_file AS other
                             WHERE other.file_id = file.id AND other.deleted_at IS NULL)",
        "UPDATE directory SET deleted_at = $2, updated_at = $2 WHERE id = $1 AND deleted_at IS NULL",
    ] {
        query(statement).bind(directory).bind(now.0).execute(&mut *tx).await?;
    }
    // Also jobs that read such a file by its own id.
    source_deleted(tx, Waiting::GoneWith(directory), now, ended).await
}

pub(super) fn directory(row: &Row) -> StoreResult<Directory> {
    Ok(Directory {
        id: DirectoryId::from_uuid(row.uuid("id")?),
        project: ProjectId::from_uuid(row.uuid("project_id")?),
        name: row.text("name")?,
        kind: row.named("kind", DirectoryKind::from_text)?,
        description: row.text_opt("description")?,
        expires_at: row.time_opt("expires_at")?,
        system_metadata: row.json_opt("system_metadata")?,
        created_at: row.time("created_at")?,
        updated_at: row.time("updated_at")?,
        deleted_at: row.time_opt("deleted_at")?,
    })
}
