//! How long anything waits for its turn, and for what the CRM says meanwhile.
#![allow(clippy::unwrap_used)]

use std::sync::Arc;

use super::*;

const HOUR: Duration = Duration::from_hours(1);

struct Plain;

impl Dialect for Plain {
    fn may_post(&self, _: &str) -> bool {
        false
    }
    fn class(&self, _: &str) -> Class {
        Class::Plain
    }
    fn allowance(&self, _: &HeaderMap) -> Option<(u32, Duration)> {
        None
    }
    fn judge(&self, _: &Refusal<'_>) -> Verdict {
        Verdict::Token(String::new())
    }
}

fn transport() -> Transport {
    let options = TransportOptions {
        proxy: Proxying::Off,
        ..TransportOptions::default()
    };
    let ask: AskToken = Arc::new(|| Ok("token".to_owned()));
    Transport::new("https://crm.example", &options, Box::new(Plain), ask).unwrap()
}

/// How waiting for a turn ends; `None` where it goes on.
async fn ends(transport: &Transport, most: Duration) -> Option<Result<(), CrmError>> {
    let waiting = transport.wait_for_turn(Class::Plain, most);
    tokio::time::timeout(Duration::from_secs(5), waiting).await.ok()
}

fn is_limited(ended: Option<&Result<(), CrmError>>) -> bool {
    matches!(ended, Some(Err(CrmError::RateLimited { wait: Some(wait) })) if *wait > HOUR / 2)
}

#[tokio::test]
async fn who_waits_for_a_turn_is_told_where_the_crm_says_meanwhile_to_wait_for_longer_than_anybody_does() {
    let transport = transport();
    transport.hold(Class::Plain, Duration::from_millis(30));
    let (ended, ()) = tokio::join!(ends(&transport, transport.patience), async {
        transport.hold(Class::Plain, HOUR);
    });
    assert!(is_limited(ended.as_ref()), "{ended:?}");
}

#[tokio::test]
async fn a_write_waits_only_a_moment_where_the_crm_said_to_wait_and_a_read_longer() {
    let transport = transport();
    transport.hold(Class::Plain, Duration::from_mins(1));
    let ended = ends(&transport, MOMENT).await;
    assert!(
        matches!(ended, Some(Err(CrmError::RateLimited { wait: Some(_) }))),
        "{ended:?}"
    );
    let read = transport.wait_for_turn(Class::Plain, transport.patience);
    let soon = tokio::time::timeout(Duration::from_millis(30), read).await;
    assert!(soon.is_err(), "it waits");
}

#[tokio::test]
async fn a_crm_that_does_not_answer_is_told_from_one_that_is_not_there() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let options = TransportOptions {
        proxy: Proxying::Off,
        allow_loopback_http: true,
        total_timeout: Duration::from_millis(100),
        retries: 0,
        ..TransportOptions::default()
    };
    let address = format!("http://{}", listener.local_addr().unwrap());
    let ask: AskToken = Arc::new(|| Ok("token".to_owned()));
    let transport = Transport::new(&address, &options, Box::new(Plain), ask).unwrap();
    let request = Request::Get {
        path: "/account".to_owned(),
        query: Vec::new(),
    };
    let heard = transport.reached();
    let silent = transport.send(&request, |_| Ok(())).await;
    assert!(matches!(silent, Err(CrmError::Unanswered { .. })), "{silent:?}");
    assert_eq!(*heard.borrow(), Reach::Silent);
    drop(listener);
    let gone = transport.send(&request, |_| Ok(())).await;
    assert!(matches!(gone, Err(CrmError::Unreachable { .. })), "{gone:?}");
    assert_eq!(*heard.borrow(), Reach::Unreachable);
}

#[tokio::test]
async fn once_the_time_is_over_no_token_is_asked_for_and_it_is_told_as_no_answer() {
    let options = TransportOptions {
        proxy: Proxying::Off,
        within: Some(Duration::ZERO),
        ..TransportOptions::default()
    };
    let ask: AskToken = Arc::new(|| Err("it was asked".to_owned()));
    let transport = Transport::new("https://crm.example", &options, Box::new(Plain), ask).unwrap();
    let request = Request::Get {
        path: "/account".to_owned(),
        query: Vec::new(),
    };
    let ended = transport.send(&request, |_| Ok(())).await;
    assert!(matches!(ended, Err(CrmError::Unanswered { .. })), "{ended:?}");
}
