//! Warm reader children: starting a process for every one-line text file would cost more than reading it.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use docmill_model::ProjectId;

use super::process::Reader;
use crate::Counters;
use crate::confine::Isolation;
use crate::guard::resident_bytes;
use crate::settings::{ReaderCommand, RunnerSettings};

pub(crate) struct Pool {
    command: ReaderCommand,
    memory_bytes_max: u64,
    isolation: Isolation,
    documents_max: u32,
    idle_max: usize,
    idle: Mutex<Vec<Reader>>,
    counters: Arc<Counters>,
}

impl Pool {
    pub fn new(settings: &RunnerSettings, counters: Arc<Counters>) -> Self {
        Self {
            command: settings.reader.clone(),
            memory_bytes_max: settings.limits.reader_memory_bytes_max,
            isolation: settings.isolation,
            documents_max: settings.limits.reader_documents_max,
            idle_max: settings.slots,
            idle: Mutex::default(),
            counters,
        }
    }

    /// A child that has read nothing but this project's documents: what one document may have left in its memory
    /// never meets another project's.
    pub fn take(&self, project: ProjectId) -> io::Result<Reader> {
        let warm = {
            let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
            idle.retain_mut(Reader::alive);
            let same = idle.iter().rposition(|reader| reader.project == project);
            if same.is_none() && idle.len() >= self.idle_max {
                idle.remove(0);
            }
            same.map(|index| idle.remove(index))
        };
        match warm {
            Some(reader) => Ok(reader),
            None => {
                let counters = Arc::clone(&self.counters);
                Reader::start(&self.command, self.memory_bytes_max, self.isolation, project, counters)
            }
        }
    }

    /// Takes back a child that ended its document well. One that read many documents, or holds much memory, is not
    /// kept.
    pub fn put(&self, mut reader: Reader) {
        reader.documents += 1;
        let large = resident_bytes(reader.pid()) > self.memory_bytes_max / 2;
        if reader.documents >= self.documents_max || large {
            self.counters.readers_recycled.inc();
        } else if reader.alive() {
            let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
            idle.push(reader);
            let over = idle.len().saturating_sub(self.idle_max);
            idle.drain(..over);
        }
    }

    /// Ends every waiting child.
    pub async fn clear(&self) {
        let idle = std::mem::take(&mut *self.idle.lock().unwrap_or_else(PoisonError::into_inner));
        for reader in idle {
            reader.kill().await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A child that waits for its stdin to end.
    fn pool(idle_max: usize) -> Pool {
        let command = ReaderCommand { program: "/bin/sh".into(), args: vec!["-c".into(), "exec cat".into()] };
        let mut settings = RunnerSettings::new("worker", command);
        settings.slots = idle_max;
        Pool::new(&settings, Arc::default())
    }

    #[tokio::test]
    async fn a_child_serves_one_project_only() {
        let pool = pool(2);
        let (ours, theirs) = (ProjectId::generate(), ProjectId::generate());
        let first = pool.take(ours).expect("starts");
        let pid = first.pid();
        pool.put(first);
        let other = pool.take(theirs).expect("starts");
        assert_ne!(other.pid(), pid, "another project's child");
        pool.put(other);
        assert_eq!(pool.take(ours).expect("is there").pid(), pid, "the project's own warm child");
        pool.clear().await;
        assert_eq!((pool.counters.readers_started.get(), pool.counters.readers_alive.get()), (2, 0));
    }

    #[tokio::test]
    async fn waiting_children_make_room_for_another_project() {
        let pool = pool(1);
        let first = pool.take(ProjectId::generate()).expect("starts");
        pool.put(first);
        let _second = pool.take(ProjectId::generate()).expect("starts");
        assert_eq!(pool.counters.readers_alive.get(), 1);
    }
}
