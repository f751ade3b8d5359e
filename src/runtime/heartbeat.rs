//! Tells every process that the CRM still answers: a long step of a sync keeps nothing for minutes, and a stalled one too.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use jiff::Timestamp;

use crate::crm::hubspot::HubSpot;
use crate::store::Cache;
use crate::sync::status::HEARTBEAT;

/// How often it is looked whether answers came.
const BEAT: Duration = Duration::from_secs(15);

/// Notes in the cache when the CRM last answered, until it is aborted. `now` is when it begins (UTC).
pub async fn run(crm: HubSpot, cache: PathBuf, now: Timestamp) {
    beat(BEAT, || crm.counts().bytes, cache, now).await;
}

async fn beat(every: Duration, answered: impl Fn() -> u64, cache: PathBuf, now: Timestamp) {
    let (begun, mut seen) = (Instant::now(), answered());
    loop {
        tokio::time::sleep(every).await;
        let bytes = answered();
        if bytes != seen {
            seen = bytes;
            let (cache, now) = (cache.clone(), now + begun.elapsed());
            // Where this cannot be noted, the screen says too early that nothing moves.
            let _ = tokio::task::spawn_blocking(move || note(&cache, now)).await;
        }
    }
}

fn note(cache: &std::path::Path, now: Timestamp) {
    let json = serde_json::to_string(&now).unwrap_or_default();
    if let Ok((mut cache, _)) = Cache::open(cache) {
        let _ = cache.put_document(HEARTBEAT, &json);
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;

    fn noted(cache: &std::path::Path) -> Option<Timestamp> {
        let json = Cache::open(cache).unwrap().0.document(HEARTBEAT).unwrap()?;
        serde_json::from_str(&json).ok()
    }

    /// Runs until it was looked so many times; each look sees so many bytes more.
    fn beat_for(cache: &std::path::Path, looks: u64, more: u64) {
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
}
