//! Pictures that a child said it will ask OCR for: they are read while it goes on, by as many programs as there are
//! processors that nobody else wants.

use std::collections::{BTreeMap, VecDeque};
use std::convert::Infallible;

use docmill_parse::OcrAnswer;
use futures_util::StreamExt;
use futures_util::future::BoxFuture;
use futures_util::stream::FuturesUnordered;
use tokio::sync::{Semaphore, SemaphorePermit};

use super::plan::Violation;
use crate::guard::Interrupted;

/// Pages that a child may go ahead, and so pictures that are kept for it.
const AHEAD_MAX: usize = 4;

type Answer = Result<OcrAnswer, Interrupted>;

/// How many pages a child goes ahead where so many programs may run: alone, it has nobody who reads meanwhile.
pub(crate) fn pages(cpu_permits: usize) -> u32 {
    if cpu_permits < 2 { 0 } else { cpu_permits.min(AHEAD_MAX) as u32 }
}

/// What the pictures of one child are at.
pub(crate) struct Ahead<'a> {
    permits: &'a Semaphore,
    waiting: VecDeque<(u32, BoxFuture<'a, Answer>)>,
    running: FuturesUnordered<BoxFuture<'a, (u32, Answer)>>,
    /// Permits beside the document's own, which its child uses while it does not wait.
    lent: Vec<SemaphorePermit<'a>>,
    done: BTreeMap<u32, Answer>,
    /// Numbers that are under way.
    open: Vec<u32>,
}

impl<'a> Ahead<'a> {
    pub fn new(permits: &'a Semaphore) -> Self {
        Self {
            permits,
            waiting: VecDeque::new(),
            running: FuturesUnordered::new(),
            lent: Vec::new(),
            done: BTreeMap::new(),
            open: Vec::new(),
        }
    }

    /// `reading` begins when it is polled: that is when a processor is free.
    pub fn add(&mut self, id: u32, reading: BoxFuture<'a, Answer>) -> Result<(), Violation> {
        if self.open.len() > AHEAD_MAX || self.open.contains(&id) {
            return Err(Violation("too many pictures for OCR, or two of one number"));
        }
        self.open.push(id);
        self.waiting.push_back((id, reading));
        Ok(())
    }

    /// Starts what may start. With `own_free` the child waits, and the document's own permit is free.
    fn start(&mut self, own_free: bool) {
        while !self.waiting.is_empty() {
            if self.running.len() >= self.lent.len() + usize::from(own_free) {
                // Who waits for a permit comes before.
                let Ok(permit) = self.permits.try_acquire() else { return };
                self.lent.push(permit);
            }
            let Some((id, reading)) = self.waiting.pop_front() else { return };
            self.running.push(Box::pin(async move { (id, reading.await) }));
        }
    }

    fn ended(&mut self, id: u32, answer: Answer) {
        self.done.insert(id, answer);
        self.lent.truncate(self.running.len());
    }

    /// Goes on while the child does; never ends by itself, and may be dropped at any time.
    pub async fn go_on(&mut self) -> Infallible {
        loop {
            self.start(false);
            match self.running.next().await {
                Some((id, answer)) => self.ended(id, answer),
                None => std::future::pending().await,
            }
        }
    }

    /// Waits for the picture of this number, which comes before all that has not begun.
    pub async fn take(&mut self, id: u32) -> Result<Answer, Violation> {
        let at = self.open.iter().position(|own| *own == id);
        self.open.remove(at.ok_or(Violation("OCR of a picture that was not sent"))?);
        if let Some(at) = self.waiting.iter().position(|(own, _)| *own == id)
            && let Some(first) = self.waiting.remove(at)
        {
            self.waiting.push_front(first);
        }
        loop {
            if let Some(answer) = self.done.remove(&id) {
                return Ok(answer);
            }
            self.start(true);
            match self.running.next().await {
                Some((id, answer)) => self.ended(id, answer),
                None => return Err(Violation("OCR of a picture that was not sent")),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

    use docmill_parse::OcrText;
    use tokio::sync::Notify;

    use super::*;

    /// A reading that counts how many run, and ends when it is told.
    fn reading(running: &Arc<AtomicUsize>, end: &Arc<Notify>) -> BoxFuture<'static, Answer> {
        let (running, end) = (running.clone(), end.clone());
        Box::pin(async move {
            running.fetch_add(1, SeqCst);
            end.notified().await;
            running.fetch_sub(1, SeqCst);
            Ok(OcrAnswer::Read(OcrText::default()))
        })
    }

    #[tokio::test]
    async fn as_many_are_read_as_there_are_permits_and_one_more_while_the_child_waits() {
        for free in 0..3 {
            let (permits, running) = (Semaphore::new(free), Arc::new(AtomicUsize::new(0)));
            let ends: Vec<Arc<Notify>> = (0..4).map(|_| Arc::default()).collect();
            let mut ahead = Ahead::new(&permits);
            for (end, id) in ends.iter().zip(1..) {
                ahead.add(id, reading(&running, end)).expect("room");
            }
            assert!(futures_util::poll!(Box::pin(ahead.go_on())).is_pending());
            assert_eq!((running.load(SeqCst), permits.available_permits()), (free, 0), "{free}");
            // The last one is asked for first.
            {
                let asked = Cell::new(false);
                let mut take = Box::pin(async {
                    let answer = ahead.take(4).await;
                    asked.set(true);
                    answer
                });
                assert!(futures_util::poll!(&mut take).is_pending());
                assert_eq!(running.load(SeqCst), free + 1, "{free}");
                ends[3].notify_one();
                assert!(matches!(take.await, Ok(Ok(OcrAnswer::Read(_)))) && asked.get());
            }
            assert_eq!(running.load(SeqCst), free, "{free}");
            ends.iter().for_each(|end| end.notify_one());
            for id in 1..4 {
                assert!(ahead.take(id).await.is_ok(), "{free}");
            }
            assert_eq!(permits.available_permits(), free, "every permit is given back");
            assert!(ahead.take(4).await.is_err(), "once");
        }
    }

    #[test]
    fn a_child_keeps_no_more_than_it_may() {
        let permits = Semaphore::new(0);
        let mut ahead = Ahead::new(&permits);
        let never = || -> BoxFuture<'static, Answer> { Box::pin(std::future::pending()) };
        for id in 0..=AHEAD_MAX as u32 {
            ahead.add(id, never()).expect("room");
        }
        assert!(ahead.add(9, never()).is_err(), "too many");
        assert_eq!([0, 1, 2, 3, 4, 9].map(pages), [0, 0, 2, 3, 4, 4]);
    }
}
