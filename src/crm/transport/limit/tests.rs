#![allow(clippy::unwrap_used)]

use super::*;

const FOREVER: Duration = Duration::MAX;

fn most_in_any(width: Duration, sent: &[Duration]) -> usize {
    let mut sorted = sent.to_vec();
    sorted.sort();
    sorted
        .iter()
        .map(|start| {
            sorted
                .iter()
                .filter(|at| **at >= *start && **at < *start + width)
                .count()
        })
        .max()
        .unwrap_or(0)
}

fn sharing(users: u32) -> Sharing {
    Sharing {
        users,
        per_ten_seconds: 100,
    }
}

/// The virtual portal: refuses the sixth search in a second, as HubSpot does.
#[derive(Default)]
struct Portal {
    searches: VecDeque<Duration>,
    refused: usize,
    served: usize,
}

impl Portal {
    fn search(&mut self, at: Duration) -> bool {
        while self
            .searches
            .front()
            .is_some_and(|first| *first + Duration::from_secs(1) <= at)
        {
            self.searches.pop_front();
        }
        if self.searches.len() >= 5 {
            self.refused += 1;
            return false;
        }
        self.searches.push_back(at);
        self.served += 1;
        true
    }
}

/// Every user wants the same number of plain requests at once.
fn simulate_plain(users: u32, configured: u32, each: usize) -> Vec<Duration> {
    let mut sent = Vec::new();
    for user in 0..users {
        let mut limiter = Limiter::new(Some(sharing(configured)), f64::from(user) / f64::from(users));
        for _ in 0..each {
            sent.push(limiter.reserve(Class::Plain, Duration::ZERO, FOREVER).unwrap());
        }
    }
    sent
}

/// Every user starts at the same moment and wants the same number of searches.
fn simulate_searches(users: u32, configured: u32, each: u32) -> Portal {
    let mut portal = Portal::default();
    let mut people: Vec<(Limiter, u32)> = (0..users)
        .map(|user| {
            // A multiplicative hash: phases as uneven as real ones, but the same in each run.
            let phase = f64::from(user.wrapping_mul(2_654_435_761) >> 8) / f64::from(1 << 24);
            (Limiter::new(Some(sharing(configured)), phase), each)
        })
        .collect();
    let mut queue: std::collections::BTreeSet<(Duration, usize)> = people
        .iter_mut()
        .enumerate()
        .map(|(user, (limiter, _))| {
            (
                limiter.reserve(Class::Search, Duration::ZERO, FOREVER).unwrap(),
                user,
            )
        })
        .collect();
    while let Some((at, user)) = queue.pop_first() {
        let (limiter, left) = &mut people[user];
        if portal.search(at) {
            *left -= 1;
        } else {
            limiter.hold(Class::Search, at + Duration::from_millis(1_000 + 7 * user as u64));
        }
        if *left > 0 {
            queue.insert((limiter.reserve(Class::Search, at, FOREVER).unwrap(), user));
        }
    }
    portal
}

#[test]
fn a_hundred_users_stay_under_the_limit_of_ten_seconds() {
    let sent = simulate_plain(100, 100, 30);
    assert_eq!(sent.len(), 3_000);
    let most = most_in_any(LONG_WINDOW, &sent);
    assert!(most <= 100, "{most}");
    // They use what is allowed, too: the whole takes no longer than a third more than it must.
    let last = sent.iter().max().unwrap();
    assert!(*last < Duration::from_secs(400), "{last:?}");
}

#[test]
fn a_hundred_users_who_think_they_are_alone_do_not() {
    assert!(most_in_any(LONG_WINDOW, &simulate_plain(100, 1, 30)) > 100);
}

#[test]
fn a_hundred_users_searching_are_hardly_ever_refused() {
    let portal = simulate_searches(100, 100, 20);
    assert_eq!(portal.served, 2_000);
    // HubSpot wants the share of refused requests below five per cent.
    assert!(portal.refused * 20 < portal.served, "{} refused", portal.refused);
    let careless = simulate_searches(100, 1, 20);
    assert!(
        careless.refused > careless.served,
        "the control must go red: {}",
        careless.refused
    );
}

