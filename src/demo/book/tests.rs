//! What the book promises, without HTTP.
#![allow(clippy::unwrap_used)]

use jiff::Timestamp;

use super::super::portal::query::milliseconds;
use super::*;
use crate::domain::handoff::{self, Templates};
use crate::domain::html;
use crate::domain::team::Roster;

fn options(accounts: u32) -> DemoOptions {
    let now: Timestamp = "2026-11-23T08:50:00Z".parse().unwrap();
    DemoOptions {
        accounts,
        ..DemoOptions::new(now)
    }
}

fn mine(portal: &Portal) -> Vec<u64> {
    let customers = portal.find(ObjectType::Companies, "lifecyclestage", "customer");
    let owned = |id: &u64| {
        portal.value(ObjectType::Companies, *id, "hubspot_owner_id") == Some(team::MARA.to_string())
    };
    customers.into_iter().filter(owned).collect()
}

/// ARR of a company on a day as a reader of the API would sum it, in US cents; `None` for a contract without a value.
fn arr_on(portal: &Portal, company: u64, day: &str) -> Option<i64> {
    let mut sum = 0;
    for deal in portal
        .links
        .of((ObjectType::Companies, company), ObjectType::Deals)
    {
        let value = |name: &str| portal.value(ObjectType::Deals, deal, name);
        let signed = value("pipeline").as_deref() == Some("renewals")
            && value("dealstage").as_deref() == Some("closedwon");
        let started = value("contract_start").is_some_and(|start| start.as_str() <= day);
        let ended = value("contract_end").is_some_and(|end| end.as_str() < day);
        if signed && started && !ended {
            let units: i64 = value("hs_arr")?.parse().unwrap();
            sum += contracts::cents(&value("deal_currency_code").unwrap(), units);
        }
    }
    Some(sum)
}

#[test]
fn my_hundred_customers_begin_the_year_with_a_million() {
    for seed in [1, 2, 77] {
        let portal = fill(&DemoOptions { seed, ..options(100) });
        let mine = mine(&portal);
        assert_eq!(mine.len(), 100);
        let start: i64 = mine
            .iter()
            .map(|id| arr_on(&portal, *id, "2026-02-01").unwrap())
            .sum();
        assert_eq!(start, 100_000_000);
        let today: i64 = mine
            .iter()
            .filter_map(|id| arr_on(&portal, *id, "2026-11-23"))
            .sum();
        assert!((95_000_000..112_000_000).contains(&today), "{today}");
    }
}

#[test]
fn the_team_has_sixteen_times_as_many_among_twice_as_many_prospects() {
    let portal = fill(&options(100));
    let count = |stage: &str| portal.find(ObjectType::Companies, "lifecyclestage", stage).len();
    assert_eq!(count("customer"), 1_600);
    assert_eq!(count("lead") + count("opportunity"), 3_200);
    let fill = |accounts| {
        fill(&options(accounts))
            .find(ObjectType::Companies, "lifecyclestage", "customer")
            .len()
    };
    assert_eq!((fill(10), fill(2_000)), (160, 2_000));
}

/// What the portal has about one customer.
struct Look<'p> {
    portal: &'p Portal,
    id: u64,
}

