//! How long to wait before asking again: pure functions.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::time::{Duration, SystemTime};

use reqwest::header::{DATE, HeaderMap, RETRY_AFTER};

/// The first wait after a failure that may pass.
const FIRST: Duration = Duration::from_millis(200);
/// The longest wait that is not asked for by the CRM.
const LONGEST: Duration = Duration::from_secs(20);

/// Gives numbers from 0 to 1; random in the program, fixed in tests.
pub type Jitter = fn() -> f64;

/// A random number from 0 to 1.
pub fn random() -> f64 {
    // The standard library's hasher is keyed randomly for each value of `RandomState`.
    let number = RandomState::new().build_hasher().finish();
    (number >> 11) as f64 / (1_u64 << 53) as f64
}

/// The wait after so many failures: doubling, between half and the whole of it.
pub fn backoff(failures: u32, jitter: f64) -> Duration {
    let whole = FIRST.saturating_mul(1 << failures.min(10)).min(LONGEST);
    whole.mul_f64(0.5 + jitter / 2.0)
}

/// A wait that the CRM asked for, and up to a tenth more, so that not everybody comes back at once.
pub fn spread(asked: Duration, jitter: f64) -> Duration {
    asked + asked.min(LONGEST).mul_f64(jitter / 10.0)
}

/// `Retry-After` as a duration: seconds, or an HTTP date counted from the answer's own `Date`.
pub fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse::<f64>() {
        return Duration::try_from_secs_f64(seconds.max(0.0)).ok();
    }
    let at = httpdate::parse_http_date(text).ok()?;
    let sent: SystemTime = httpdate::parse_http_date(headers.get(DATE)?.to_str().ok()?).ok()?;
    Some(at.duration_since(sent).unwrap_or(Duration::ZERO))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    type Pairs = &'static [(&'static str, &'static str)];

    fn headers(pairs: Pairs) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
            .collect()
    }

    #[test]
    fn retry_after_has_three_forms() {
        const DATE: (&str, &str) = ("date", "Mon, 23 Nov 2026 08:50:00 GMT");
        let cases: [(Pairs, Option<u64>); 7] = [
            (&[("retry-after", "7")], Some(7)),
            (&[("retry-after", "0")], Some(0)),
            (
                &[DATE, ("retry-after", "Mon, 23 Nov 2026 08:50:30 GMT")],
                Some(30),
            ),
            (&[DATE, ("retry-after", "Mon, 23 Nov 2026 08:49:00 GMT")], Some(0)),
            (&[("retry-after", "Mon, 23 Nov 2026 08:50:30 GMT")], None),
            (&[("retry-after", "soon")], None),
            (&[], None),
        ];
        for (given, expected) in cases {
            assert_eq!(
                retry_after(&headers(given)),
                expected.map(Duration::from_secs),
                "{given:?}"
            );
        }
        assert_eq!(retry_after(&headers(&[("retry-after", "1e300")])), None);
        assert_eq!(
            retry_after(&headers(&[("retry-after", "-5")])),
            Some(Duration::ZERO)
        );
    }

    #[test]
    fn waits_double_up_to_a_bound_and_are_never_the_same() {
        assert_eq!(backoff(0, 0.0), Duration::from_millis(100));
        assert_eq!(backoff(0, 1.0), Duration::from_millis(200));
        assert_eq!(backoff(3, 1.0), Duration::from_millis(1600));
        assert_eq!(backoff(u32::MAX, 1.0), LONGEST);
        assert!(
            (0..100)
                .map(|_| random())
                .all(|number| (0.0..1.0).contains(&number))
        );
        assert!((random() - random()).abs() > 0.0);
    }

    #[test]
    fn an_asked_wait_is_never_shortened() {
        let asked = Duration::from_secs(10);
        assert_eq!(spread(asked, 0.0), asked);
        assert_eq!(spread(asked, 1.0), Duration::from_secs(11));
    }
}
