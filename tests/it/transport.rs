//! The way to the CRM: the token stays home, failures pass or are told, bombs do not go off.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use retain::crm::hubspot::{HubSpot, HubSpotOptions};
use retain::crm::transport::{AskToken, Proxying, Request, TransportOptions};
use retain::crm::{Condition, Crm, CrmError, Search, SearchOrder};
use retain::domain::record::Kind;

use crate::scripted::{Asked, Reply, Scripted, answer, fixture};

const CANARY: &str = "pat-eu1-canary-91c4";
const TENANT: &str = r#"{"portalId":7,"timeZone":"UTC","companyCurrency":"USD","additionalCurrencies":[],"uiDomain":"app.hubspot.com"}"#;

type Make = fn() -> Reply;

fn options(base_url: String) -> HubSpotOptions {
    HubSpotOptions {
        base_url,
        transport: TransportOptions {
            allow_loopback_http: true,
            connect_timeout: Duration::from_secs(5),
            read_timeout: Duration::from_secs(5),
            proxy: Proxying::Off,
            sharing: None,
            retries: 1,
            ..TransportOptions::default()
        },
        ..HubSpotOptions::default()
    }
}

fn token() -> AskToken {
    Arc::new(|| Ok(CANARY.to_owned()))
}

fn hubspot(server: &Scripted) -> HubSpot {
    HubSpot::connect(options(server.url()), token()).unwrap()
}

fn search() -> Search {
    Search {
        kind: Kind::Account,
        conditions: vec![Condition::Set("name".into())],
        order: SearchOrder::Id,
        after: None,
    }
}

/// Asks with a GET or with a POST.
async fn ask(crm: &HubSpot, post: bool) -> Result<(), CrmError> {
    if post {
        crm.search(&search()).await.map(drop)
    } else {
        crm.tenant().await.map(drop)
    }
}

fn keeps_quiet(error: &CrmError) {
    assert!(
        !format!("{error} {error:?}").contains("canary"),
        "the token is in {error:?}"
    );
}

#[tokio::test]
async fn sixty_redirects_lead_nowhere() {
    let elsewhere = Scripted::http(|_, _| answer(200, &[], TENANT));
    let port = elsewhere.address.rsplit(':').next().unwrap().to_owned();
    let targets = [
        format!("http://127.0.0.1:{port}/"),
        format!("http://localhost:{port}/"),
        format!("//127.0.0.1:{port}/"),
        format!("https://127.0.0.1:{port}/"),
        format!("http://user@127.0.0.1:{port}/"),
        "/account-info/2026-09/details".to_owned(),
    ];
    for status in [301, 302, 303, 307, 308] {
        for target in &targets {
            for post in [false, true] {
                let location = target.clone();
                let server = Scripted::http(move |_, _| answer(status, &[("location", &location)], ""));
                let error = ask(&hubspot(&server), post).await.unwrap_err();
                assert!(
                    matches!(error, CrmError::Refused { .. }),
                    "{status} {target}: {error:?}"
                );
                keeps_quiet(&error);
                assert_eq!(server.asked().len(), 1, "{status} {target}");
            }
        }
    }
    assert!(elsewhere.asked().is_empty());
}

