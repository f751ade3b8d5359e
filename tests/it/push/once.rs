//! A write leaves once: only an answer that says that it had no effect sends it again.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use retain::crm::hubspot::{HubSpot, HubSpotOptions};
use retain::crm::transport::{Proxying, TransportOptions};
use retain::crm::{CrmError, CrmWrite, NewRecord, Written};
use retain::domain::outbox::{Field, Remedy};
use retain::domain::record::{Core, Kind, RecordId};

use super::bench::permit;
use crate::scripted::{Reply, Scripted, answer};

const MADE: &str = r#"{"status":"COMPLETE","results":[{"id":"77","objectWriteTraceId":"K1"}]}"#;

fn connect(address: &str, adjust: impl FnOnce(&mut TransportOptions)) -> HubSpot {
    let mut options = HubSpotOptions {
        base_url: address.to_owned(),
        transport: TransportOptions {
            allow_loopback_http: true,
            proxy: Proxying::Off,
            sharing: None,
            writing: Some(permit()),
            ..TransportOptions::default()
        },
        ..HubSpotOptions::default()
    };
    adjust(&mut options.transport);
    let tokens = AtomicUsize::new(0);
    let ask = move || Ok(format!("token-canary-{}", tokens.fetch_add(1, Ordering::SeqCst)));
    HubSpot::connect(options, Arc::new(ask)).unwrap()
}

fn note() -> NewRecord {
    NewRecord {
        key: "K1".to_owned(),
        fields: BTreeMap::from([(Field::Core(Core::Body), "hello".to_owned())]),
        about: vec![(Kind::Account, RecordId::from("1"))],
        author: "Mara".to_owned(),
        since: jiff::Timestamp::UNIX_EPOCH,
    }
}

/// Sends one note; the first answer to it is `first`, all others are good. Gives how often it left.
async fn send(first: fn() -> Reply) -> (Result<Written, CrmError>, usize) {
    send_by(first, |_| ()).await
}

