use docmill_model::{BatchStatus, Code, JobId, JobStatus, ProjectId};

use super::{Ground, LEASE_MS, WORKER, completed};
use crate::records::{
    BatchFilter, Beat, Cap, Caps, ClaimedJob, Finish, LeaseState, Outcome, PageRequest, QueueDepth, Shares,
};

fn retry(strike: bool, delay_ms: i64) -> Outcome {
    Outcome::Retry { failure: Code::ReaderDied.into(), strike, delay_ms }
}

pub async fn a_claim_leases_the_oldest_jobs(ground: &Ground<'_>) {
    let made = [ground.job("a").await.id, ground.job("b").await.id, ground.job("c").await.id];
    let first = ground.claim(2).await;
    let rest = ground.claim(2).await;
    let ids: Vec<JobId> = first.iter().chain(&rest).map(|job| job.id).collect();
    assert_eq!(ids, made);
    assert!(first.iter().all(|job| job.attempt == 1 && job.tries == 0 && job.options == ground.options()));
    assert!(ground.claim(5).await.is_empty());
    assert!(ground.claim(0).await.is_empty());
    assert_eq!(ground.job_now(made[0]).await.status, JobStatus::Running);
}

pub async fn only_the_current_attempt_may_finish(ground: &Ground<'_>) {
    let id = ground.job("a").await.id;
    let first = ground.claim_one().await;
    ground.clock.advance(LEASE_MS);
    assert_eq!(ground.store.job_rescue(10).await.unwrap(), 1);
    let second = ground.claim_one().await;
    assert_eq!((second.attempt, second.tries), (2, 1));

    assert!(!ground.finish(&first, completed()).await, "a stale attempt");
    assert_eq!(ground.beat(&first).await, LeaseState::Lost);
    let stranger = Finish { job: id, attempt: 2, outcome: completed() };
    assert_eq!(ground.store.job_finish("another worker", vec![stranger]).await.unwrap(), [false]);
    let beat = Beat { job: id, attempt: 2, pages_done: 0 };
    let beaten = ground.store.job_heartbeat("another worker", &[beat], LEASE_MS).await.unwrap();
    assert_eq!(beaten, [LeaseState::Lost]);

    assert!(ground.finish(&second, completed()).await);
    assert!(!ground.finish(&second, Outcome::Cancelled).await, "ended already");
    assert_eq!(ground.job_now(id).await.status, JobStatus::Completed);
}

pub async fn a_group_of_finishes_is_judged_one_by_one(ground: &Ground<'_>) {
    let one = ground.batch(70).await.id;
    let two = ground.batch(70).await.id;
    let jobs = ground.claim(140).await;
    let finish = |job: &ClaimedJob, attempt| Finish { job: job.id, attempt, outcome: completed() };
    let mut group: Vec<Finish> = jobs.iter().map(|job| finish(job, job.attempt)).collect();
    group[3].attempt = 7;
    group.push(finish(&jobs[3], 1));
    group.push(finish(&jobs[0], 1));
    let accepted = ground.store.job_finish(WORKER, group).await.unwrap();
    let refused: Vec<usize> = (0..accepted.len()).filter(|at| !accepted[*at]).collect();
    assert_eq!(refused, [3, 141], "the wrong attempt, and the second finish of one job");
    for id in [one, two] {
        let batch = ground.batch_now(id).await;
        assert_eq!((batch.status, batch.counts.completed), (BatchStatus::Completed, 70));
    }
    assert!(ground.store.job_finish(WORKER, Vec::new()).await.unwrap().is_empty());
}

pub async fn a_heartbeat_keeps_the_lease(ground: &Ground<'_>) {
    let id = ground.job("a").await.id;
    let job = ground.claim_one().await;
    for _ in 0..3 {
        ground.clock.advance(LEASE_MS - 1);
        assert_eq!(ground.store.job_rescue(10).await.unwrap(), 0);
        assert_eq!(ground.beat(&job).await, LeaseState::Held);
    }
    assert_eq!(ground.job_now(id).await.pages_done, 1);
    ground.clock.advance(LEASE_MS + 5);
    assert_eq!(ground.beat(&job).await, LeaseState::Held, "late, but nobody else has it");
    assert!(ground.store.job_heartbeat(WORKER, &[], LEASE_MS).await.unwrap().is_empty());
}