#[test]
fn one_user_alone_sends_four_searches_a_second_and_ninety_requests_in_ten() {
    let mut limiter = Limiter::new(Some(sharing(1)), 0.9);
    let searches: Vec<Duration> = (0..40)
        .map(|_| limiter.reserve(Class::Search, Duration::ZERO, FOREVER).unwrap())
        .collect();
    assert_eq!(searches[0], Duration::ZERO);
    assert_eq!(most_in_any(Duration::from_secs(1), &searches), 4);
    let mut limiter = Limiter::new(Some(sharing(1)), 0.0);
    let plain: Vec<Duration> = (0..300)
        .map(|_| limiter.reserve(Class::Plain, Duration::ZERO, FOREVER).unwrap())
        .collect();
    assert_eq!(most_in_any(LONG_WINDOW, &plain), 90);
}

#[test]
fn a_mix_keeps_both_limits() {
    let mut limiter = Limiter::new(Some(sharing(1)), 0.0);
    let mut all = Vec::new();
    let mut searches = Vec::new();
    for step in 0..600 {
        let class = if step % 3 == 0 {
            Class::Search
        } else {
            Class::Plain
        };
        let at = limiter.reserve(class, Duration::ZERO, FOREVER).unwrap();
        all.push(at);
        if class == Class::Search {
            searches.push(at);
        }
    }
    assert!(most_in_any(LONG_WINDOW, &all) <= 90);
    assert!(most_in_any(Duration::from_secs(1), &searches) <= 4);
}

#[test]
fn without_sharing_nothing_waits_but_for_the_crm() {
    let mut limiter = Limiter::new(None, 0.5);
    for _ in 0..1_000 {
        assert_eq!(
            limiter.reserve(Class::Search, Duration::ZERO, FOREVER),
            Ok(Duration::ZERO)
        );
    }
    let until = Duration::from_secs(7);
    limiter.hold(Class::Search, until);
    assert_eq!(
        limiter.reserve(Class::Plain, Duration::ZERO, FOREVER),
        Ok(Duration::ZERO)
    );
    assert_eq!(limiter.reserve(Class::Search, Duration::ZERO, FOREVER), Ok(until));
    limiter.hold(Class::Plain, until * 2);
    assert_eq!(
        limiter.reserve(Class::Search, Duration::ZERO, FOREVER),
        Ok(until * 2)
    );
}

#[test]
fn what_would_take_too_long_is_not_reserved() {
    let mut limiter = Limiter::new(Some(sharing(1)), 0.0);
    limiter.hold(Class::Plain, Duration::from_mins(1));
    let second = Duration::from_secs(1);
    assert_eq!(
        limiter.reserve(Class::Plain, Duration::ZERO, second),
        Err(Duration::from_mins(1))
    );
}

#[test]
fn what_the_crm_allows_is_learnt_and_shared() {
    let mut limiter = Limiter::new(Some(sharing(2)), 0.0);
    limiter.learn(190, LONG_WINDOW);
    let plain: Vec<Duration> = (0..300)
        .map(|_| limiter.reserve(Class::Plain, Duration::ZERO, FOREVER).unwrap())
        .collect();
    assert_eq!(most_in_any(LONG_WINDOW, &plain), 85);
}

#[test]
fn a_crm_without_limits_is_not_held_back_until_it_names_one() {
    let mut limiter = Limiter::waiting_to_learn(Some(sharing(1)));
    let send = |limiter: &mut Limiter| limiter.reserve(Class::Search, Duration::ZERO, FOREVER).unwrap();
    for _ in 0..1_000 {
        assert_eq!(send(&mut limiter), Duration::ZERO);
    }
    limiter.learn(100, LONG_WINDOW);
    let searches: Vec<Duration> = (0..20).map(|_| send(&mut limiter)).collect();
    assert_eq!(most_in_any(Duration::from_secs(1), &searches), 4);
}