impl Look<'_> {
    fn of(&self, kind: ObjectType, id: u64, name: &str) -> Option<String> {
        self.portal.value(kind, id, name)
    }

    fn text(&self, name: &str) -> Option<String> {
        self.of(ObjectType::Companies, self.id, name)
    }

    fn linked(&self, kind: ObjectType) -> Vec<u64> {
        self.portal
            .links
            .of((ObjectType::Companies, self.id), kind)
            .collect()
    }

    /// Days from an instant or a date of a record until now.
    fn days(&self, kind: ObjectType, id: u64, name: &str) -> Option<i64> {
        let at = milliseconds(&self.of(kind, id, name)?)?;
        Some((self.portal.now() - at).div_euclid(DAY))
    }

    /// Usage fell by three tenths within thirty days.
    fn usage_drop(&self) -> bool {
        let (now, history) = (
            self.portal.now(),
            self.portal.history(ObjectType::Companies, self.id, "wau"),
        );
        let users = |at: i64| {
            history
                .iter()
                .find(|past| past.at <= at)
                .map(|past| past.value.parse::<f64>().unwrap())
        };
        users(now)
            .zip(users(now - 30 * DAY))
            .is_some_and(|(new, old)| new <= old * 0.7)
    }

    fn champion_left(&self) -> bool {
        let is = |contact: u64, name: &str, value: &str| {
            self.of(ObjectType::Contacts, contact, name).as_deref() == Some(value)
        };
        self.linked(ObjectType::Contacts)
            .iter()
            .any(|one| is(*one, "hs_buying_role", "CHAMPION") && is(*one, "left_company", "true"))
    }

    fn silent(&self) -> bool {
        self.days(ObjectType::Companies, self.id, "notes_last_contacted")
            .is_some_and(|days| days >= 75)
    }

    /// A renewal by its notice date within 45 days; no date at all.
    fn renewal(&self) -> [bool; 2] {
        let deals = self.linked(ObjectType::Deals);
        let ahead = |deal: &&u64| {
            self.days(ObjectType::Deals, **deal, "contract_end")
                .is_some_and(|days| days <= 0)
        };
        let near = |deal: &u64| {
            let annual = self.of(ObjectType::Deals, *deal, "billing_period").as_deref() != Some("monthly");
            let notice = self.days(ObjectType::Deals, *deal, "notice_by");
            annual && notice.is_some_and(|days| days > -45)
        };
        let mut dated = deals.iter().filter(ahead);
        let is_near = dated.clone().any(near);
        [is_near, dated.next().is_none()]
    }

    fn detractor(&self) -> bool {
        let mut answers: Vec<(i64, i64)> = Vec::new();
        for contact in self.linked(ObjectType::Contacts) {
            let links = self
                .portal
                .links
                .of((ObjectType::Contacts, contact), ObjectType::Feedback);
            answers.extend(links.filter_map(|one| {
                let score = self.of(ObjectType::Feedback, one, "hs_value")?.parse().ok()?;
                Some((
                    self.days(ObjectType::Feedback, one, "hs_submission_timestamp")?,
                    score,
                ))
            }));
        }
        answers
            .iter()
            .min()
            .is_some_and(|(days, score)| *days <= 60 && *score <= 6)
    }

    /// Many tickets at once; an urgent one open for longer than was bought.
    fn tickets(&self) -> [bool; 2] {
        let tickets = self.linked(ObjectType::Tickets);
        let age = |one: &u64| self.days(ObjectType::Tickets, *one, "createdate").unwrap();
        let within = |most| tickets.iter().filter(|one| age(one) < most).count();
        let most = match self.text("support_plan").as_deref() {
            Some("24x7") => 0,
            Some("business hours") => 3,
            _ => 7,
        };
        let pressing = |one: &&u64| {
            let is = |name: &str, values: &[&str]| {
                self.of(ObjectType::Tickets, **one, name)
                    .is_some_and(|value| values.contains(&value.as_str()))
            };
            is("hs_ticket_priority", &["URGENT", "HIGH"]) && !is("hs_pipeline_stage", &["4"])
        };
        let late = tickets.iter().filter(pressing).any(|one| age(one) > most);
        [within(14) >= 3 && within(14) * 2 > within(90), late]
    }

    /// An open ticket says that they are not content.
    fn complains(&self) -> bool {
        let words = [
            "acceptable",
            "disappointed",
            "still no answer",
            "nog steeds geen antwoord",
            "keine Rückmeldung",
            "没有回复",
        ];
        self.linked(ObjectType::Tickets).into_iter().any(|one| {
            let is_open = self.of(ObjectType::Tickets, one, "hs_pipeline_stage").as_deref() != Some("4");
            let text = self.of(ObjectType::Tickets, one, "content");
            is_open && text.is_some_and(|text| words.iter().any(|word| text.contains(word)))
        })
    }

    fn onboarding_stalled(&self) -> bool {
        let stages = self
            .portal
            .history(ObjectType::Companies, self.id, "customer_stage");
        let onboarding = self.text("customer_stage").as_deref() == Some("onboarding");
        onboarding
            && stages
                .first()
                .is_some_and(|stage| self.portal.now() - stage.at >= 90 * DAY)
    }

    fn nearly_full(&self) -> bool {
        let number = |name: &str| self.text(name)?.parse::<f64>().ok();
        let onboarding = self.text("customer_stage").as_deref() == Some("onboarding");
        let share = number("seats_used").zip(number("seats_bought"));
        !onboarding && share.is_some_and(|(used, bought)| used / bought >= 0.9)
    }

    fn nobodys(&self) -> bool {
        let csm = self.text("hubspot_owner_id");
        csm.is_none_or(|csm| csm == team::PAULA.to_string()) || self.text("account_manager").is_none()
    }

    fn contradictory(&self) -> bool {
        let number = |deal: u64, name: &str| self.of(ObjectType::Deals, deal, name)?.parse::<i64>().ok();
        self.linked(ObjectType::Deals).into_iter().any(|deal| {
            let worth = number(deal, "amount").zip(number(deal, "hs_arr"));
            worth.is_some_and(|(amount, arr)| amount >= arr * 12)
        })
    }
}

