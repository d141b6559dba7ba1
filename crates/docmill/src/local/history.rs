//! What earlier runs did in this output folder, as the store tells it.

use std::collections::HashMap;

use docmill_model::{JobId, Product, ProjectId};
use docmill_store::{Job, JobFilter, PageRequest, Store};

use crate::refusal::Refused;

/// Jobs read from the store at a time.
const PAGE: u32 = 1_000;

#[derive(Debug, Default)]
pub struct History {
    /// The newest job of each input, by its name, for the product of this run.
    pub newest: HashMap<String, Job>,
    /// Jobs of any product that an earlier run left unfinished.
    pub open: Vec<JobId>,
}

impl History {
    pub async fn read(store: &dyn Store, project: ProjectId, product: Product) -> Refused<Self> {
        let mut history = Self::default();
        for each in Product::ALL {
            let mut after = None;
            loop {
                let page = PageRequest { after, limit: PAGE };
                let listed = store.job_list(project, each, &JobFilter::default(), page).await?;
                for job in listed.items {
                    history.add(job, each == product);
                }
                after = listed.next;
                if after.is_none() {
                    break;
                }
            }
        }
        Ok(history)
    }

    /// Jobs come newest first.
    fn add(&mut self, job: Job, of_this_product: bool) {
        if !job.status.is_terminal() {
            self.open.push(job.id);
        }
        if of_this_product {
            self.newest.entry(job.source.name().to_owned()).or_insert(job);
        }
    }
}
