//! The queue's laws under random interleavings: counters equal a recount after every step, only the current lease is
//! ever accepted, states move only along their edges, and at the end every item has exactly one result.

#![allow(clippy::unwrap_used, reason = "helpers of tests count as tests")]

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use docmill_model::webhook::Subject;
use docmill_model::{BatchId, BatchStatus, Code, DirectoryId, JobId, JobStatus};
use docmill_store::conformance::webhooks::endpoint;
use docmill_store::conformance::{Ground, LEASE_MS, ManualClock, WORKER, Whole, completed};
use docmill_store::{
    BatchRetry, Beat, Cap, Caps, ClaimedJob, Finish, LeaseState, Listeners, NewBatch, Outcome, PostgresSettings, Queue,
    Role, SqlStore,
};
use proptest::prelude::*;
use proptest::sample::Index;
use uuid::Uuid;

const EXPIRIES_MAX: u32 = 2;
const WORKERS: [&str; 2] = [WORKER, "another"];
/// Jobs that may run at a time of one batch, and of one project, where a claim is capped.
const BATCH_JOBS_MAX: u32 = 2;
const PROJECT_JOBS_MAX: u32 = 5;

#[derive(Debug, Clone)]
enum Step {
    CreateBatch {
        files: usize,
        with_empty: bool,
    },
    CreateJob,
    Claim {
        worker: usize,
        count: u32,
        capped: bool,
    },
    /// Finishes claims made so far, whether they still hold or not, by whoever made them or by another.
    Finish(usize, Vec<(Index, End)>),
    Heartbeat(usize, Vec<Index>),
    /// Its leases are nobody's until they are over.
    Crash(usize),
    Pass(i64),
    Rescue,
    Release,
    CancelBatch(Index),
    RetryBatch(Index, bool),
    CancelJob(Index),
    DeleteFile(Index, Index),
    Recount(Index),
    Requeue(Index),
    Prioritise(Index, i32),
}

#[derive(Debug, Clone, Copy)]
enum End {
    Completed,
    Failed,
    Cancelled,
    Retry { strike: bool, delay_ms: i64 },
}

impl End {
    fn outcome(self) -> Outcome {
        match self {
            Self::Completed => completed(),
            Self::Failed => Outcome::Failed(Code::FileDamaged.into()),
            Self::Cancelled => Outcome::Cancelled,
            Self::Retry { strike, delay_ms } => Outcome::Retry { failure: Code::ReaderDied.into(), strike, delay_ms },
        }
    }
}

fn end() -> impl Strategy<Value = End> {
    prop_oneof![
        4 => Just(End::Completed),
        1 => Just(End::Failed),
        1 => Just(End::Cancelled),
        2 => (any::<bool>(), 0..LEASE_MS).prop_map(|(strike, delay_ms)| End::Retry { strike, delay_ms }),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        2 => (1..6_usize, any::<bool>()).prop_map(|(files, with_empty)| Step::CreateBatch { files, with_empty }),
        1 => Just(Step::CreateJob),
        5 => (0..2_usize, 1..5_u32, any::<bool>())
            .prop_map(|(worker, count, capped)| Step::Claim { worker, count, capped }),
        5 => (0..2_usize, prop::collection::vec((any::<Index>(), end()), 1..4))
            .prop_map(|(worker, group)| Step::Finish(worker, group)),
        2 => (0..2_usize, prop::collection::vec(any::<Index>(), 1..4))
            .prop_map(|(worker, group)| Step::Heartbeat(worker, group)),
        1 => (0..2_usize).prop_map(Step::Crash),
        3 => (1..LEASE_MS * 2).prop_map(Step::Pass),
        2 => Just(Step::Rescue),
        1 => Just(Step::Release),
        1 => any::<Index>().prop_map(Step::CancelBatch),
        2 => (any::<Index>(), any::<bool>()).prop_map(|(batch, cancelled)| Step::RetryBatch(batch, cancelled)),
        1 => any::<Index>().prop_map(Step::CancelJob),
        1 => (any::<Index>(), any::<Index>()).prop_map(|(batch, file)| Step::DeleteFile(batch, file)),
        1 => any::<Index>().prop_map(Step::Recount),
        1 => any::<Index>().prop_map(Step::Requeue),
        1 => (any::<Index>(), -1..2).prop_map(|(batch, priority)| Step::Prioritise(batch, priority)),
    ]
}