/// The same, by a way that is adjusted.
async fn send_by(
    first: fn() -> Reply,
    adjust: impl FnOnce(&mut TransportOptions),
) -> (Result<Written, CrmError>, usize) {
    let times = Arc::new(AtomicUsize::new(0));
    let counted = times.clone();
    let server = Scripted::http(move |_, asked| {
        if !asked.line().ends_with("batch/create") {
            return answer(200, &[], r#"{"results":[]}"#);
        }
        match counted.fetch_add(1, Ordering::SeqCst) {
            0 => first(),
            _ => answer(201, &[], MADE),
        }
    });
    let crm = connect(&server.url(), adjust);
    let written = crm.create(permit(), Kind::Note, &[note()]).await;
    let written = written.map(|written| written.into_iter().next().unwrap());
    (written, times.load(Ordering::SeqCst))
}

#[tokio::test]
async fn what_surely_had_no_effect_is_sent_again() {
    let answers: [fn() -> Reply; 4] = [
        || {
            answer(
                429,
                &[("retry-after", "0")],
                r#"{"policyName":"TEN_SECONDLY_ROLLING"}"#,
            )
        },
        || answer(423, &[("retry-after", "0")], ""),
        || answer(477, &[("retry-after", "0")], ""),
        || answer(401, &[], r#"{"message":"expired"}"#),
    ];
    for first in answers {
        let (written, times) = send(first).await;
        let id = RecordId::from("77");
        assert_eq!((written.unwrap(), times), (Written::Done { id }, 2));
    }
}

#[tokio::test]
async fn whatever_else_happens_it_leaves_once_and_nobody_guesses() {
    let answers: [fn() -> Reply; 12] = [
        || Reply::Reset(Vec::new()),
        || Reply::Bytes(Vec::new()),
        || Reply::Reset(b"HTTP/1.1 201 X\r\ncontent-length: 500\r\n\r\n{\"re".to_vec()),
        || answer(201, &[], &MADE[..40]),
        || answer(201, &[], r#"{"results":[]}"#),
        || answer(200, &[], "<html>log in</html>"),
        || answer(302, &[("location", "/")], ""),
        || answer(408, &[], ""),
        || answer(500, &[], "{}"),
        || answer(502, &[], ""),
        || answer(503, &[("retry-after", "0")], ""),
        || answer(504, &[], ""),
    ];
    for (number, first) in answers.into_iter().enumerate() {
        let (written, times) = send(first).await;
        assert!(
            matches!(written, Ok(Written::Unclear { .. })),
            "{number}: {written:?}"
        );
        assert_eq!(times, 1, "{number}");
    }
    let (written, times) = send(|| answer(400, &[], r#"{"message":"no such owner"}"#)).await;
    let refused = |said: &str, remedy| Written::Refused {
        said: said.to_owned(),
        remedy,
    };
    assert_eq!(
        (written.unwrap(), times),
        (refused("no such owner", Remedy::Edit), 1)
    );
    let (written, times) = send(|| answer(404, &[], r#"{"message":"no such company"}"#)).await;
    assert_eq!(
        (written.unwrap(), times),
        (refused("no such company", Remedy::Restore), 1)
    );
    let (written, times) = send(|| answer(403, &[], r#"{"category":"MISSING_SCOPES"}"#)).await;
    assert!(
        matches!(written, Err(CrmError::MissingScope { .. })),
        "{written:?}"
    );
    assert_eq!(times, 1);
}

#[tokio::test]
async fn a_write_that_is_not_answered_soon_holds_nobody_up_and_nobody_guesses() {
    let late = || {
        std::thread::sleep(Duration::from_secs(3));
        answer(201, &[], MADE)
    };
    let (written, times) = send_by(late, |way| way.write_timeout = Duration::from_millis(200)).await;
    assert!(matches!(written, Ok(Written::Unclear { .. })), "{written:?}");
    assert_eq!(times, 1);
}

#[tokio::test]
async fn who_waits_only_so_long_does_not_wait_longer_for_what_has_left() {
    let late = || {
        std::thread::sleep(Duration::from_secs(3));
        answer(201, &[], MADE)
    };
    let (written, times) = send_by(late, |way| way.within = Some(Duration::from_secs(1))).await;
    assert!(matches!(written, Ok(Written::Unclear { .. })), "{written:?}");
    assert_eq!(times, 1);
}

#[tokio::test]
async fn what_could_hardly_be_answered_in_time_does_not_leave() {
    let server = Scripted::http(|_, asked| {
        if asked.line().ends_with("batch/create") {
            return answer(201, &[], MADE);
        }
        std::thread::sleep(Duration::from_millis(800));
        answer(200, &[], r#"{"results":[]}"#)
    });
    let crm = connect(&server.url(), |way| way.within = Some(Duration::from_secs(1)));
    // Whatever that says, it takes most of the time.
    let _ = crm.is_keyed(Kind::Note).await;
    let written = crm.create(permit(), Kind::Note, &[note()]).await;
    assert!(matches!(written, Err(CrmError::Unanswered { .. })), "{written:?}");
    let left = server.asked();
    assert!(left.iter().all(|asked| !asked.line().ends_with("batch/create")));
}

#[tokio::test]
async fn a_token_that_comes_back_with_success_is_blotted_out() {
    let (written, _) = send(|| {
        let error = r#"{"status":"error","category":"VALIDATION_ERROR","message":"no token-canary-0","context":{"objectWriteTraceId":["K1"]}}"#;
        answer(207, &[], format!(r#"{{"status":"COMPLETE","results":[],"numErrors":1,"errors":[{error}]}}"#))
    })
    .await;
    let written = written.unwrap();
    assert!(matches!(written, Written::Refused { .. }), "{written:?}");
    assert!(!format!("{written:?}").contains("canary"), "{written:?}");
}

#[tokio::test]
async fn a_property_whose_making_is_not_answered_may_have_been_added_and_is_not_asked_for_again() {
    let times = Arc::new(AtomicUsize::new(0));
    let counted = times.clone();
    let server = Scripted::http(move |_, asked| {
        if asked.line().starts_with("GET") {
            return answer(200, &[], r#"{"results":[{"groupName":"callinformation"}]}"#);
        }
        counted.fetch_add(1, Ordering::SeqCst);
        answer(502, &[], "")
    });
    let crm = connect(&server.url(), |_| ());
    let made = crm.make_key(permit(), Kind::Call, "retain_key").await;
    assert!(made.unwrap().unwrap_err().contains("502"));
    assert_eq!(times.load(Ordering::SeqCst), 1);
}
