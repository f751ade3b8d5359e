//! Tells every process that the CRM still answers: a long step of a sync keeps nothing for minutes, and a stalled one too;
//! and that it makes us wait, as its rate limit is used up.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use serde::Serialize;
use tokio::sync::watch::Receiver;
use tokio::time::timeout;

use crate::crm::hubspot::HubSpot;
use crate::store::Cache;
use crate::sync::status::{HEARTBEAT, LIMITED};

/// How often it is looked whether answers came.
const BEAT: Duration = Duration::from_secs(15);
/// A wait that is over so soon is no news.
const MOMENT: Duration = Duration::from_secs(1);

/// Notes in the cache when the CRM last answered with what was asked for, and since when it makes us wait, until it is
/// aborted. `now` is when it begins (UTC).
pub async fn run(crm: HubSpot, cache: PathBuf, now: Timestamp) {
    let limits = limits(crm.limited(), MOMENT, cache.clone(), now);
    tokio::join!(beat(BEAT, || crm.counts().answered, cache, now), limits);
}

async fn beat(every: Duration, answered: impl Fn() -> u64, cache: PathBuf, now: Timestamp) {
    let (begun, mut seen) = (Instant::now(), answered());
    loop {
        tokio::time::sleep(every).await;
        let answers = answered();
        if answers != seen {
            seen = answers;
            keep(&cache, HEARTBEAT, now + begun.elapsed()).await;
        }
    }
}

async fn limits(mut limited: Receiver<bool>, moment: Duration, cache: PathBuf, now: Timestamp) {
    let begun = Instant::now();
    // What an earlier sync left behind says nothing of this one.
    keep(&cache, LIMITED, None::<Timestamp>).await;
    while limited.wait_for(|limited| *limited).await.is_ok() {
        let since = now + begun.elapsed();
        if timeout(moment, limited.wait_for(|limited| !limited))
            .await
            .is_ok()
        {
            continue;
        }
        keep(&cache, LIMITED, Some(since)).await;
        if limited.wait_for(|limited| !limited).await.is_err() {
            return;
        }
        keep(&cache, LIMITED, None::<Timestamp>).await;
    }
}

/// Where it cannot be kept, the screen says too early that nothing moves, or not that the CRM makes us wait.
async fn keep(cache: &Path, document: &'static str, value: impl Serialize) {
    let json = serde_json::to_string(&value).unwrap_or_default();
    let cache = cache.to_owned();
    let write = move || {
        if let Ok((mut cache, _)) = Cache::open(&cache) {
            let _ = cache.put_document(document, &json);
        }
    };
    let _ = tokio::task::spawn_blocking(write).await;
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;

    fn noted(cache: &Path) -> Option<Timestamp> {
        let json = Cache::open(cache).unwrap().0.document(HEARTBEAT).unwrap()?;
        serde_json::from_str(&json).ok()
    }

    /// Runs until it was looked so many times; each look sees so many bytes more.
    fn beat_for(cache: &Path, looks: u64, more: u64) {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let looked = Arc::new(AtomicU64::new(0));
        let count = Arc::clone(&looked);
        let answered = move || count.fetch_add(1, Ordering::SeqCst) * more;
        let beating = runtime.spawn(beat(
            Duration::from_millis(1),
            answered,
            cache.to_owned(),
            Timestamp::UNIX_EPOCH,
        ));
        while looked.load(Ordering::SeqCst) < looks {
            std::thread::yield_now();
        }
        beating.abort();
    }

    #[test]
    fn answers_are_noted_and_silence_is_not() {
        let home = tempfile::tempdir().unwrap();
        let cache = home.path().join("cache.db");
        beat_for(&cache, 4, 0);
        assert_eq!(noted(&cache), None);
        beat_for(&cache, 4, 7);
        assert!(noted(&cache).is_some_and(|at| at >= Timestamp::UNIX_EPOCH));
    }

    #[test]
    fn that_the_crm_makes_us_wait_is_noted_until_it_answers() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("cache.db");
        drop(Cache::open(&path).unwrap());
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let limited = tokio::sync::watch::Sender::new(false);
        let (watching, begun) = (limited.subscribe(), Timestamp::UNIX_EPOCH);
        runtime.spawn(limits(watching, Duration::from_millis(1), path.clone(), begun));
        let wait_for = |is: bool| {
            let since = || {
                let json = Cache::open(&path).unwrap().0.document(LIMITED).unwrap()?;
                serde_json::from_str::<Option<Timestamp>>(&json).unwrap()
            };
            while since().is_some() != is {
                std::thread::yield_now();
            }
        };
        limited.send_replace(true);
        wait_for(true);
        limited.send_replace(false);
        wait_for(false);
    }
}
