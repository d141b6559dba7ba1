//! A folder that is looked at again and again: a file is read once it has been still for a while.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

use super::inputs::{self, Input};
use super::interrupt::interrupted;
use super::run::{Order, execute, report};
use crate::refusal::{Exit, Refused};
use crate::terminal::tell;

/// Shortest and longest time between two looks.
const LOOKS: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(5));

/// How a folder is watched.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// How long size and time of a file must not have changed.
    pub settle: Duration,
    /// End when every file that is there is done.
    pub once: bool,
}

/// Runs the order over what is in its paths, and again over what comes. Ends by a signal, or with `once`.
///
/// Every file is done once: what is done or has failed is known by the output folder, also after a restart.
pub async fn watch(mut order: Order, patience: Patience) -> Refused<Exit> {
    let stop = interrupted()?;
    let (named, began) = (order.paths.clone(), Instant::now());
    let mut settled = Settled::default();
    let mut last = Exit::Done;
    if !order.voice.quiet {
        tell("watching; ctrl-c ends it");
    }
    loop {
        let seen = look(&named, &order.out)?;
        let news = settled.look(&seen, began.elapsed(), patience.settle);
        if news.fresh {
            order.inputs = Some(news.still);
            let ended = execute(&order, &stop).await?;
            last = report(&ended, order.voice)?;
        } else if patience.once && news.restless == 0 {
            return Ok(last);
        }
        tokio::select! {
            () = stop.cancelled() => return Ok(if last == Exit::Interrupted { last } else { Exit::Done }),
            () = tokio::time::sleep((patience.settle / 2).clamp(LOOKS.0, LOOKS.1)) => {}
        }
    }
}

/// Size and time of a file.
type Look = (u64, SystemTime);

fn look(named: &[PathBuf], out: &Path) -> Refused<Vec<(Input, Look)>> {
    let looked = inputs::find(named, Some(out))?.into_iter().filter_map(|input| {
        // One that went away between two calls is seen as absent.
        let about = fs::metadata(&input.path).ok()?;
        Some((input, (about.len(), about.modified().ok()?)))
    });
    Ok(looked.collect())
}

/// Since when each file has been as it is.
#[derive(Default)]
struct Settled {
    files: HashMap<PathBuf, (Look, Duration)>,
    /// Those that were handed out as they are.
    done: HashMap<PathBuf, Look>,
}

struct News {
    /// All files that are still, those of earlier looks among them.
    still: Vec<Input>,
    /// One of them is new or changed.
    fresh: bool,
    /// Files that may still be written.
    restless: usize,
}

impl Settled {
    /// What one look at `now` says.
    fn look(&mut self, seen: &[(Input, Look)], now: Duration, settle: Duration) -> News {
        let mut news = News { still: Vec::new(), fresh: false, restless: 0 };
        let mut files = HashMap::new();
        for (input, look) in seen {
            let before = self.files.get(&input.path).filter(|(known, _)| known == look);
            let since = before.map_or(now, |(_, since)| *since);
            files.insert(input.path.clone(), (*look, since));
            if now.saturating_sub(since) < settle {
                news.restless += 1;
                continue;
            }
            news.still.push(input.clone());
            news.fresh |= self.done.insert(input.path.clone(), *look) != Some(*look);
        }
        self.files = files;
        news
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_once_it_has_been_still() {
        let mut settled = Settled::default();
        let settle = Duration::from_secs(2);
        let mut check = |now: u64, sizes: &[(&str, u64)], still: &[&str], fresh: bool, restless: usize| {
            let input = |name: &str| Input::new(name.into(), name.into());
            let seen: Vec<_> =
                sizes.iter().map(|(name, size)| (input(name), (*size, SystemTime::UNIX_EPOCH))).collect();
            let news = settled.look(&seen, Duration::from_secs(now), settle);
            let names: Vec<&str> = news.still.iter().map(|input| input.name.as_str()).collect();
            assert_eq!((names.as_slice(), news.fresh, news.restless), (still, fresh, restless), "at {now}");
        };
        check(0, &[("a", 1)], &[], false, 1);
        check(1, &[("a", 2)], &[], false, 1);
        check(2, &[("a", 2), ("b", 5)], &[], false, 2);
        check(3, &[("a", 2), ("b", 5)], &["a"], true, 1);
        check(4, &[("a", 2), ("b", 5)], &["a", "b"], true, 0);
        check(5, &[("a", 2), ("b", 5)], &["a", "b"], false, 0);
        check(6, &[("a", 3)], &[], false, 1);
        check(8, &[("a", 3)], &["a"], true, 0);
    }
}