/// A lease as the test knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Held {
    worker: usize,
    attempt: u32,
    until: i64,
    batch: Option<BatchId>,
}

/// What the test knows of the queue beside the store.
struct World<'a> {
    ground: Ground<'a>,
    batches: Vec<(BatchId, DirectoryId, BatchStatus)>,
    jobs: BTreeMap<JobId, JobStatus>,
    /// Jobs of no batch: nobody listens to them.
    singles: Vec<JobId>,
    /// How each batch ended, once more after each retry.
    ends: HashMap<BatchId, Vec<&'static str>>,
    /// Every claim ever made, stale ones included.
    claims: Vec<ClaimedJob>,
    leases: HashMap<JobId, Held>,
    /// A cap was ever asked for.
    has_capped: bool,
    /// Accepted ends per job; never more than one.
    results: HashMap<JobId, u32>,
    files: usize,
}

impl<'a> World<'a> {
    async fn new(store: &'a dyn Whole, clock: &'a ManualClock) -> Self {
        let ground = Ground::new(store, clock).await;
        let (claims, batches) = (Vec::new(), Vec::new());
        let (leases, results, ends) = (HashMap::new(), HashMap::new(), HashMap::new());
        Self {
            ground,
            batches,
            jobs: BTreeMap::new(),
            singles: Vec::new(),
            ends,
            claims,
            leases,
            has_capped: false,
            results,
            files: 0,
        }
    }

    fn now(&self) -> i64 {
        self.ground.now().0
    }

    async fn step(&mut self, step: &Step) {
        match step {
            Step::CreateBatch { files, with_empty } => self.create_batch(*files, *with_empty).await,
            Step::CreateJob => {
                self.files += 1;
                let job = self.ground.job(&format!("f{}", self.files)).await;
                self.singles.push(job.id);
                self.jobs.insert(job.id, job.status);
            }
            Step::Claim { worker, count, capped } => self.claim(*worker, *count, *capped).await,
            Step::Finish(worker, group) => self.finish(*worker, group).await,
            Step::Heartbeat(worker, group) => self.heartbeat(*worker, group).await,
            // What it had made is not heard of any more.
            Step::Crash(worker) => self.claims.retain(|claim| {
                self.leases.get(&claim.id).is_none_or(|held| held.worker != *worker || held.attempt != claim.attempt)
            }),
            Step::Pass(ms) => self.ground.clock.advance(*ms),
            Step::Rescue => {
                let now = self.now();
                let before = self.leases.len();
                self.leases.retain(|_, held| held.until > now);
                let rescued = self.ground.store.job_rescue(EXPIRIES_MAX).await.unwrap();
                assert_eq!(rescued as usize, before - self.leases.len(), "exactly the expired leases");
            }
            Step::Release => {
                let released = self.ground.store.job_release_all().await.unwrap();
                assert_eq!(released as usize, self.leases.len());
                self.leases.clear();
            }
            Step::CancelBatch(at) => {
                if let Some((id, _, status)) = pick(&self.batches, at) {
                    let answer = self.ground.store.batch_cancel(self.ground.project, id).await;
                    assert_eq!(answer.is_err(), status.is_terminal());
                }
            }
            Step::RetryBatch(at, cancelled) => self.retry_batch(at, *cancelled).await,
            Step::CancelJob(at) => {
                if let Some((id, status)) = self.pick_job(at) {
                    let answer = self.ground.store.job_cancel(self.ground.project, id).await;
                    assert_eq!(answer.is_err(), status.is_terminal());
                }
            }
            Step::DeleteFile(at, file) => self.delete_file(at, file).await,
            Step::Requeue(at) => {
                if let Some((id, status)) = self.pick_job(at) {
                    let answer = self.ground.store.job_requeue(id).await;
                    assert_eq!(answer.is_err(), status.is_terminal());
                    self.leases.remove(&id);
                }
            }
            Step::Prioritise(at, priority) => {
                if let Some((id, _, status)) = pick(&self.batches, at) {
                    let answer = self.ground.store.batch_prioritise(id, *priority).await;
                    assert_eq!(answer.is_err(), status.is_terminal());
                }
            }
            Step::Recount(at) => {
                if let Some((id, _, status)) = pick(&self.batches, at) {
                    assert_eq!(self.ground.store.batch_recount(id).await.unwrap(), status);
                }
            }
        }
    }