pub async fn a_retry_waits_and_counts_strikes(ground: &Ground<'_>) {
    let id = ground.job("a").await.id;
    let job = ground.claim_one().await;
    assert!(ground.finish(&job, retry(true, 500)).await);
    let waiting = ground.job_now(id).await;
    assert_eq!((waiting.status, waiting.strikes, waiting.failure), (JobStatus::Pending, 1, None));
    ground.clock.advance(499);
    assert!(ground.claim(1).await.is_empty());
    ground.clock.advance(1);
    let job = ground.claim_one().await;
    assert_eq!((job.strikes, job.tries, job.attempt), (1, 1, 2));
    assert!(ground.finish(&job, retry(false, 0)).await);
    let job = ground.claim_one().await;
    assert_eq!((job.strikes, job.tries), (1, 2), "an outage is no strike");
    assert!(ground.finish(&job, Outcome::Failed(Code::ReaderDied.into())).await);
    assert_eq!(ground.job_now(id).await.failure.unwrap().code, Code::ReaderDied);
}

pub async fn an_expired_lease_goes_back_and_fails_at_the_limit(ground: &Ground<'_>) {
    let id = ground.batch(1).await.id;
    for expiry in 1..=3 {
        let job = ground.claim_one().await;
        assert_eq!(ground.store.job_rescue(2).await.unwrap(), 0, "the lease holds");
        ground.clock.advance(LEASE_MS);
        assert_eq!(ground.store.job_rescue(2).await.unwrap(), 1);
        let job = ground.job_now(job.id).await;
        let expected = if expiry == 3 { JobStatus::Failed } else { JobStatus::Pending };
        assert_eq!((job.status, job.strikes), (expected, 0), "expiry {expiry}");
    }
    let batch = ground.batch_now(id).await;
    assert_eq!((batch.status, batch.counts.failed), (BatchStatus::Completed, 1));
    let items = ground.store.batch_results(ground.project, id).await.unwrap().unwrap();
    assert_eq!(items[0].failure.as_ref().unwrap().code, Code::WorkerLost);
}

pub async fn a_new_owner_releases_every_lease(ground: &Ground<'_>) {
    ground.batch(3).await;
    let before = ground.claim(2).await;
    assert_eq!(ground.store.job_release_all().await.unwrap(), 2);
    assert_eq!(ground.store.job_release_all().await.unwrap(), 0);
    assert!(!ground.finish(&before[0], completed()).await);
    let after = ground.claim(5).await;
    assert_eq!(after.iter().map(|job| job.attempt).collect::<Vec<_>>(), [2, 2, 1], "in their old places");
    for _ in 0..5 {
        ground.store.job_release_all().await.unwrap();
        ground.claim(5).await;
    }
    ground.clock.advance(LEASE_MS);
    ground.store.job_rescue(1).await.unwrap();
    assert_eq!(ground.claim(5).await.len(), 3, "a release is no expiry");
}

pub async fn a_wish_to_stop_outlives_the_lease(ground: &Ground<'_>) {
    for way in 0..3 {
        let batch = ground.batch(2).await.id;
        let jobs = ground.claim(2).await;
        ground.store.job_cancel(ground.project, jobs[0].id).await.unwrap();
        match way {
            0 => {
                ground.clock.advance(LEASE_MS);
                assert_eq!(ground.store.job_rescue(0).await.unwrap(), 2);
            }
            1 => assert_eq!(ground.store.job_release_all().await.unwrap(), 2),
            _ => assert!(ground.finish(&jobs[0], retry(true, 1_000)).await),
        }
        let job = ground.job_now(jobs[0].id).await;
        assert_eq!((job.status, job.failure.unwrap().code), (JobStatus::Cancelled, Code::Cancelled), "way {way}");
        assert_eq!(ground.batch_now(batch).await.counts.cancelled, 1);
        ground.clock.advance(LEASE_MS);
        ground.store.job_rescue(0).await.unwrap();
        let left = ground.claim(2).await;
        assert_eq!(left.len(), usize::from(way == 1), "rescue fails the other one, release gives it back");
        for job in left {
            ground.finish(&job, completed()).await;
        }
        assert_eq!(ground.batch_now(batch).await.status, BatchStatus::Completed);
    }
}

pub async fn a_source_deleted_under_a_running_job_stops_its_retries(ground: &Ground<'_>) {
    let batch = ground.batch(2).await;
    let jobs = ground.claim(2).await;
    ground.store.directory_delete(ground.project, batch.directory).await.unwrap();
    assert_eq!(ground.beat(&jobs[0]).await, LeaseState::Held);
    assert!(ground.finish(&jobs[0], retry(false, 0)).await);
    assert_eq!(ground.store.job_release_all().await.unwrap(), 1);
    for job in jobs {
        let job = ground.job_now(job.id).await;
        assert_eq!((job.status, job.failure.unwrap().code), (JobStatus::Failed, Code::SourceDeleted));
    }
    assert_eq!(ground.batch_now(batch.id).await.status, BatchStatus::Completed);
}

