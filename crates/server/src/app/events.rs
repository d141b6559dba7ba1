//! A batch as it goes on: its state and counts when they change, and each file as it ends.
//!
//! A file's event carries when it ended, so that a client that lost the connection goes on from there; events of that
//! same millisecond may come again, none is left out.

use std::collections::{HashSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use docmill_model::{BatchId, Code, DirectoryFileId, JobId, Timestamp};
use docmill_store::BatchItem;
use docmill_wire::batches::{Batch, FileEvent};
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::Instant;

use super::{App, AppError, AppResult, Caller, batches};

/// The store is asked at most so often, however many jobs end.
const GATHER: Duration = Duration::from_secs(1);
/// And at least so often: a claim changes the state without a sign.
const LOOK: Duration = Duration::from_secs(5);

/// Where a client was when it lost the connection (`Last-Event-ID`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor {
    pub generation: u32,
    pub at: At,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum At {
    /// The files that ended before this have been told.
    Ended(Timestamp),
    /// Everything has.
    End,
}

impl Cursor {
    /// `<generation>-<milliseconds>` or `<generation>-end`; anything else is no cursor of ours.
    pub fn read(text: &str) -> Option<Self> {
        let (generation, at) = text.split_once('-')?;
        let at = if at == "end" { At::End } else { At::Ended(Timestamp(at.parse().ok()?)) };
        Some(Self { generation: generation.parse().ok()?, at })
    }
}

impl std::fmt::Display for Cursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.at {
            At::Ended(at) => write!(f, "{}-{}", self.generation, at.0),
            At::End => write!(f, "{}-end", self.generation),
        }
    }
}

/// One thing to tell.
#[derive(Debug)]
pub enum Event {
    Batch(Box<Batch>),
    File(Box<FileEvent>),
}

/// The events of one batch for one client. Dropped, it stops.
pub struct Watch {
    app: Arc<App>,
    caller: Caller,
    id: BatchId,
    changes: tokio::sync::watch::Receiver<u64>,
    waiting: VecDeque<(Cursor, Event)>,
    /// What was told last.
    batch: Option<Batch>,
    told: HashSet<(DirectoryFileId, Option<JobId>)>,
    /// Files that ended before this were told to this client before it lost the connection.
    resumed: Option<Timestamp>,
    since: Option<Timestamp>,
    looked: Option<Instant>,
    over: bool,
    _stream: OwnedSemaphorePermit,
}

/// The events after `cursor`, or from the beginning. `None` when there is nothing to tell any more: the client was told
/// the end, and the batch was not retried since.
pub async fn watch(app: &Arc<App>, caller: &Caller, id: BatchId, cursor: Option<Cursor>) -> AppResult<Option<Watch>> {
    let batch = batches::get(app, caller, id, false).await?;
    let cursor = cursor.filter(|cursor| cursor.generation <= batch.generation);
    let ended = cursor.is_some_and(|cursor| cursor.at == At::End && cursor.generation == batch.generation);
    if ended && batch.status.is_terminal() {
        return Ok(None);
    }
    let stream = app.streams.clone().try_acquire_owned().map_err(|_| AppError::Failure(Code::TooManyStreams.into()))?;
    let since = cursor.map(|cursor| match cursor.at {
        At::Ended(at) => at,
        // It was retried: what ends from now on ends later than all that was told.
        At::End => batch.updated_at,
    });
    Ok(Some(Watch {
        app: app.clone(),
        caller: caller.clone(),
        id,
        changes: app.store.changes(),
        waiting: VecDeque::new(),
        batch: None,
        told: HashSet::new(),
        resumed: since,
        since,
        looked: None,
        over: false,
        _stream: stream,
    }))
}

impl Watch {
    /// The next event, when there is one; `None` after the last, when the server stops, or when the batch is gone.
    pub async fn next(&mut self) -> Option<(Cursor, Event)> {
        loop {
            if let Some(event) = self.waiting.pop_front() {
                return Some(event);
            }
            if self.over {
                return None;
            }
            tokio::select! {
                () = self.app.closing.cancelled() => return None,
                () = rest(self.looked, &mut self.changes) => {}
            }
            self.looked = Some(Instant::now());
            self.changes.mark_unchanged();
            if let Err(error) = self.look().await {
                // The client comes back with its cursor; the cause stands in the log already.
                tracing::debug!(?error, "the events of a batch break off");
                return None;
            }
        }
    }

    async fn look(&mut self) -> AppResult<()> {
        let batch = batches::get(&self.app, &self.caller, self.id, false).await?;
        let before = self.batch.as_ref();
        if before.is_none_or(|before| before.counts != batch.counts || before.generation != batch.generation) {
            let items = self.app.store.batch_results(self.caller.project(), self.id).await?.unwrap_or_default();
            self.tell_files(batch.generation, items);
        }
        // Read before the files, so it may only say less than they do.
        let same = self.batch.as_ref().is_some_and(|before| {
            before.status == batch.status && before.counts == batch.counts && before.generation == batch.generation
        });
        self.over = batch.status.is_terminal();
        if !same || self.over {
            let at = if self.over { At::End } else { At::Ended(self.since.unwrap_or_default()) };
            let cursor = Cursor { generation: batch.generation, at };
            self.waiting.push_back((cursor, Event::Batch(Box::new(batch.clone()))));
        }
        self.batch = Some(batch);
        Ok(())
    }

    /// Files that ended and were not told yet, in the order of their ends.
    fn tell_files(&mut self, generation: u32, items: Vec<BatchItem>) {
        let resumed = self.resumed;
        let mut ended: Vec<BatchItem> = items
            .into_iter()
            .filter(|item| match (item.job, item.ended_at) {
                (None, _) => resumed.is_none(),
                (Some(_), Some(at)) => resumed.is_none_or(|since| at >= since),
                (Some(_), None) => false,
            })
            .filter(|item| self.told.insert((item.directory_file, item.job.map(|(job, _)| job))))
            .collect();
        ended.sort_by_key(|item| item.ended_at);
        for item in ended {
            let at = item.ended_at.or(self.since).unwrap_or_default();
            self.since = Some(self.since.map_or(at, |since| since.max(at)));
            let event = FileEvent {
                display_name: item.display_name.clone(),
                status: item.job.map(|(_, status)| status),
                result: batches::result(item),
            };
            self.waiting.push_back((Cursor { generation, at: At::Ended(at) }, Event::File(Box::new(event))));
        }
    }
}

/// Until it is time to look: at once the first time, then when something changed, within the bounds.
async fn rest(looked: Option<Instant>, changes: &mut tokio::sync::watch::Receiver<u64>) {
    let Some(looked) = looked else { return };
    tokio::time::sleep_until(looked + GATHER).await;
    // A store that is gone closes the channel: then only the clock is left.
    let changed = async {
        if changes.changed().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    let _ = tokio::time::timeout_at(looked + LOOK, changed).await;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_reads_back() {
        for (text, expected) in [
            ("0-1795000000000", Some(Cursor { generation: 0, at: At::Ended(Timestamp(1_795_000_000_000)) })),
            ("3-end", Some(Cursor { generation: 3, at: At::End })),
            ("", None),
            ("7", None),
            ("x-end", None),
            ("1-soon", None),
        ] {
            assert_eq!(Cursor::read(text), expected, "{text}");
            assert!(expected.is_none_or(|cursor| cursor.to_string() == text), "{text}");
        }
    }
}
