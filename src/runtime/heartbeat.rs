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
    let (begun, mut seen) = (Instant::now(), crm.counts().bytes);
    loop {
        tokio::time::sleep(BEAT).await;
        let bytes = crm.counts().bytes;
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
