use async_trait::async_trait;
use docmill_model::{Code, DirectoryFileId, DirectoryId, FileId, ProjectId, Timestamp};
use sha2::{Digest, Sha256};
use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, SqliteConnection, query};

use super::rows::{Columns, Order, listed, push_page, push_time_range, to_int, to_json};
use super::settle::{Ended, Waiting, source_deleted};
use super::{SqliteStore, once};
use crate::error::{StoreError, StoreResult};
use crate::records::{
    BlobRef, Content, DirectoryFile, DirectoryFileFilter, File, FileCreated, Listed, NewDirectoryFile, NewFile, Once,
    PageRequest,
};
use crate::traits::Files;

const ENTRY: &str = "SELECT entry.*, file.sha256, file.bytes, file.blob_key, file.path, file.modified_ms
     FROM directory_file AS entry JOIN file ON file.id = entry.file_id WHERE ";

#[async_trait]
impl Files for SqliteStore {
    async fn blob_find(&self, sha256: &str) -> StoreResult<Option<BlobRef>> {
        let row = query("SELECT key, sha256, bytes FROM blob WHERE sha256 = $1 AND doomed_at IS NULL LIMIT 1")
            .bind(sha256)
            .fetch_optional(&self.readers)
            .await?;
        row.as_ref().map(blob).transpose()
    }

    async fn file_create(&self, new: NewFile) -> StoreResult<FileCreated<File>> {
        let mut writer = self.writer().await;
        let mut tx = writer.begin().await?;
        let now = self.now();
        if !keep_blob(&mut tx, &new.content, now).await? {
            return Ok(FileCreated::BlobGone);
        }
        if let Some(id) = once::made(&mut tx, new.once.as_ref(), now).await? {
            let row = query("SELECT * FROM file WHERE id = $1 AND deleted_at IS NULL").bind(id);
            if let Some(row) = row.fetch_optional(&mut *tx).await? {
                // The commit keeps the row of a blob that was put for nothing, so that the sweep finds it.
                tx.commit().await?;
                return Ok(FileCreated::Same(file(&row)?));
            }
        }
        let once = new.once.clone();
        let file = insert_file(&mut tx, new, now).await?;
        once::record(&mut tx, once.as_ref(), file.id.uuid(), now).await?;
        tx.commit().await?;
        Ok(FileCreated::New(file))
    }

    async fn file_get(&self, project: ProjectId, id: FileId) -> StoreResult<Option<File>> {
        let row = query("SELECT * FROM file WHERE id = $1 AND project_id = $2 AND deleted_at IS NULL")
            .bind(id.uuid().to_string())
            .bind(project.uuid().to_string())
            .fetch_optional(&self.readers)
            .await?;
        row.as_ref().map(file).transpose()
    }

    async fn directory_file_create(&self, new: NewDirectoryFile) -> StoreResult<FileCreated<DirectoryFile>> {
        let mut writer = self.writer().await;
        let mut tx = writer.begin().await?;
        let now = self.now();
        usable_directory(&mut tx, new.file.project, new.directory, now).await?;
        if !keep_blob(&mut tx, &new.file.content, now).await? {
            return Ok(FileCreated::BlobGone);
        }
        let mut same = made_entry(&mut tx, new.once.as_ref(), now).await?;
        if same.is_none() {
            same = same_unique_id(&mut tx, &new).await?;
        }
        if let Some(entry) = same {
            tx.commit().await?;
            return Ok(FileCreated::Same(entry));
        }
        let once = new.once.clone();
        let entry = insert_entry(&mut tx, new, now).await?;
        once::record(&mut tx, once.as_ref(), entry.id.uuid(), now).await?;
        tx.commit().await?;
        Ok(FileCreated::New(entry))
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
        let mut find = QueryBuilder::new(ENTRY);
        find.push("entry.id = ").push_bind(id.uuid().to_string());
        find.push(" AND entry.deleted_at IS NULL AND entry.project_id = ").push_bind(project.uuid().to_string());
        let row = find.build().fetch_optional(&self.readers).await?;
        row.as_ref().map(directory_file).transpose()
    }