    fn pick_job(&self, at: &Index) -> Option<(JobId, JobStatus)> {
        let jobs: Vec<(JobId, JobStatus)> = self.jobs.iter().map(|(id, status)| (*id, *status)).collect();
        pick(&jobs, at)
    }

    fn held_by(&self, batch: Option<BatchId>) -> usize {
        self.leases.values().filter(|held| held.batch == batch).count()
    }

    async fn create_batch(&mut self, files: usize, with_empty: bool) {
        let directory = self.ground.directory().await;
        for _ in 0..files {
            self.files += 1;
            self.ground.entry(directory, &format!("f{}", self.files)).await;
        }
        if with_empty {
            self.ground.entry(directory, "").await;
        }
        let listeners = || Listeners { saved: Vec::new(), inline: vec![endpoint("x")] };
        let new = NewBatch { listeners: listeners(), job_listeners: listeners(), ..self.ground.new_batch(directory) };
        let batch = self.ground.store.batch_create(new).await.unwrap();
        self.batches.push((batch.id, directory, batch.status));
        let items = self.ground.store.batch_results(self.ground.project, batch.id).await.unwrap().unwrap();
        assert_eq!(items.len(), files + usize::from(with_empty));
        self.jobs.extend(items.iter().filter_map(|item| item.job));
    }

    async fn retry_batch(&mut self, at: &Index, cancelled: bool) {
        let Some((id, _, status)) = pick(&self.batches, at) else { return };
        let retry = BatchRetry { cancelled, ..self.ground.batch_retry(id) };
        let Ok(Some(batch)) = self.ground.store.batch_retry(retry).await else { return };
        assert!(status.may_be_retried(), "{status}");
        assert_eq!(batch.status, BatchStatus::Running);
        let known = self.batches.iter_mut().find(|(known, ..)| *known == id).unwrap();
        known.2 = batch.status;
        let items = self.ground.store.batch_results(self.ground.project, id).await.unwrap().unwrap();
        for (item, (job, status)) in items.iter().filter_map(|item| Some((item, item.job?))) {
            if let Entry::Vacant(new) = self.jobs.entry(job) {
                assert_eq!(status, JobStatus::Pending);
                new.insert(status);
                let before = self.jobs[&item.retried_from.unwrap()];
                assert!(before == JobStatus::Failed || (cancelled && before == JobStatus::Cancelled), "{before}");
            }
        }
    }

    async fn claim(&mut self, worker: usize, count: u32, capped: bool) {
        let cap = |jobs_max| Cap { jobs_max: Some(jobs_max).filter(|_| capped), jobs_per_minute: None };
        self.has_capped |= capped;
        let caps = Caps { project: cap(PROJECT_JOBS_MAX), batch: cap(BATCH_JOBS_MAX) };
        let claimed = self.ground.store.job_claim(WORKERS[worker], count, LEASE_MS, caps).await.unwrap();
        assert!(claimed.len() <= count as usize);
        for job in claimed {
            let earlier = self.claims.iter().filter(|claim| claim.id == job.id).map(|claim| claim.attempt).max();
            assert!(Some(job.attempt) > earlier, "each lease has an attempt of its own");
            let held = Held { worker, attempt: job.attempt, until: self.now() + LEASE_MS, batch: job.batch };
            assert_eq!(self.leases.insert(job.id, held), None, "nobody else has the job");
            let (of_batch, of_project) = (self.held_by(job.batch), self.leases.len());
            let is_within = of_batch <= BATCH_JOBS_MAX as usize && of_project <= PROJECT_JOBS_MAX as usize;
            assert!(!capped || is_within, "{of_batch} of the batch and {of_project} in all run");
            self.claims.push(job);
        }
    }

