//! Results that are used again. A job carries the hash of all that its result depends on apart from the engine; when
//! it completes with a result that is good for others, the engine's name is put behind it and the row can be found.
//! A hit is a job of its own that is COMPLETED from the start and points at the outputs of the one that read the file.

use std::collections::HashMap;

use crate::database::{Connection, QueryBuilder};
use docmill_model::options::JobOptions;
use docmill_model::{ProjectId, Timestamp};
use sha2::{Digest, Sha256};

use super::settle::Waiting;
use crate::database::row::{push_list, to_json};
use crate::error::StoreResult;
use crate::records::{JobSource, Reuse};

/// Keys of one statement.
const ROWS: usize = 250;

/// A finished job whose outputs a new one shares.
#[derive(Clone)]
pub(super) struct Hit {
    pub(super) job: String,
    pub(super) attempt: i64,
    pub(super) result: String,
}

/// Makes the keys of jobs with the same options.
pub(super) struct Keys {
    project: ProjectId,
    options: String,
    reuse: Option<Reuse>,
}

impl Keys {
    /// Without `reuse`, or with `disable_cache`, nothing has a key: nothing is used again, and nothing is kept for it.
    pub(super) fn new(project: ProjectId, options: &JobOptions, reuse: Option<&Reuse>) -> StoreResult<Self> {
        let reuse = reuse.filter(|_| !options.parse().disable_cache).cloned();
        Ok(Self { project, options: to_json(options)?, reuse })
    }

    pub(super) fn key(&self, source: &JobSource) -> StoreResult<Option<String>> {
        if self.reuse.is_none() {
            return Ok(None);
        }
        let (kind, what, name) = match source {
            JobSource::File { content, name, .. } => ("file", content.sha256(), extension(name)),
            // What an address gives is not known before it is fetched.
            JobSource::Url { .. } => return Ok(None),
            JobSource::ParseJob { outputs, .. } => ("pages", outputs.as_str(), String::new()),
        };
        let all = to_json(&(self.project.uuid(), &self.options, kind, what, name))?;
        let digest = Sha256::digest(all.as_bytes());
        Ok(Some(digest.iter().map(|byte| format!("{byte:02x}")).collect()))
    }

    /// The newest usable result of each key, by key.
    pub(super) async fn hits(
        &self,
        tx: &mut Connection<'_>,
        keys: Vec<String>,
        now: Timestamp,
    ) -> StoreResult<HashMap<String, Hit>> {
        let mut hits = HashMap::new();
        let Some(reuse) = &self.reuse else { return Ok(hits) };
        for part in keys.chunks(ROWS) {
            let mut find = QueryBuilder::new(
                "SELECT reuse_key, id, attempt, result FROM job
                 WHERE reusable = 1 AND deleted_at IS NULL AND outputs_swept < 2 AND status = 'COMPLETED' AND finished_at > ",
            );
            find.push_bind(now.plus_ms(-reuse.kept_ms).0).push(" AND reuse_key IN ");
            push_list(&mut find, part.iter().map(|key| format!("{key} {}", reuse.engine)));
            find.push(" ORDER BY finished_at");
            for row in find.build().fetch_all(&mut *tx).await? {
                let known = row.text("reuse_key")?;
                let key = known.split(' ').next().unwrap_or_default().to_owned();
                let hit = Hit { job: row.text("id")?, attempt: row.int("attempt")?, result: row.text("result")? };
                hits.insert(key, hit);
            }
        }
        Ok(hits)
    }
}

/// What readers look at of a name, beside the content: its ending.
fn extension(name: &str) -> String {
    name.rsplit_once('.').map(|(_, extension)| extension.to_lowercase()).unwrap_or_default()
}

/// Results of these jobs are not used again: what they were read from was deleted.
pub(super) async fn forget(tx: &mut Connection<'_>, which: Waiting<'_>) -> StoreResult<()> {
    let mut update = QueryBuilder::new("UPDATE job SET reusable = 0 WHERE reusable = 1 AND ");
    which.push_which(&mut update);
    update.build().execute(tx).await?;
    Ok(())
}
