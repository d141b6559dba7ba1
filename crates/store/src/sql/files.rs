//! Stored files; what concerns their entries in directories is in `entries`.

use crate::database::{Connection, QueryBuilder, Row, again, query};
use async_trait::async_trait;
use docmill_model::{DirectoryFileId, DirectoryId, FileId, ProjectId, Timestamp};

use super::settle::{Ended, Waiting, source_deleted};
use super::{SqlStore, once};
use crate::database::row::{Order, listed, push_list, push_page, to_int};
use crate::error::StoreResult;
use crate::records::{
    BlobRef, Content, DirectoryFile, DirectoryFileChange, DirectoryFileFilter, File, FileCreated, FileFilter,
    FileOrder, Listed, NewDirectoryFile, NewEntry, NewFile, PageRequest,
};
use crate::traits::Files;

/// A file uploaded into ephemeral directories ends with the last of them; one live entry elsewhere keeps it.
const FILE: &str = "SELECT file.*, CASE file.standalone WHEN 1 THEN NULL ELSE (
         SELECT CASE WHEN COUNT(*) = COUNT(CASE directory.kind WHEN 'ephemeral' THEN directory.expires_at END)
             THEN MAX(directory.expires_at) END
         FROM directory_file AS entry JOIN directory ON directory.id = entry.directory_id
         WHERE entry.file_id = file.id AND entry.deleted_at IS NULL) END AS expires_at
     FROM file WHERE file.deleted_at IS NULL AND file.project_id = ";

#[async_trait]
impl Files for SqlStore {
    async fn blob_find(&self, sha256: &str) -> StoreResult<Option<BlobRef>> {
        let row = query("SELECT key, sha256, bytes FROM blob WHERE sha256 = $1 AND doomed_at IS NULL LIMIT 1")
            .bind(sha256)
            .fetch_optional(&mut self.reader().await?)
            .await?;
        row.as_ref().map(blob).transpose()
    }

    async fn file_create(&self, new: NewFile) -> StoreResult<FileCreated<File>> {
        again(|| async {
            let new = new.clone();
            let mut writer = self.writer().await;
            let mut tx = writer.begin().await?;
            let now = self.now();
            if !keep_blob(&mut tx, &new.content, now).await? {
                return Ok(FileCreated::BlobGone);
            }
            if let Some(id) = once::made(&mut tx, new.once.as_ref(), now).await? {
                let mut find = QueryBuilder::new(FILE);
                find.push_bind(new.project.uuid().to_string()).push(" AND file.id = ").push_bind(id);
                if let Some(row) = find.build().fetch_optional(&mut tx).await? {
                    // The commit keeps the row of a blob that was put for nothing, so that the sweep finds it.
                    tx.commit().await?;
                    return Ok(FileCreated::Same(file(&row)?));
                }
            }
            let once = new.once.clone();
            let file = insert_file(&mut tx, new, true, now).await?;
            once::record(&mut tx, once.as_ref(), file.id.uuid(), now).await?;
            tx.commit().await?;
            Ok(FileCreated::New(file))
        })
        .await
    }

    async fn file_get(&self, project: ProjectId, id: FileId) -> StoreResult<Option<File>> {
        live_file(&mut self.reader().await?, project, id).await
    }

    async fn file_list(
        &self,
        project: ProjectId,
        filter: &FileFilter,
        order: FileOrder,
        page: PageRequest,
    ) -> StoreResult<Listed<File>> {
        let mut list = QueryBuilder::new(FILE);
        list.push_bind(project.uuid().to_string());
        push_file_filter(&mut list, filter);
        push_file_page(&mut list, order, page);
        listed(&list.build().fetch_all(&mut self.reader().await?).await?, page, file)
    }