    async fn finish(&mut self, worker: usize, group: &[(Index, End)]) {
        if self.claims.is_empty() {
            return;
        }
        let mut finishes = Vec::new();
        let mut expected = Vec::new();
        for (at, end) in group {
            let claim = at.get(&self.claims);
            let holds = self.holds(worker, claim.id, claim.attempt);
            if holds {
                self.leases.remove(&claim.id);
                if !matches!(end, End::Retry { .. }) {
                    *self.results.entry(claim.id).or_default() += 1;
                }
            }
            expected.push(holds);
            finishes.push(Finish { job: claim.id, attempt: claim.attempt, outcome: end.outcome() });
        }
        let accepted = self.ground.store.job_finish(WORKERS[worker], finishes).await.unwrap();
        assert_eq!(accepted, expected, "exactly the current leases");
    }

    fn holds(&self, worker: usize, job: JobId, attempt: u32) -> bool {
        self.leases.get(&job).is_some_and(|held| held.attempt == attempt && held.worker == worker)
    }

    async fn heartbeat(&mut self, worker: usize, group: &[Index]) {
        if self.claims.is_empty() {
            return;
        }
        let beaten: Vec<(JobId, u32)> =
            group.iter().map(|at| at.get(&self.claims)).map(|claim| (claim.id, claim.attempt)).collect();
        let beats: Vec<_> =
            beaten.iter().map(|(job, attempt)| Beat { job: *job, attempt: *attempt, pages_done: 0 }).collect();
        let states = self.ground.store.job_heartbeat(WORKERS[worker], &beats, LEASE_MS).await.unwrap();
        let until = self.now() + LEASE_MS;
        for ((job, attempt), state) in beaten.into_iter().zip(states) {
            let holds = self.holds(worker, job, attempt);
            assert_eq!(state != LeaseState::Lost, holds);
            if holds {
                self.leases.get_mut(&job).unwrap().until = until;
            }
        }
    }

    async fn delete_file(&mut self, at: &Index, file: &Index) {
        let Some((id, directory, _)) = pick(&self.batches, at) else { return };
        let items = self.ground.store.batch_results(self.ground.project, id).await.unwrap().unwrap();
        let entry = file.get(&items).directory_file;
        self.ground.store.directory_file_delete(self.ground.project, directory, entry).await.unwrap();
    }

    /// Every law that holds between steps.
    async fn check(&mut self) {
        for (id, status) in &mut self.jobs {
            let job = self.ground.job_now(*id).await;
            assert!(*status == job.status || status.may_become(job.status), "{status} -> {}", job.status);
            assert_eq!(self.leases.contains_key(id), job.status == JobStatus::Running, "{id}");
            assert_eq!(job.failure.is_some(), matches!(job.status, JobStatus::Failed | JobStatus::Cancelled));
            *status = job.status;
        }
        for (id, _, status) in &mut self.batches {
            let mut batch = self.ground.batch_now(*id).await;
            if batch.status == BatchStatus::Throttled {
                // Only shown: the state below is the one that it had.
                assert!(self.has_capped && !status.is_terminal());
                batch.status = *status;
            }
            let legal = *status == batch.status || status.may_become(batch.status);
            assert!(legal, "{status} -> {}", batch.status);
            if batch.status.is_terminal() && !status.is_terminal() {
                self.ends.entry(*id).or_default().push(batch.status.as_str());
            }
            *status = batch.status;
            let items = self.ground.store.batch_results(self.ground.project, *id).await.unwrap().unwrap();
            let of = |wanted| items.iter().filter(|item| item.job.is_some_and(|(_, status)| status == wanted)).count();
            let counts = batch.counts;
            assert_eq!(counts.completed as usize, of(JobStatus::Completed));
            assert_eq!(counts.failed as usize, of(JobStatus::Failed));
            assert_eq!(counts.cancelled as usize, of(JobStatus::Cancelled));
            assert_eq!(counts.open() as usize, of(JobStatus::Pending) + of(JobStatus::Running));
            assert_eq!(counts.open() == 0, status.is_terminal(), "settled with the last job, not before");
        }
        assert!(self.results.values().all(|results| *results == 1), "one accepted end a job");
    }