/// How many of these customers trip each of the shipped signals, by the book's own data.
fn signals(portal: &Portal, customers: &[u64]) -> [usize; 13] {
    let mut counts = [0; 13];
    for id in customers {
        let look = Look { portal, id: *id };
        if look.text("churn_date").is_some() {
            continue;
        }
        let [near, undated] = look.renewal();
        let [spike, late] = look.tickets();
        let hits = [
            look.usage_drop(),
            look.champion_left(),
            look.silent(),
            near,
            undated,
            look.detractor(),
            spike,
            look.onboarding_stalled(),
            late,
            look.complains(),
            look.nearly_full(),
            look.nobodys(),
            look.contradictory(),
        ];
        for (count, hit) in counts.iter_mut().zip(hits) {
            *count += usize::from(hit);
        }
    }
    counts
}

#[test]
fn each_signal_fires_on_two_to_ten_percent() {
    let portal = fill(&options(100));
    let all = portal.find(ObjectType::Companies, "lifecyclestage", "customer");
    for customers in [mine(&portal), all] {
        let counts = signals(&portal, &customers);
        for count in counts {
            let hundredths = count * 10_000 / customers.len();
            assert!(
                (200..=1_000).contains(&hundredths),
                "{counts:?} of {}",
                customers.len()
            );
        }
    }
}

#[test]
fn usage_has_eighteen_months_of_history() {
    let portal = fill(&options(2));
    let juniper = portal.find(ObjectType::Companies, "name", "Juniper Freight")[0];
    let weeks = portal.history(ObjectType::Companies, juniper, "wau_updated_at");
    assert_eq!(weeks.len(), 79);
    assert_eq!(weeks[0].value, "2026-11-23T06:30:00Z");
    let users = portal.history(ObjectType::Companies, juniper, "wau");
    assert_eq!(users[0].value, "22");
    assert_eq!(portal.history(ObjectType::Companies, juniper, "name").len(), 2);
}

#[test]
fn same_seed_same_book() {
    let text = |seed| {
        let portal = fill(&DemoOptions { seed, ..options(10) });
        ObjectType::ALL.map(|kind| format!("{:?}", portal.rows(kind)))
    };
    assert_eq!(text(1), text(1));
    assert_ne!(text(1), text(2));
}

#[test]
fn names_and_domains_are_unique() {
    let portal = fill(&options(100));
    let mut names: Vec<String> = portal
        .ids(ObjectType::Companies)
        .iter()
        .filter_map(|id| portal.value(ObjectType::Companies, *id, "domain"))
        .collect();
    let all = names.len();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), all);
}

#[test]
fn no_two_of_the_worst_have_the_same_causes() {
    let causes = |sketch: &Sketch| {
        [
            sketch.left < 1.0,
            sketch.champion_left.is_some(),
            sketch.touch.is_some_and(|days| days >= 75),
            sketch.notice.is_some_and(|days| days <= 45),
            sketch.notice.is_none(),
            sketch
                .tickets
                .iter()
                .any(|(_, priority, _)| *priority == "URGENT"),
            sketch.nps.last().is_some_and(|(_, score)| *score <= 6),
            sketch.stage == "onboarding",
            sketch.seats == 0,
            sketch.tickets.iter().filter(|one| one.2 < 14).count() >= 3,
        ]
    };
    let worst: Vec<_> = story::STORY[..17].iter().map(causes).collect();
    for (place, one) in worst.iter().enumerate() {
        assert!(one.contains(&true));
        assert!(
            !worst[..place].contains(one),
            "{} repeats a cause",
            story::STORY[place].name
        );
    }
}

