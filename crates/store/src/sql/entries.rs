//! Entries of stored files in directories: the directory files of the API.

use crate::database::{Connection, QueryBuilder, Row, again, query};
use docmill_model::{Code, DirectoryFileId, DirectoryId, FileId, ProjectId, Timestamp};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use super::files::{delete_file_without_entry, insert_file, keep_blob, live_file};
use super::settle::{Ended, Waiting, source_deleted};
use super::{SqlStore, once};
use crate::database::row::{Order, listed, push_page, push_time_range, to_json};
use crate::error::{StoreError, StoreResult};
use crate::records::{
    DirectoryFile, DirectoryFileChange, DirectoryFileFilter, File, FileCreated, Listed, NewDirectoryFile, NewEntry,
    Once, PageRequest,
};

const ENTRY: &str = "SELECT entry.*, file.sha256, file.bytes, file.blob_key, file.path, file.modified_ms
     FROM directory_file AS entry JOIN file ON file.id = entry.file_id WHERE ";

impl SqlStore {
    pub(super) async fn entry_create(&self, new: NewDirectoryFile) -> StoreResult<FileCreated<DirectoryFile>> {
        again(|| async {
            let new = new.clone();
            let mut writer = self.writer().await;
            let mut tx = writer.begin().await?;
            let now = self.now();
            usable_directory(&mut tx, new.file.project, new.directory, now).await?;
            if !keep_blob(&mut tx, &new.file.content, now).await? {
                return Ok(FileCreated::BlobGone);
            }
            let mut found = made_entry(&mut tx, new.once.as_ref(), now).await?;
            if found.is_none() {
                let same = |entry: &DirectoryFile| entry.content.sha256() == new.file.content.sha256();
                found = same_unique_id(&mut tx, new.directory, &new.unique_id, same).await?;
            }
            if let Some(entry) = found {
                // The commit keeps the row of a blob that was put for nothing, so that the sweep finds it.
                tx.commit().await?;
                return Ok(FileCreated::Same(entry));
            }
            let file = insert_file(&mut tx, new.file, false, now).await?;
            let entry = entry_of(file, new.directory, new.display_name, new.unique_id, new.metadata, now);
            insert_entry(&mut tx, &entry).await?;
            once::record(&mut tx, new.once.as_ref(), entry.id.uuid(), now).await?;
            tx.commit().await?;
            Ok(FileCreated::New(entry))
        })
        .await
    }

    pub(super) async fn entry_add(&self, new: NewEntry) -> StoreResult<DirectoryFile> {
        again(|| async {
            let new = new.clone();
            let mut writer = self.writer().await;
            let mut tx = writer.begin().await?;
            let now = self.now();
            usable_directory(&mut tx, new.project, new.directory, now).await?;
            let Some(file) = live_file(&mut tx, new.project, new.file).await? else {
                return Err(StoreError::refused(
                    Code::NotFound,
                    format!("There is no file {} in this project.", new.file),
                ));
            };
            let mut found = made_entry(&mut tx, new.once.as_ref(), now).await?;
            if found.is_none() {
                let same = |entry: &DirectoryFile| entry.file == new.file;
                found = same_unique_id(&mut tx, new.directory, &new.unique_id, same).await?;
            }
            if let Some(entry) = found {
                return Ok(entry);
            }
            let entry = entry_of(file, new.directory, new.display_name, new.unique_id, new.metadata, now);
            insert_entry(&mut tx, &entry).await?;
            once::record(&mut tx, new.once.as_ref(), entry.id.uuid(), now).await?;
            tx.commit().await?;
            Ok(entry)
        })
        .await
    }

    pub(super) async fn entry_find(
        &self,
        project: ProjectId,
        id: DirectoryFileId,
    ) -> StoreResult<Option<DirectoryFile>> {
        live_entry(&mut self.reader().await?, project, id).await
    }

    pub(super) async fn entry_list(
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
        listed(&list.build().fetch_all(&mut self.reader().await?).await?, page, directory_file)
    }

    pub(super) async fn entry_update(
        &self,
        project: ProjectId,
        directory: DirectoryId,
        id: DirectoryFileId,
        change: DirectoryFileChange,
    ) -> StoreResult<Option<DirectoryFile>> {
        again(|| async {
            let change = change.clone();
            let mut writer = self.writer().await;
            let mut tx = writer.begin().await?;
            let now = self.now();
            let Some(mut entry) = live_entry(&mut tx, project, id).await?.filter(|entry| entry.directory == directory)
            else {
                return Ok(None);
            };
            if let Some(target) = change.directory.filter(|target| *target != directory) {
                usable_directory(&mut tx, project, target, now).await?;
                entry.directory = target;
            }
            entry.display_name = change.display_name.unwrap_or(entry.display_name);
            entry.unique_id = change.unique_id.unwrap_or(entry.unique_id);
            entry.metadata = change.metadata.unwrap_or(entry.metadata);
            entry.updated_at = now;
            same_unique_id(&mut tx, entry.directory, &entry.unique_id, |other| other.id == id).await?;
            write_entry(&mut tx, &entry).await?;
            tx.commit().await?;
            Ok(Some(entry))
        })
        .await
    }