    async fn file_delete(&self, project: ProjectId, id: FileId) -> StoreResult<bool> {
        again(|| async {
            let mut writer = self.writer().await;
            let mut tx = writer.begin().await?;
            let now = self.now();
            let file = id.uuid().to_string();
            let deleted =
                query("UPDATE file SET deleted_at = $3 WHERE id = $1 AND project_id = $2 AND deleted_at IS NULL")
                    .bind(&file)
                    .bind(project.uuid().to_string())
                    .bind(now.0)
                    .execute(&mut tx)
                    .await?;
            if deleted == 0 {
                return Ok(false);
            }
            query(
                "UPDATE directory_file SET deleted_at = $2, updated_at = $2 WHERE file_id = $1 AND deleted_at IS NULL",
            )
            .bind(&file)
            .bind(now.0)
            .execute(&mut tx)
            .await?;
            let mut ended = Ended::default();
            source_deleted(&mut tx, Waiting::File(&file), now, &mut ended).await?;
            ended.settle(&mut tx, now).await?;
            tx.commit().await?;
            self.announce();
            Ok(true)
        })
        .await
    }

    async fn directory_file_create(&self, new: NewDirectoryFile) -> StoreResult<FileCreated<DirectoryFile>> {
        self.entry_create(new).await
    }

    async fn directory_file_get(
        &self,
        project: ProjectId,
        directory: DirectoryId,
        id: DirectoryFileId,
    ) -> StoreResult<Option<DirectoryFile>> {
        let entry = self.directory_file_find(project, id).await?;
        Ok(entry.filter(|entry| entry.directory == directory))
    }

    async fn directory_file_find(&self, project: ProjectId, id: DirectoryFileId) -> StoreResult<Option<DirectoryFile>> {
        self.entry_find(project, id).await
    }

    async fn directory_file_list(
        &self,
        project: ProjectId,
        directory: DirectoryId,
        filter: &DirectoryFileFilter,
        page: PageRequest,
    ) -> StoreResult<Listed<DirectoryFile>> {
        self.entry_list(project, directory, filter, page).await
    }

    async fn directory_file_add(&self, new: NewEntry) -> StoreResult<DirectoryFile> {
        self.entry_add(new).await
    }

    async fn directory_file_update(
        &self,
        project: ProjectId,
        directory: DirectoryId,
        id: DirectoryFileId,
        change: DirectoryFileChange,
    ) -> StoreResult<Option<DirectoryFile>> {
        self.entry_update(project, directory, id, change).await
    }

    async fn directory_file_delete(
        &self,
        project: ProjectId,
        directory: DirectoryId,
        id: DirectoryFileId,
    ) -> StoreResult<bool> {
        self.entry_delete(project, directory, id).await
    }
}

pub(super) async fn live_file(
    connection: &mut Connection<'_>,
    project: ProjectId,
    id: FileId,
) -> StoreResult<Option<File>> {
    let mut find = QueryBuilder::new(FILE);
    find.push_bind(project.uuid().to_string()).push(" AND file.id = ").push_bind(id.uuid().to_string());
    let row = find.build().fetch_optional(connection).await?;
    row.as_ref().map(file).transpose()
}

/// Makes sure that the blob which a new row will refer to stays: false when it is doomed already.
pub(super) async fn keep_blob(tx: &mut Connection<'_>, content: &Content, now: Timestamp) -> StoreResult<bool> {
    let Content::Blob(blob) = content else { return Ok(true) };
    query("INSERT INTO blob (key, sha256, bytes, created_at) VALUES ($1, $2, $3, $4) ON CONFLICT (key) DO NOTHING")
        .bind(&blob.key)
        .bind(&blob.sha256)
        .bind(to_int(blob.bytes)?)
        .bind(now.0)
        .execute(&mut *tx)
        .await?;
    blob_stays(tx, &blob.key).await
}

/// False when the blob was doomed. A blob that the store does not know is nobody's to sweep.
pub(super) async fn blob_stays(tx: &mut Connection<'_>, key: &str) -> StoreResult<bool> {
    let doomed =
        query("SELECT 1 FROM blob WHERE key = $1 AND doomed_at IS NOT NULL").bind(key).fetch_optional(tx).await?;
    Ok(doomed.is_none())
}

