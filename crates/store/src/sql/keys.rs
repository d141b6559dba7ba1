use crate::database::{Row, again, query};
use async_trait::async_trait;
use docmill_model::{Code, KeyId, ProjectId};
use uuid::Uuid;

use super::{SqlStore, signing};
use crate::error::{StoreError, StoreResult};
use crate::records::{Key, NewKey, Project, Shares, SigningKeys};
use crate::traits::Keys;

impl SqlStore {
    /// A store has one project from the start; opening it again changes nothing.
    pub(super) async fn make_default_project(&self) -> StoreResult<()> {
        again(|| async {
            let mut writer = self.writer().await;
            let mut tx = writer.begin().await?;
            query(
            "INSERT INTO project (id, organization_id, name, is_default, created_at) VALUES ($1, $2, 'default', 1, $3)
             ON CONFLICT DO NOTHING",
        )
        .bind(ProjectId::generate().uuid().to_string())
        .bind(Uuid::now_v7().to_string())
        .bind(self.now().0)
        .execute(&mut tx)
        .await?;
            tx.commit().await
        })
        .await
    }
}

#[async_trait]
impl Keys for SqlStore {
    async fn project_default(&self) -> StoreResult<Project> {
        let row = query("SELECT * FROM project WHERE is_default = 1").fetch_one(&mut self.reader().await?).await?;
        project(&row)
    }

    async fn project_get(&self, id: ProjectId) -> StoreResult<Option<Project>> {
        let row = query("SELECT * FROM project WHERE id = $1")
            .bind(id.uuid().to_string())
            .fetch_optional(&mut self.reader().await?)
            .await?;
        row.as_ref().map(project).transpose()
    }

    async fn project_create(&self, name: &str) -> StoreResult<Project> {
        again(|| async {
            let mut writer = self.writer().await;
            let mut tx = writer.begin().await?;
            let row = query(
                "INSERT INTO project (id, organization_id, name, is_default, created_at)
             SELECT $1, organization_id, $2, 0, $3 FROM project WHERE is_default = 1
             ON CONFLICT (name) DO NOTHING RETURNING *",
            )
            .bind(ProjectId::generate().uuid().to_string())
            .bind(name)
            .bind(self.now().0)
            .fetch_optional(&mut tx)
            .await?;
            let Some(row) = row else {
                return Err(StoreError::refused(Code::Conflict, "Another project has that name."));
            };
            tx.commit().await?;
            project(&row)
        })
        .await
    }

    async fn project_share(&self, id: ProjectId, shares: Shares) -> StoreResult<Option<Project>> {
        again(|| async {
            let mut writer = self.writer().await;
            let mut tx = writer.begin().await?;
            let row = query(
                "UPDATE project SET weight = $2, jobs_max = $3, jobs_per_minute = $4, paid_until = 0
                 WHERE id = $1 RETURNING *",
            )
            .bind(id.uuid().to_string())
            .bind(shares.weight)
            .bind(shares.jobs_max.map(i64::from))
            .bind(shares.jobs_per_minute.map(i64::from))
            .fetch_optional(&mut tx)
            .await?;
            tx.commit().await?;
            self.announce();
            row.as_ref().map(project).transpose()
        })
        .await
    }

    async fn project_list(&self) -> StoreResult<Vec<Project>> {
        let rows = query("SELECT * FROM project ORDER BY id").fetch_all(&mut self.reader().await?).await?;
        rows.iter().map(project).collect()
    }

    async fn key_create(&self, new: NewKey) -> StoreResult<Key> {
        again(|| async {
            let new = new.clone();
            let mut writer = self.writer().await;
            let mut tx = writer.begin().await?;
            let key = Key {
                id: KeyId::generate(),
                project: new.project,
                name: new.name,
                hint: new.hint,
                created_at: self.now(),
                revoked_at: None,
            };
            let made = query(
            "INSERT INTO api_key (id, project_id, name, secret_hash, hint, created_at) VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (secret_hash) DO NOTHING",
        )
        .bind(key.id.uuid().to_string())
        .bind(key.project.uuid().to_string())
        .bind(&key.name)
        .bind(new.secret_hash)
        .bind(&key.hint)
        .bind(key.created_at.0)
        .execute(&mut tx)
        .await?;
            if made == 0 {
                return Err(StoreError::refused(Code::Conflict, "This key is in the store already."));
            }
            tx.commit().await?;
            Ok(key)
        })
        .await
    }

    async fn key_find(&self, secret_hash: &str) -> StoreResult<Option<Key>> {
        let row = query("SELECT * FROM api_key WHERE secret_hash = $1 AND revoked_at IS NULL")
            .bind(secret_hash)
            .fetch_optional(&mut self.reader().await?)
            .await?;
        row.as_ref().map(key).transpose()
    }

    async fn key_list(&self) -> StoreResult<Vec<Key>> {
        let rows = query("SELECT * FROM api_key ORDER BY id").fetch_all(&mut self.reader().await?).await?;
        rows.iter().map(key).collect()
    }

    async fn key_revoke(&self, id: KeyId) -> StoreResult<bool> {
        again(|| async {
            let mut writer = self.writer().await;
            let mut tx = writer.begin().await?;
            let done = query("UPDATE api_key SET revoked_at = $1 WHERE id = $2 AND revoked_at IS NULL")
                .bind(self.now().0)
                .bind(id.uuid().to_string())
                .execute(&mut tx)
                .await?;
            tx.commit().await?;
            Ok(done == 1)
        })
        .await
    }

    async fn signing_keys(&self, rotate_after_ms: i64) -> StoreResult<SigningKeys> {
        if let Some(keys) = signing::keys(&mut self.reader().await?).await?
            && self.now().since_ms(keys.current.created_at) <= rotate_after_ms
        {
            return Ok(keys);
        }
        again(|| async {
            let mut writer = self.writer().await;
            let mut tx = writer.begin().await?;
            let keys = signing::rotate(&mut tx, self.now(), rotate_after_ms).await?;
            tx.commit().await?;
            Ok(keys)
        })
        .await
    }
}

fn project(row: &Row) -> StoreResult<Project> {
    Ok(Project {
        id: ProjectId::from_uuid(row.uuid("id")?),
        organization_id: row.uuid("organization_id")?,
        name: row.text("name")?,
        is_default: row.flag("is_default")?,
        shares: shares(row)?,
        created_at: row.time("created_at")?,
    })
}

pub(super) fn shares(row: &Row) -> StoreResult<Shares> {
    Ok(Shares {
        weight: row.real("weight")?,
        jobs_max: row.count_opt("jobs_max")?,
        jobs_per_minute: row.count_opt("jobs_per_minute")?,
    })
}

fn key(row: &Row) -> StoreResult<Key> {
    Ok(Key {
        id: KeyId::from_uuid(row.uuid("id")?),
        project: ProjectId::from_uuid(row.uuid("project_id")?),
        name: row.text("name")?,
        hint: row.text("hint")?,
        created_at: row.time("created_at")?,
        revoked_at: row.time_opt("revoked_at")?,
    })
}