    async fn directory_file_list(
        &self,
        project: ProjectId,
        directory: DirectoryId,
        filter: &DirectoryFileFilter,
        page: PageRequest,
    ) -> StoreResult<Listed<DirectoryFile>> {
        let mut list = QueryBuilder::new(ENTRY);
        list.push("entry.directory_id = ").push_bind(directory.uuid().to_string());
        list.push(" AND entry.project_id = ").push_bind(project.uuid().to_string());
        push_entry_filter(&mut list, filter);
        push_page(&mut list, "entry.id", Order::OldestFirst, page);
        listed(&list.build().fetch_all(&self.readers).await?, page, directory_file)
    }

    async fn directory_file_delete(
        &self,
        project: ProjectId,
        directory: DirectoryId,
        id: DirectoryFileId,
    ) -> StoreResult<bool> {
        let mut writer = self.writer().await;
        let mut tx = writer.begin().await?;
        let now = self.now();
        let deleted = query(
            "UPDATE directory_file SET deleted_at = $4, updated_at = $4
             WHERE id = $1 AND directory_id = $2 AND project_id = $3 AND deleted_at IS NULL RETURNING file_id",
        )
        .bind(id.uuid().to_string())
        .bind(directory.uuid().to_string())
        .bind(project.uuid().to_string())
        .bind(now.0)
        .fetch_optional(&mut *tx)
        .await?;
        let Some(row) = deleted else { return Ok(false) };
        let file = row.text("file_id")?;
        query("UPDATE file SET deleted_at = $2 WHERE id = $1").bind(&file).bind(now.0).execute(&mut *tx).await?;
        let mut ended = Ended::default();
        source_deleted(&mut tx, Waiting::File(&file), now, &mut ended).await?;
        ended.settle(&mut tx, now).await?;
        tx.commit().await?;
        self.announce();
        Ok(true)
    }
}

fn push_entry_filter(list: &mut QueryBuilder<sqlx::Sqlite>, filter: &DirectoryFileFilter) {
    if let Some(name) = &filter.display_name {
        list.push(" AND entry.display_name = ").push_bind(name.clone());
    }
    if let Some(part) = &filter.display_name_contains {
        // Not LIKE: `%` and `_` of the caller are characters like any other.
        list.push(" AND instr(entry.display_name, ").push_bind(part.clone()).push(") > 0");
    }
    if let Some(unique_id) = &filter.unique_id {
        list.push(" AND entry.unique_id = ").push_bind(unique_id.clone());
    }
    if let Some(file) = filter.file {
        list.push(" AND entry.file_id = ").push_bind(file.uuid().to_string());
    }
    if !filter.include_deleted {
        list.push(" AND entry.deleted_at IS NULL");
    }
    push_time_range(list, "entry.updated_at", filter.updated_from, filter.updated_to);
}

/// Refuses what a directory that is unknown, deleted or expired cannot take.
pub(super) async fn usable_directory(
    tx: &mut SqliteConnection,
    project: ProjectId,
    directory: DirectoryId,
    now: Timestamp,
) -> StoreResult<()> {
    let row = query("SELECT expires_at FROM directory WHERE id = $1 AND project_id = $2 AND deleted_at IS NULL")
        .bind(directory.uuid().to_string())
        .bind(project.uuid().to_string())
        .fetch_optional(tx)
        .await?;
    let Some(row) = row else {
        return Err(StoreError::refused(Code::NotFound, format!("There is no directory {directory} in this project.")));
    };
    match row.time_opt("expires_at")? {
        Some(at) if at <= now => {
            Err(StoreError::refused(Code::DirectoryExpired, format!("The directory {directory} expired at {at}.")))
        }
        _ => Ok(()),
    }
}