pub async fn a_late_small_batch_starts_at_once(ground: &Ground<'_>) {
    let large = ground.batch(100).await.id;
    for _ in 0..5 {
        ground.claim(8).await;
    }
    let small = ground.batch(10).await.id;
    let of = |jobs: &[ClaimedJob], batch| jobs.iter().filter(|job| job.batch == Some(batch)).count();
    let next = ground.claim(8).await;
    assert_eq!((of(&next, large), of(&next, small)), (4, 4));
    let single = ground.job("single").await.id;
    let next = ground.claim(9).await;
    assert_eq!((of(&next, large), of(&next, small)), (4, 4));
    assert!(next.iter().any(|job| job.id == single), "single jobs have a lane of their own");
    let next = ground.claim(8).await;
    assert_eq!((of(&next, large), of(&next, small)), (6, 2), "what a lane has not is given to the others");
}

pub async fn projects_share_alike_whatever_they_have_queued(ground: &Ground<'_>) {
    for _ in 0..12 {
        ground.batch(50).await;
    }
    ground.claim(40).await;
    let other = ground.store.project_create("other").await.unwrap().id;
    let late = Ground { project: other, ..*ground }.batch(60).await.id;
    let mut of_late = 0;
    for _ in 0..10 {
        of_late += ground.claim(8).await.iter().filter(|job| job.batch == Some(late)).count();
    }
    assert!(
        (32..=48).contains(&of_late),
        "{of_late} of 80 are of the project with one batch; twelve wait in the other"
    );
}

pub async fn caps_hold_and_say_so(ground: &Ground<'_>) {
    let (first, second) = (ground.batch(5).await.id, ground.batch(5).await.id);
    let cap = |most| Cap { jobs_max: Some(most), ..Cap::default() };
    let caps = Caps { project: cap(3), batch: cap(2) };
    let claim = async || ground.store.job_claim(WORKER, 9, LEASE_MS, caps).await.unwrap();
    let mut running = claim().await;
    running.extend(claim().await);
    let of = |jobs: &[ClaimedJob], batch| jobs.iter().filter(|job| job.batch == Some(batch)).count();
    assert_eq!(running.len(), 3, "no more than the project may have");
    assert!(of(&running, first) <= 2 && of(&running, second) <= 2, "no more than a batch may have");
    // Only the other project's batch is held back with nothing running: it says so after a while, and not before.
    let third = ground.batch(1).await.id;
    assert!(claim().await.is_empty());
    assert_eq!(ground.batch_now(third).await.status, BatchStatus::Pending);
    ground.clock.advance(2_000);
    assert_eq!(ground.batch_now(third).await.status, BatchStatus::Throttled);
    let filter = BatchFilter { status: Some(BatchStatus::Throttled), ..BatchFilter::default() };
    let page = PageRequest { after: None, limit: 9 };
    let listed = ground.store.batch_list(ground.project, &filter, page).await.unwrap();
    assert_eq!(listed.items.iter().map(|batch| batch.id).collect::<Vec<_>>(), [third]);
    assert_eq!(ground.batch_now(first).await.status, BatchStatus::Running, "what runs is not throttled");
    for job in &running {
        assert!(ground.finish(job, completed()).await);
    }
    // Room again: at most three claims until its turn, whoever the first ones were for.
    while ground.batch_now(third).await.status == BatchStatus::Throttled {
        for job in claim().await {
            ground.finish(&job, completed()).await;
        }
    }
    assert_eq!(ground.batch_now(third).await.status, BatchStatus::Completed);
}