    pub(super) async fn entry_delete(
        &self,
        project: ProjectId,
        directory: DirectoryId,
        id: DirectoryFileId,
    ) -> StoreResult<bool> {
        again(|| async {
            let mut writer = self.writer().await;
            let mut tx = writer.begin().await?;
            let now = self.now();
            let entry = id.uuid().to_string();
            let deleted = query(
                "UPDATE directory_file SET deleted_at = $4, updated_at = $4
             WHERE id = $1 AND directory_id = $2 AND project_id = $3 AND deleted_at IS NULL RETURNING file_id",
            )
            .bind(&entry)
            .bind(directory.uuid().to_string())
            .bind(project.uuid().to_string())
            .bind(now.0)
            .fetch_optional(&mut tx)
            .await?;
            let Some(row) = deleted else { return Ok(false) };
            let mut ended = Ended::default();
            source_deleted(&mut tx, Waiting::Entry(&entry), now, &mut ended).await?;
            delete_file_without_entry(&mut tx, &row.text("file_id")?, now, &mut ended).await?;
            ended.settle(&mut tx, now).await?;
            tx.commit().await?;
            self.announce();
            Ok(true)
        })
        .await
    }
}

fn push_entry_filter(list: &mut QueryBuilder, filter: &DirectoryFileFilter) {
    if let Some(name) = &filter.display_name {
        list.push(" AND entry.display_name = ").push_bind(name.clone());
    }
    if let Some(part) = filter.display_name_contains.as_ref().filter(|part| !part.is_empty()) {
        // Not LIKE: `%` and `_` of the caller are characters like any other.
        list.push(" AND replace(entry.display_name, ").push_bind(part.clone()).push(", '') <> entry.display_name");
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
    tx: &mut Connection<'_>,
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

fn entry_of(
    file: File,
    directory: DirectoryId,
    display_name: String,
    unique_id: String,
    metadata: Map<String, Value>,
    now: Timestamp,
) -> DirectoryFile {
    DirectoryFile {
        id: DirectoryFileId::generate(),
        project: file.project,
        directory,
        file: file.id,
        display_name,
        unique_id,
        metadata,
        content: file.content,
        created_at: now,
        updated_at: now,
        deleted_at: None,
    }
}

async fn insert_entry(tx: &mut Connection<'_>, entry: &DirectoryFile) -> StoreResult<()> {
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
    .bind(entry.created_at.0)
    .execute(tx)
    .await?;
    Ok(())
}

async fn write_entry(tx: &mut Connection<'_>, entry: &DirectoryFile) -> StoreResult<()> {
    query(
        "UPDATE directory_file SET directory_id = $2, display_name = $3, unique_id = $4, unique_hash = $5,
             metadata = $6, updated_at = $7 WHERE id = $1",
    )
    .bind(entry.id.uuid().to_string())
    .bind(entry.directory.uuid().to_string())
    .bind(&entry.display_name)
    .bind(&entry.unique_id)
    .bind(unique_hash(&entry.unique_id))
    .bind(to_json(&entry.metadata)?)
    .bind(entry.updated_at.0)
    .execute(tx)
    .await?;
    Ok(())
}

async fn live_entry(
    tx: &mut Connection<'_>,
    project: ProjectId,
    id: DirectoryFileId,
) -> StoreResult<Option<DirectoryFile>> {
    let mut find = QueryBuilder::new(ENTRY);
    find.push("entry.id = ").push_bind(id.uuid().to_string());
    find.push(" AND entry.deleted_at IS NULL AND entry.project_id = ").push_bind(project.uuid().to_string());
    let row = find.build().fetch_optional(tx).await?;
    row.as_ref().map(directory_file).transpose()
}

/// The live entry that this create made before.
async fn made_entry(
    tx: &mut Connection<'_>,
    once: Option<&Once>,
    now: Timestamp,
) -> StoreResult<Option<DirectoryFile>> {
    let Some(id) = once::made(&mut *tx, once, now).await? else { return Ok(None) };
    let mut find = QueryBuilder::new(ENTRY);
    find.push("entry.deleted_at IS NULL AND entry.id = ").push_bind(id);
    find.build().fetch_optional(tx).await?.as_ref().map(directory_file).transpose()
}

/// The live entry with this unique_id when it is the `same`; refused when it is another.
async fn same_unique_id(
    tx: &mut Connection<'_>,
    directory: DirectoryId,
    unique_id: &str,
    same: impl Fn(&DirectoryFile) -> bool,
) -> StoreResult<Option<DirectoryFile>> {
    let mut find = QueryBuilder::new(ENTRY);
    find.push("entry.deleted_at IS NULL AND entry.directory_id = ").push_bind(directory.uuid().to_string());
    find.push(" AND entry.unique_hash = ").push_bind(unique_hash(unique_id));
    let Some(row) = find.build().fetch_optional(tx).await? else { return Ok(None) };
    let entry = directory_file(&row)?;
    if same(&entry) {
        return Ok(Some(entry));
    }
    Err(StoreError::refused(
        Code::DuplicateUniqueId,
        format!("The directory already has the file {} with this unique_id.", entry.id),
    ))
}

/// Exact, byte for byte: names in different Unicode forms are different names.
fn unique_hash(unique_id: &str) -> String {
    let digest = Sha256::digest(unique_id.as_bytes());
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn directory_file(row: &Row) -> StoreResult<DirectoryFile> {
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