#[test]
fn calendar_days_follow_the_present() {
    let calendar = |now: &str| calendar::Calendar::new(now.parse::<Timestamp>().unwrap().as_millisecond());
    let monday = calendar("2026-11-23T08:50:00Z");
    assert_eq!(instant(monday.last_feed()), "2026-11-23T06:30:00Z");
    assert_eq!(monday.day(monday.fiscal_start()).to_string(), "2026-02-01");
    assert_eq!(instant(monday.office(-1, 9, 0)), "2026-11-20T09:00:00Z");
    let summer = calendar("2027-01-15T05:00:00Z");
    assert_eq!(summer.day(summer.fiscal_start()).to_string(), "2026-02-01");
    assert_eq!(
        instant(calendar("2026-07-06T05:00:00Z").last_feed()),
        "2026-06-29T06:30:00Z"
    );
}

#[test]
fn one_of_us_is_on_leave_and_somebody_who_is_there_stands_in() {
    let today = jiff::civil::date(2026, 11, 23);
    let team: Roster = toml::from_str(&roster(today)).unwrap();
    let away: Vec<_> = team.people.iter().filter(|one| !one.away.is_empty()).collect();
    let [jonas] = away.as_slice() else {
        panic!("{away:?}")
    };
    let leave = &jonas.away[0];
    assert!(jonas.owner.starts_with("jonas") && leave.from <= today && today < leave.until);
    assert_eq!(leave.deputy.as_deref(), Some(ME));
}

#[test]
fn whoever_sits_there_has_accounts_to_work_on() {
    let portal = fill(&options(100));
    let all = member("nobody").unwrap_err();
    for name in all.split(", ") {
        let one = member(name).unwrap();
        let person = team::people()
            .into_iter()
            .find(|person| person.email == one.email)
            .unwrap();
        let owned = |kind| portal.find(kind, "hubspot_owner_id", &person.id.to_string());
        let is_customer = |id: &u64| {
            let stage = portal.value(ObjectType::Companies, *id, "lifecyclestage");
            stage.as_deref() == Some("customer")
        };
        let mut accounts = owned(ObjectType::Companies);
        accounts.retain(is_customer);
        let (accounts, tasks) = (accounts.len(), owned(ObjectType::Tasks).len());
        match one.scope {
            "me" => assert!(accounts + tasks > 0, "{name}"),
            "team" => assert_eq!(one.role, "lead", "{name}"),
            scope => assert_eq!((scope, accounts), ("all", 0), "{name}"),
        }
    }
}

#[test]
fn every_handoff_reads_as_the_shipped_template_of_its_roles_has_it() {
    let portal = fill(&options(100));
    let shipped: Templates = toml::from_str(include_str!("../../../config/handoffs.toml")).unwrap();
    let ids = portal.ids(ObjectType::Notes);
    let bodies = ids
        .into_iter()
        .filter_map(|id| portal.value(ObjectType::Notes, id, "hs_note_body"));
    let events = bodies.filter_map(|body| handoff::parse(&html::lines(&body), Timestamp::UNIX_EPOCH));
    let sent: Vec<_> = events.filter(|event| event.number == 1).collect();
    assert_eq!(sent.len(), 4);
    for event in sent {
        let mut templates = shipped.handoffs.values();
        let template = templates
            .find(|one| (one.from.word(), one.to.word()) == (&event.from_role, &event.to_role))
            .unwrap();
        let begins = |line: &str, title: &str| line.starts_with(&format!("{title}: "));
        let says = |title: &str| event.text.lines().any(|line| begins(line, title));
        let filled = template.fields.iter().filter(|field| says(&field.title)).count();
        assert_eq!(filled, event.text.lines().count(), "{}", event.text);
        let expected = (filled as u32, template.fields.len() as u32);
        assert_eq!(event.fields, Some(expected), "{}", event.handoff);
        let lacking = template
            .fields
            .iter()
            .filter(|field| field.required && !says(&field.title));
        assert_eq!(lacking.count(), 0, "{}", event.handoff);
    }
}