#[tokio::test]
async fn next_page_links_are_never_followed() {
    let elsewhere = Scripted::http(|_, _| answer(200, &[], r#"{"results":[]}"#));
    let link = format!("http://{}/next", elsewhere.address);
    let server = Scripted::http(move |_, asked| {
        let rest = asked
            .line()
            .ends_with("companies")
            .then(|| format!(r#","paging":{{"next":{{"after":"9","link":"{link}"}}}}"#));
        answer(
            200,
            &[],
            format!(r#"{{"results":[]{}}}"#, rest.unwrap_or_default()),
        )
    });
    let crm = hubspot(&server);
    let page = crm.list(Kind::Account, &[], None, false).await.unwrap();
    assert_eq!(page.after.as_deref(), Some("9"));
    let again = crm.list(Kind::Account, &[], Some("9"), false).await.unwrap_err();
    assert!(again.to_string().contains("same page"), "{again}");
    assert!(elsewhere.asked().is_empty());
}

#[tokio::test]
async fn requests_say_who_asks_and_nothing_else() {
    let server = Scripted::http(|_, _| answer(200, &[], TENANT));
    hubspot(&server).tenant().await.unwrap();
    let asked = &server.asked()[0];
    assert_eq!(asked.line(), "GET /account-info/2026-09/details");
    assert_eq!(
        asked.header("authorization"),
        Some(format!("Bearer {CANARY}").as_str())
    );
    assert!(asked.header("user-agent").unwrap().starts_with("retain/"));
    for absent in ["referer", "cookie", "origin", "from"] {
        assert_eq!(asked.header(absent), None);
    }
}

async fn over_tls(server: &Scripted, host: &str, ca: bool) -> Result<(), CrmError> {
    let port = server.address.rsplit(':').next().unwrap();
    let mut options = options(format!("https://{host}:{port}"));
    options.transport.ca_file = ca.then(|| fixture("ca.pem"));
    options.transport.connect_timeout = Duration::from_secs(2);
    options.transport.retries = 0;
    HubSpot::connect(options, token())?.tenant().await.map(drop)
}

#[tokio::test]
async fn only_a_trusted_certificate_for_this_host_gets_the_token() {
    let served = |_: usize, _: &Asked| answer(200, &[], TENANT);
    let good = Scripted::https("good.pem", served);
    over_tls(&good, "localhost", true).await.unwrap();
    over_tls(&good, "127.0.0.1", true).await.unwrap();
    assert_eq!(good.asked().len(), 2);
    for (certificate, host, ca) in [
        ("good.pem", "localhost", false),
        ("othername.pem", "localhost", true),
        ("othername.pem", "127.0.0.1", true),
        ("expired.pem", "localhost", true),
        ("good.pem", "[::ffff:127.0.0.1]", true),
    ] {
        let server = Scripted::https(certificate, served);
        let error = over_tls(&server, host, ca).await.unwrap_err();
        assert!(
            matches!(error, CrmError::Unreachable { .. }),
            "{certificate} {host} {ca}: {error:?}"
        );
        keeps_quiet(&error);
        assert!(server.asked().is_empty(), "{certificate} {host} {ca}");
    }
}

#[tokio::test]
async fn https_is_never_given_up_for_http() {
    let plain = Scripted::http(|_, _| answer(200, &[], TENANT));
    let error = over_tls(&plain, "localhost", true).await.unwrap_err();
    // Which of the two waits ends first, that for the connection or that for the answer, is a matter of load.
    let told = error.to_string();
    assert!(
        told.contains("cannot reach the CRM") || told.contains("no answer"),
        "{error:?}"
    );
    assert!(plain.asked().is_empty());
}

#[tokio::test]
async fn a_ca_file_that_is_none_is_told() {
    let mut options = options("https://localhost:1".into());
    for (file, word) in [
        ("/no/such/ca.pem".into(), "cannot be read"),
        (fixture("bomb.gz"), "no certificate"),
    ] {
        options.transport.ca_file = Some(file);
        let error = HubSpot::connect(options.clone(), token()).err().unwrap();
        assert!(error.to_string().contains(word), "{error}");
    }
}

#[tokio::test]
async fn a_bomb_does_not_go_off() {
    let bomb = std::fs::read(fixture("bomb.gz")).unwrap();
    let server = Scripted::http(move |_, _| answer(200, &[("content-encoding", "gzip")], &bomb));
    let mut options = options(server.url());
    options.transport.body_limit = 1 << 20;
    let crm = HubSpot::connect(options.clone(), token()).unwrap();
    let error = crm.tenant().await.unwrap_err();
    assert!(error.to_string().contains("larger than 1 MiB"), "{error}");
    assert_eq!(server.asked().len(), 1);
    let announced =
        Scripted::http(|_, _| Reply::Bytes(b"HTTP/1.1 200 X\r\ncontent-length: 99999999\r\n\r\nx".to_vec()));
    options.base_url = announced.url();
    let error = HubSpot::connect(options, token())
        .unwrap()
        .tenant()
        .await
        .unwrap_err();
    assert!(error.to_string().contains("larger than"), "{error}");
}

#[tokio::test]
async fn what_breaks_once_is_asked_again() {
    let broken: Vec<(&str, Make)> = vec![
        ("reset before", || Reply::Reset(Vec::new())),
        ("closed before", || Reply::Bytes(Vec::new())),
        ("reset within", || {
            Reply::Reset(b"HTTP/1.1 200 X\r\ncontent-length: 500\r\n\r\n{\"po".to_vec())
        }),
        ("cut short", || {
            Reply::Bytes(b"HTTP/1.1 200 X\r\ncontent-length: 500\r\n\r\n{\"po".to_vec())
        }),
        ("truncated JSON", || answer(200, &[], &TENANT[..40])),
        ("a page of a proxy", || answer(200, &[], "<html>log in</html>")),
        ("500", || answer(500, &[], "{}")),
        ("502", || answer(502, &[], "")),
        ("503 with a wait", || answer(503, &[("retry-after", "0")], "")),
        ("504", || answer(504, &[], "")),
        ("429 rolling", || {
            answer(
                429,
                &[("retry-after", "0")],
                r#"{"policyName":"TEN_SECONDLY_ROLLING"}"#,
            )
        }),
        ("429 without a body", || answer(429, &[("retry-after", "0")], "")),
        ("477", || answer(477, &[("retry-after", "0")], "")),
    ];
    for (name, reply) in broken {
        let server = Scripted::http(move |number, _| {
            if number == 0 {
                reply()
            } else {
                answer(200, &[], TENANT)
            }
        });
        let crm = hubspot(&server);
        let tenant = crm.tenant().await;
        assert_eq!(tenant.unwrap_or_else(|error| panic!("{name}: {error}")).id, "7");
        assert_eq!(server.asked().len(), 2, "{name}");
        let counts = crm.counts();
        assert_eq!((counts.requests, counts.repeated), (2, 1), "{name}");
        assert_eq!(counts.answered, 1, "{name}: a refusal is no sign of life");
        assert!(!*crm.limited().borrow(), "{name}: it answers again");
    }
}

#[tokio::test]
async fn what_stays_broken_is_told() {
    let kinds: Vec<(Make, &str, usize)> = vec![
        (|| Reply::Reset(Vec::new()), "cannot reach", 2),
        (
            || answer(503, &[], r#"{"message":"maintenance"}"#),
            "HTTP 503: maintenance",
            2,
        ),
        (|| answer(200, &[], "<html>canary</html>"), "not JSON", 2),
        (
            || answer(200, &[], r#"{"portalId":null}"#),
            "does not say whose",
            2,
        ),
        (
            || answer(400, &[], r#"{"message":"Bad filter"}"#),
            "Bad filter",
            1,
        ),
        (
            || answer(429, &[], r#"{"policyName":"DAILY"}"#),
            "rate limit is used up",
            1,
        ),
        (
            || answer(477, &[("retry-after", "80000")], ""),
            "try again in 8000",
            1,
        ),
    ];
    for (reply, words, times) in kinds {
        let server = Scripted::http(move |_, _| reply());
        let error = hubspot(&server).tenant().await.unwrap_err();
        assert!(error.to_string().contains(words), "{error}");
        keeps_quiet(&error);
        assert_eq!(server.asked().len(), times, "{words}");
    }
}

#[tokio::test]
async fn a_limit_that_never_ends_is_given_up() {
    let server = Scripted::http(|_, _| answer(429, &[("retry-after", "0")], ""));
    let mut options = options(server.url());
    options.transport.patience = Duration::from_millis(500);
    let error = HubSpot::connect(options, token())
        .unwrap()
        .tenant()
        .await
        .unwrap_err();
    assert!(matches!(error, CrmError::RateLimited { .. }), "{error:?}");
    assert!(server.asked().len() < 6);
}

#[tokio::test]
async fn a_limit_that_refuses_one_request_again_and_again_is_given_up_long_before_my_own_share() {
    let server = Scripted::http(|_, _| answer(429, &[("retry-after", "0")], ""));
    let mut options = options(server.url());
    options.transport.refusals = Duration::from_millis(500);
    let crm = HubSpot::connect(options, token()).unwrap();
    let error = crm.tenant().await.unwrap_err();
    assert!(matches!(error, CrmError::RateLimited { .. }), "{error:?}");
    assert!(server.asked().len() < 6);
}

#[tokio::test]
async fn who_waits_only_so_long_gets_an_answer_or_an_end_by_then() {
    let silent = Scripted::http(|_, _| {
        std::thread::sleep(Duration::from_secs(2));
        answer(200, &[], TENANT)
    });
    let mut options = options(silent.url());
    options.transport.within = Some(Duration::from_millis(300));
    let crm = HubSpot::connect(options.clone(), token()).unwrap();
    for _ in 0..2 {
        let error = crm.tenant().await.unwrap_err();
        assert!(matches!(error, CrmError::Unanswered { .. }), "{error:?}");
    }
    assert_eq!(silent.asked().len(), 1, "nothing more is begun");
    let limited = Scripted::http(|_, _| answer(429, &[("retry-after", "20")], ""));
    options.base_url = limited.url();
    let error = HubSpot::connect(options, token())
        .unwrap()
        .tenant()
        .await
        .unwrap_err();
    assert!(matches!(error, CrmError::RateLimited { .. }), "{error:?}");
    assert_eq!(
        limited.asked().len(),
        1,
        "nobody waits for what would come too late"
    );
}

#[tokio::test]
async fn a_source_that_gives_no_token_in_time_is_given_up() {
    let server = Scripted::http(|_, _| answer(200, &[], TENANT));
    let mut options = options(server.url());
    options.transport.within = Some(Duration::from_millis(300));
    let slow: AskToken = Arc::new(|| {
        std::thread::sleep(Duration::from_secs(2));
        Ok("token-first".to_owned())
    });
    let error = HubSpot::connect(options, slow)
        .unwrap()
        .tenant()
        .await
        .unwrap_err();
    assert!(matches!(error, CrmError::NoToken(_)), "{error:?}");
    assert_eq!(server.asked().len(), 0);
}

#[tokio::test]
async fn a_wait_that_is_too_long_holds_back_what_comes_next() {
    let daily = r#"{"policyName":"DAILY"}"#;
    for (status, body) in [(477, ""), (429, ""), (429, daily), (503, "")] {
        let server = Scripted::http(move |_, _| answer(status, &[("retry-after", "3600")], body));
        let crm = hubspot(&server);
        crm.tenant().await.unwrap_err();
        let error = crm.tenant().await.unwrap_err();
        assert!(
            matches!(&error, CrmError::RateLimited { wait: Some(wait) } if wait.as_secs() > 3000),
            "{status}: {error:?}"
        );
        assert_eq!(server.asked().len(), 1, "{status} {body}");
    }
}

#[tokio::test]
async fn nobody_there_is_told_with_the_address() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let error = HubSpot::connect(options(url.clone()), token())
        .unwrap()
        .tenant()
        .await
        .unwrap_err();
    assert!(
        matches!(&error, CrmError::Unreachable { origin, .. } if *origin == url),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_lapsed_token_is_asked_for_once_more() {
    let server = Scripted::http(|_, asked| match asked.header("authorization") {
        Some("Bearer token-second") => answer(200, &[], TENANT),
        _ => answer(401, &[], r#"{"message":"expired"}"#),
    });
    let asked = Arc::new(AtomicUsize::new(0));
    let times = asked.clone();
    let source: AskToken = Arc::new(move || {
        Ok(["token-first", "token-second"][times.fetch_add(1, Ordering::SeqCst).min(1)].to_owned())
    });
    let crm = HubSpot::connect(options(server.url()), source).unwrap();
    assert_eq!(crm.tenant().await.unwrap().id, "7");
    assert_eq!(crm.tenant().await.unwrap().id, "7");
    assert_eq!(asked.load(Ordering::SeqCst), 2);
    assert_eq!(server.asked().len(), 3);
}

/// The source was switched to another portal while the program ran: its answers would mix in.
#[tokio::test]
async fn a_lapsed_token_is_not_replaced_by_one_of_another_portal() {
    for (found, told) in [("7", None), ("8", Some("opens tenant 8, not 7 as before"))] {
        let lapsed = Arc::new(AtomicUsize::new(0));
        let is_lapsed = lapsed.clone();
        let server = Scripted::http(move |_, asked| {
            let is_first = asked.header("authorization") == Some("Bearer token-first");
            match (is_first, asked.line().starts_with("GET")) {
                (true, _) if is_lapsed.load(Ordering::SeqCst) > 0 => {
                    answer(401, &[], r#"{"message":"expired"}"#)
                }
                (true, _) => answer(200, &[], TENANT),
                (false, true) => answer(200, &[], TENANT.replace(":7,", &format!(":{found},"))),
                (false, false) => answer(200, &[], r#"{"total":0,"results":[]}"#),
            }
        });
        let times = AtomicUsize::new(0);
        let source: AskToken = Arc::new(move || {
            Ok(["token-first", "token-second"][times.fetch_add(1, Ordering::SeqCst).min(1)].to_owned())
        });
        let crm = HubSpot::connect(options(server.url()), source).unwrap();
        assert_eq!(crm.tenant().await.unwrap().id, "7");
        lapsed.store(1, Ordering::SeqCst);
        let answer = ask(&crm, true).await;
        let posted = |asked: &&Asked| {
            let by_second = asked.header("authorization") == Some("Bearer token-second");
            by_second && asked.line().starts_with("POST")
        };
        let posted = server.asked().iter().filter(posted).count();
        assert_eq!(
            (answer.is_ok(), posted),
            (told.is_none(), usize::from(told.is_none()))
        );
        if let (Some(told), Err(error)) = (told, answer) {
            assert!(
                matches!(error, CrmError::NoToken(_)) && error.to_string().contains(told),
                "{error}"
            );
        }
        // Whoever asks whose portal it is sees it in the answer.
        assert_eq!(crm.tenant().await.unwrap().id, found);
    }
}

#[tokio::test]
async fn a_refused_token_is_told_without_the_token() {
    let server = Scripted::http(|_, asked| {
        let echo = asked.header("authorization").unwrap_or_default().to_owned();
        answer(401, &[], format!(r#"{{"message":"no such token: {echo}"}}"#))
    });
    let error = hubspot(&server).tenant().await.unwrap_err();
    assert!(matches!(error, CrmError::Authentication { .. }), "{error:?}");
    assert_eq!(error.to_string(), "the CRM does not accept the token");
    assert!(error.own_words().unwrap().contains("Bearer …"), "{error:?}");
    keeps_quiet(&error);
    assert_eq!(server.asked().len(), 1);
}

#[tokio::test]
async fn a_source_without_a_token_is_told_and_nothing_is_sent() {
    let server = Scripted::http(|_, _| answer(200, &[], TENANT));
    let source: AskToken = Arc::new(|| Err("the token command `pass` failed".to_owned()));
    let crm = HubSpot::connect(options(server.url()), source).unwrap();
    assert_eq!(
        crm.tenant().await.unwrap_err().to_string(),
        "the token command `pass` failed"
    );
    let odd: AskToken = Arc::new(|| Ok("a\r\nb".to_owned()));
    assert!(
        HubSpot::connect(options(server.url()), odd)
            .unwrap()
            .tenant()
            .await
            .is_err()
    );
    assert!(server.asked().is_empty());
}

#[tokio::test]
async fn a_post_that_is_not_listed_is_not_sent() {
    use retain::crm::transport::dialect::{Dialect, Refusal, Verdict};
    use retain::crm::transport::{Transport, limit::Class};

    struct Nothing;
    impl Dialect for Nothing {
        fn may_post(&self, path: &str) -> bool {
            path == "/read"
        }
        fn class(&self, _: &str) -> Class {
            Class::Plain
        }
        fn allowance(&self, _: &reqwest::header::HeaderMap) -> Option<(u32, Duration)> {
            None
        }
        fn judge(&self, _: &Refusal<'_>) -> Verdict {
            Verdict::Token(String::new())
        }
    }

    let server = Scripted::http(|_, _| answer(200, &[], ""));
    let settings = options(server.url()).transport;
    let transport = Transport::new(&server.url(), &settings, Box::new(Nothing), token()).unwrap();
    for (path, sent) in [
        ("/read", true),
        ("/create", false),
        ("/read/../create", false),
        ("/READ", false),
    ] {
        let request = Request::ReadingPost {
            path: path.to_owned(),
            body: Vec::new(),
        };
        assert_eq!(transport.send(&request, |_| Ok(())).await.is_ok(), sent, "{path}");
    }
    assert_eq!(server.asked().len(), 1);
}