pub async fn rates_hold_and_say_so(ground: &Ground<'_>) {
    let first = ground.batch(30).await.id;
    ground.batch(30).await;
    let rate = |rate| Cap { jobs_per_minute: Some(rate), ..Cap::default() };
    let claim = async |caps| ground.store.job_claim(WORKER, 50, LEASE_MS, caps).await.unwrap();
    // One a second, ten seconds' worth at once.
    let project = Caps { project: rate(60), batch: Cap::default() };
    let started = claim(project).await;
    assert_eq!((started.len(), claim(project).await.len()), (10, 0));
    for job in &started {
        ground.finish(job, completed()).await;
    }
    assert_eq!(claim(project).await.len(), 0, "an end makes no room");
    ground.clock.advance(1_999);
    assert_eq!(ground.batch_now(first).await.status, BatchStatus::Running, "not held back for long");
    ground.clock.advance(1_001);
    assert_eq!(ground.batch_now(first).await.status, BatchStatus::Throttled);
    assert_eq!(claim(project).await.len(), 3);
    // Each batch by itself: the rate of a batch was not paid for so far.
    let batch = Caps { project: Cap::default(), batch: rate(12) };
    assert_eq!((claim(batch).await.len(), claim(batch).await.len()), (4, 0));
    ground.clock.advance(60_000);
    assert_eq!(claim(batch).await.len(), 4, "a minute without a start saves up no more than ten seconds' worth");
}

pub async fn a_projects_own_shares_go_before_the_settings(ground: &Ground<'_>) {
    let store = ground.store;
    let other = Ground { project: store.project_create("other").await.unwrap().id, ..*ground };
    let (ours, theirs) = (ground.batch(60).await.id, other.batch(60).await.id);
    let of = |jobs: &[ClaimedJob], batch| jobs.iter().filter(|job| job.batch == Some(batch)).count();
    let shares = Shares { weight: 3.0, ..Shares::default() };
    let told = store.project_share(other.project, shares).await.unwrap().unwrap();
    assert_eq!((told.shares, store.project_get(other.project).await.unwrap().unwrap().shares), (shares, shares));
    let claimed = ground.claim(40).await;
    assert_eq!((of(&claimed, ours), of(&claimed, theirs)), (10, 30), "three for each one of a weight of 1");
    for job in &claimed {
        ground.finish(job, completed()).await;
    }
    // The settings allow two a project; one project may have four, the other any number.
    let caps = Caps { project: Cap { jobs_max: Some(2), ..Cap::default() }, batch: Cap::default() };
    store.project_share(other.project, Shares { jobs_max: Some(4), ..Shares::default() }).await.unwrap();
    let claimed = store.job_claim(WORKER, 40, LEASE_MS, caps).await.unwrap();
    assert_eq!((of(&claimed, ours), of(&claimed, theirs)), (2, 4));
    store.project_share(other.project, Shares { jobs_max: Some(0), ..Shares::default() }).await.unwrap();
    let claimed = store.job_claim(WORKER, 40, LEASE_MS, caps).await.unwrap();
    assert_eq!((of(&claimed, ours), of(&claimed, theirs)), (0, 26), "all that is left of it");
    assert!(store.project_share(ProjectId::generate(), shares).await.unwrap().is_none());
}

pub async fn an_idle_lane_earns_no_credit(ground: &Ground<'_>) {
    ground.job("early").await;
    ground.claim_one().await;
    let batch = ground.batch(60).await.id;
    for _ in 0..4 {
        ground.claim(10).await;
    }
    for number in 0..20 {
        ground.job(&format!("late{number}")).await;
    }
    let next = ground.claim(10).await;
    // Half of them, but for the one job that a returning lane is ahead: not all ten for its idle time.
    assert_eq!(next.iter().filter(|job| job.batch == Some(batch)).count(), 4);
}

pub async fn depth_and_changes_follow_the_queue(ground: &Ground<'_>) {
    let mut changes = ground.store.changes();
    changes.mark_unchanged();
    assert_eq!(ground.store.queue_depth().await.unwrap(), QueueDepth::default());
    ground.job("a").await;
    assert!(changes.has_changed().unwrap(), "work came");
    let b = ground.job("b").await.id;
    ground.clock.advance(700);
    let depth = ground.store.queue_depth().await.unwrap();
    assert_eq!(depth, QueueDepth { pending: 2, running: 0, oldest_due_ms: 700, last_claim: None });
    changes.mark_unchanged();
    let job = ground.claim_one().await;
    assert_eq!(ground.store.queue_depth().await.unwrap().running, 1);
    assert!(!changes.has_changed().unwrap(), "a claim gives nobody work");
    ground.finish(&job, retry(false, 5_000)).await;
    assert!(changes.has_changed().unwrap(), "a job came back");
    ground.store.job_cancel(ground.project, b).await.unwrap();
    let depth = ground.store.queue_depth().await.unwrap();
    let last_claim = Some(ground.now());
    assert_eq!(depth, QueueDepth { pending: 1, running: 0, oldest_due_ms: 0, last_claim }, "not due yet");
}