/// `standalone`: stored for itself, not for a directory.
pub(super) async fn insert_file(
    tx: &mut Connection<'_>,
    new: NewFile,
    standalone: bool,
    now: Timestamp,
) -> StoreResult<File> {
    let (blob_key, path, modified_ms) = match &new.content {
        Content::Blob(blob) => (Some(blob.key.as_str()), None, None),
        Content::Path { path, modified_ms, .. } => (None, Some(path.as_str()), Some(*modified_ms)),
    };
    let row = query(
        "INSERT INTO file (id, project_id, name, external_file_id, purpose, sha256, bytes, blob_key, path, modified_ms,
             standalone, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) RETURNING *, NULL AS expires_at",
    )
    .bind(FileId::generate().uuid().to_string())
    .bind(new.project.uuid().to_string())
    .bind(new.name)
    .bind(new.external_file_id)
    .bind(new.purpose)
    .bind(new.content.sha256())
    .bind(to_int(new.content.bytes())?)
    .bind(blob_key)
    .bind(path)
    .bind(modified_ms)
    .bind(i64::from(standalone))
    .bind(now.0)
    .fetch_one(tx)
    .await?;
    file(&row)
}

/// A file that was uploaded into a directory goes when its last entry went; jobs that wait for it end.
pub(super) async fn delete_file_without_entry(
    tx: &mut Connection<'_>,
    file: &str,
    now: Timestamp,
    ended: &mut Ended,
) -> StoreResult<()> {
    let deleted = query(
        "UPDATE file SET deleted_at = $2 WHERE id = $1 AND standalone = 0 AND deleted_at IS NULL
             AND NOT EXISTS (SELECT 1 FROM directory_file WHERE file_id = $1 AND deleted_at IS NULL)",
    )
    .bind(file)
    .bind(now.0)
    .execute(&mut *tx)
    .await?;
    if deleted == 1 {
        source_deleted(tx, Waiting::File(file), now, ended).await?;
    }
    Ok(())
}

fn push_file_filter(list: &mut QueryBuilder, filter: &FileFilter) {
    if let Some(ids) = &filter.ids {
        let texts = || ids.iter().map(ToString::to_string);
        list.push(" AND (file.id IN ");
        push_list(list, texts());
        list.push(" OR file.id IN (SELECT file_id FROM directory_file WHERE deleted_at IS NULL AND id IN ");
        push_list(list, texts());
        list.push("))");
    }
    if let Some(name) = &filter.name {
        list.push(" AND file.name = ").push_bind(name.clone());
    }
    if let Some(external) = &filter.external_file_id {
        list.push(" AND file.external_file_id = ").push_bind(external.clone());
    }
}

/// `push_page` for an order that is not by id alone: the cursor's own row says where the next page begins.
fn push_file_page(list: &mut QueryBuilder, order: FileOrder, page: PageRequest) {
    let (column, newest) = match order {
        FileOrder::Id => return push_page(list, "file.id", Order::OldestFirst, page),
        FileOrder::Name => ("name", false),
        FileOrder::NewestFirst => ("created_at", true),
    };
    let (comparison, direction) = if newest { ("<", "DESC") } else { (">", "ASC") };
    if let Some(after) = page.after {
        list.push(format!(" AND (file.{column}, file.id) {comparison} (SELECT {column}, id FROM file WHERE id = "));
        list.push_bind(after.to_string()).push(")");
    }
    list.push(format!(" ORDER BY file.{column} {direction}, file.id {direction} LIMIT "));
    list.push_bind(i64::from(page.limit) + 1);
}

pub(super) fn blob(row: &Row) -> StoreResult<BlobRef> {
    Ok(BlobRef { key: row.text("key")?, sha256: row.text("sha256")?, bytes: row.size("bytes")? })
}

fn file(row: &Row) -> StoreResult<File> {
    Ok(File {
        id: FileId::from_uuid(row.uuid("id")?),
        project: ProjectId::from_uuid(row.uuid("project_id")?),
        name: row.text("name")?,
        external_file_id: row.text_opt("external_file_id")?,
        purpose: row.text("purpose")?,
        content: row.content()?,
        created_at: row.time("created_at")?,
        expires_at: row.time_opt("expires_at")?,
        deleted_at: row.time_opt("deleted_at")?,
    })
}