    /// Every batch told of its beginning and of each of its ends (a retry makes another) once, every job of one of its
    /// beginning and its end, and nothing else twice.
    async fn check_told(&self) {
        let mut told: HashMap<Uuid, Vec<String>> = HashMap::new();
        for delivery in self.ground.store.delivery_claim(100_000, 100_000, LEASE_MS).await.unwrap() {
            let event = delivery.event;
            let subject = match event.subject {
                Subject::Batch { batch, .. } => batch.uuid(),
                Subject::Job { job, .. } => job.uuid(),
                Subject::Test => panic!("nobody tested"),
            };
            told.entry(subject).or_default().push(event.status);
        }
        let mut expected = 0;
        let batches = self.ends.iter().map(|(id, ends)| (id.uuid(), ends.clone()));
        let singles: HashSet<JobId> = self.singles.iter().copied().collect();
        let jobs = self.jobs.iter().filter(|(id, _)| !singles.contains(id));
        for (id, ends) in batches.chain(jobs.map(|(id, status)| (id.uuid(), vec![status.as_str()]))) {
            let states = &told[&id];
            let running = states.iter().filter(|status| *status == "RUNNING").count();
            assert!(running <= ends.len(), "{states:?}");
            let others: Vec<&str> = states.iter().map(String::as_str).filter(|status| *status != "RUNNING").collect();
            assert_eq!(others, [vec!["PENDING"], ends].concat());
            expected += 1;
        }
        assert_eq!(told.len(), expected, "nobody else told of anything");
    }

    /// Runs the queue dry, as workers would.
    async fn drain(&mut self) {
        self.ground.clock.advance(LEASE_MS * 2);
        self.step(&Step::Rescue).await;
        self.ground.clock.advance(LEASE_MS);
        loop {
            let first = self.claims.len();
            self.claim(0, 16, false).await;
            if self.claims.len() == first {
                break;
            }
            self.check().await;
            for claim in self.claims.split_off(first) {
                assert!(self.ground.finish(&claim, completed()).await);
                self.leases.remove(&claim.id);
                *self.results.entry(claim.id).or_default() += 1;
            }
        }
    }
}

fn pick<T: Copy>(all: &[T], at: &Index) -> Option<T> {
    (!all.is_empty()).then(|| *at.get(all))
}

async fn on_sqlite(steps: Vec<Step>) {
    let folder = tempfile::tempdir().unwrap();
    let clock = Arc::new(ManualClock::default());
    let store = SqlStore::sqlite(&folder.path().join("store.db"), clock.clone(), Role::Owner).await.unwrap();
    run(&store, &clock, steps).await;
}

async fn on_postgres(steps: Vec<Step>) {
    let url = docmill_testkit::postgres::database().await;
    let clock = Arc::new(ManualClock::default());
    let settings = PostgresSettings { url, connections_max: 2, migrate: true };
    let store = SqlStore::postgres(&settings, Some(clock.clone())).await.unwrap();
    run(&store, &clock, steps).await;
}

async fn run(store: &SqlStore, clock: &ManualClock, steps: Vec<Step>) {
    let mut world = World::new(store, clock).await;
    for step in &steps {
        world.step(step).await;
        world.check().await;
    }
    world.drain().await;
    world.check().await;
    assert!(world.leases.is_empty() && world.jobs.values().all(|status| status.is_terminal()));
    assert!(world.batches.iter().all(|(_, _, status)| status.is_terminal()));
    world.check_told().await;
    let depth = store.queue_depth().await.unwrap();
    assert_eq!((depth.pending, depth.running), (0, 0));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_laws_of_the_queue_hold_under_any_interleaving(steps in prop::collection::vec(step(), 1..40)) {
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(on_sqlite(steps));
    }
}

proptest! {
    // Each case is a database of its own.
    #![proptest_config(ProptestConfig { cases: 16, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_laws_of_the_queue_hold_on_postgres(steps in prop::collection::vec(step(), 1..40)) {
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(on_postgres(steps));
    }
}