/// Makes sure that the blob which a new row will refer to stays: false when it is doomed already.
async fn keep_blob(tx: &mut SqliteConnection, content: &Content, now: Timestamp) -> StoreResult<bool> {
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
pub(super) async fn blob_stays(tx: &mut SqliteConnection, key: &str) -> StoreResult<bool> {
    let doomed =
        query("SELECT 1 FROM blob WHERE key = $1 AND doomed_at IS NOT NULL").bind(key).fetch_optional(tx).await?;
    Ok(doomed.is_none())
}

async fn insert_file(tx: &mut SqliteConnection, new: NewFile, now: Timestamp) -> StoreResult<File> {
    let (blob_key, path, modified_ms) = match &new.content {
        Content::Blob(blob) => (Some(blob.key.as_str()), None, None),
        Content::Path { path, modified_ms, .. } => (None, Some(path.as_str()), Some(*modified_ms)),
    };
    let row = query(
        "INSERT INTO file (id, project_id, name, external_file_id, purpose, sha256, bytes, blob_key, path, modified_ms,
             created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) RETURNING *",
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
    .bind(now.0)
    .fetch_one(tx)
    .await?;
    file(&row)
}

async fn insert_entry(tx: &mut SqliteConnection, new: NewDirectoryFile, now: Timestamp) -> StoreResult<DirectoryFile> {
    let file = insert_file(tx, new.file, now).await?;
    let entry = DirectoryFile {
        id: DirectoryFileId::generate(),
        project: file.project,
        directory: new.directory,
        file: file.id,
        display_name: new.display_name,
        unique_id: new.unique_id,
        metadata: new.metadata,
        content: file.content,
        created_at: now,
        updated_at: now,
        deleted_at: None,
    };
    query(
        "INSERT INTO directory_file (id, project_id, directory_id, file_id, display_name, unique_id, unique_hash,
             metadata, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)",
    )
    .bind(entry.id.uuid().to_string())
    .bind(entry.project.uuid().to_string())
    .bind(entry.directory.uuid().to_string())
    .bind(entry.file.uuid().to_string())
    .bind(&entry.display_name)
    .bind(&entry.unique_id)
    .bind(unique_hash(&entry.unique_id))
    .bind(to_json(&entry.metadata)?)
    .bind(now.0)
    .execute(tx)
    .await?;
    Ok(entry)
}

/// The live entry that this create made before.
async fn made_entry(
    tx: &mut SqliteConnection,
    once: Option<&Once>,
    now: Timestamp,
) -> StoreResult<Option<DirectoryFile>> {
    let Some(id) = once::made(&mut *tx, once, now).await? else { return Ok(None) };
    let mut find = QueryBuilder::new(ENTRY);
    find.push("entry.deleted_at IS NULL AND entry.id = ").push_bind(id);
    find.build().fetch_optional(tx).await?.as_ref().map(directory_file).transpose()
}

/// The live entry with this unique_id when its content is the same; refused when it is another.
async fn same_unique_id(tx: &mut SqliteConnection, new: &NewDirectoryFile) -> StoreResult<Option<DirectoryFile>> {
    let mut find = QueryBuilder::new(ENTRY);
    find.push("entry.deleted_at IS NULL AND entry.directory_id = ").push_bind(new.directory.uuid().to_string());
    find.push(" AND entry.unique_hash = ").push_bind(unique_hash(&new.unique_id));
    let Some(row) = find.build().fetch_optional(tx).await? else { return Ok(None) };
    let entry = directory_file(&row)?;
    if entry.content.sha256() == new.file.content.sha256() {
        return Ok(Some(entry));
    }
    Err(StoreError::refused(
        Code::DuplicateUniqueId,
        format!("The directory already has the file {} with this unique_id and other content.", entry.id),
    ))
}

/// Exact, byte for byte: names in different Unicode forms are different names.
fn unique_hash(unique_id: &str) -> String {
    let digest = Sha256::digest(unique_id.as_bytes());
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(super) fn blob(row: &SqliteRow) -> StoreResult<BlobRef> {
    Ok(BlobRef { key: row.text("key")?, sha256: row.text("sha256")?, bytes: row.size("bytes")? })
}

fn file(row: &SqliteRow) -> StoreResult<File> {
    Ok(File {
        id: FileId::from_uuid(row.uuid("id")?),
        project: ProjectId::from_uuid(row.uuid("project_id")?),
        name: row.text("name")?,
        external_file_id: row.text_opt("external_file_id")?,
        purpose: row.text("purpose")?,
        content: row.content()?,
        created_at: row.time("created_at")?,
        deleted_at: row.time_opt("deleted_at")?,
    })
}

fn directory_file(row: &SqliteRow) -> StoreResult<DirectoryFile> {
    Ok(DirectoryFile {
        id: DirectoryFileId::from_uuid(row.uuid("id")?),
        project: ProjectId::from_uuid(row.uuid("project_id")?),
        directory: DirectoryId::from_uuid(row.uuid("directory_id")?),
        file: FileId::from_uuid(row.uuid("file_id")?),
        display_name: row.text("display_name")?,
        unique_id: row.text("unique_id")?,
        metadata: row.json("metadata")?,
        content: row.content()?,
        created_at: row.time("created_at")?,
        updated_at: row.time("updated_at")?,
        deleted_at: row.time_opt("deleted_at")?,
    })
}
