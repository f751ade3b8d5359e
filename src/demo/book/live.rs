//! The world moves: what customers and colleagues do after the book was written, a step at a time.
//!
//! A step is a function of the portal, the seed and its number: the same steps from the same portal do the same, at
//! whatever time. Everything is done as it would be in the CRM's own interface.

use crate::demo::portal::{NewValues, ObjectType, Portal, instant};

use super::draw::Draw;
use super::team::{BEN, COLLEAGUES, IDA, MARA};
use super::tickets;

/// One kind of thing that happens; the words say what was done, or there was nothing to do it to.
type Event = fn(&mut Live<'_>) -> Option<String>;

/// What happens, in this order, again and again.
const ROTA: [Event; 12] = [
    |live| live.ticket_comes(),
    |live| live.usage_changes(),
    |live| live.colleague_works(),
    |live| live.survey_is_answered(),
    |live| live.ticket_closes(),
    |live| live.champion_leaves(),
    |live| live.usage_changes(),
    |live| live.ticket_comes(),
    |live| live.colleague_writes(),
    |live| live.renewal_is_won(),
    |live| live.colleague_works(),
    |live| live.survey_is_answered(),
];

const SUBJECTS: [(&str, &str); 8] = [
    ("Export stops at 10,000 rows", "MEDIUM"),
    ("SSO login loops for new users", "HIGH"),
    ("Dashboard is empty since this morning", "URGENT"),
    ("Where do we change the invoice address?", "LOW"),
    ("Webhook answers with 500", "HIGH"),
    ("Two users cannot see the new report", "MEDIUM"),
    ("Import takes an hour instead of a minute", "MEDIUM"),
    ("How do we add a second workspace?", "LOW"),
];
const NOTES: [&str; 6] = [
    "Talked to the team lead: the rollout goes on, training is booked.",
    "Asked for a reference; they want to talk about it after the quarter.",
    "New process owner from next month. Introduce her to the champion.",
    "They compare us with a cheaper tool. Send the numbers on time saved.",
    "Second department wants to start; waits for its budget.",
    "Workaround sent; they confirmed that it helps.",
];
const TASKS: [&str; 4] = [
    "Check the integration log",
    "Send the training recording",
    "Confirm the new workspace",
    "Answer the security questions",
];
const ANSWERS: [(i64, &str); 8] = [
    (9, "Reports save us a day a month."),
    (3, "Support closes tickets without an answer."),
    (10, "Best onboarding we have had."),
    (7, "Does what it should; the search could be better."),
    (6, "Too many changes without a word."),
    (9, "Our planners ask for more seats."),
    (2, "Outage on the last day of the quarter, again."),
    (8, "Fine. Prices went up, though."),
];

/// Does one step, and says what was done.
pub(in crate::demo) fn step(portal: &mut Portal, seed: u64, number: u64) -> String {
    let mut live = Live {
        draw: Draw::new(seed, 0x11fe_0000_0000 + number),
        portal,
    };
    let event = ROTA[(number % ROTA.len() as u64) as usize];
    event(&mut live)
        .or_else(|| live.colleague_writes())
        .unwrap_or_else(|| "nothing happens: nobody is a customer".to_owned())
}

struct Live<'p> {
    portal: &'p mut Portal,
    draw: Draw,
}

impl Live<'_> {
    fn value(&self, kind: ObjectType, id: u64, name: &str) -> String {
        self.portal.value(kind, id, name).unwrap_or_default()
    }

    fn linked(&self, company: u64, kind: ObjectType) -> Vec<u64> {
        let linked = self.portal.links.of((ObjectType::Companies, company), kind);
        let alive = |id: &u64| {
            self.portal
                .row(kind, *id)
                .is_some_and(|row| row.archived.is_none())
        };
        linked.filter(alive).collect()
    }

    /// Customers of the CSM whose book it is, and now and then of a colleague.
    fn customers(&mut self) -> Vec<u64> {
        let owner = if self.draw.percent(80) {
            MARA
        } else {
            self.draw.pick(&COLLEAGUES)
        };
        let owned = self
            .portal
            .find(ObjectType::Companies, "hubspot_owner_id", &owner.to_string());
        let is_customer = |id: &u64| {
            let says = |name| self.value(ObjectType::Companies, *id, name);
            says("lifecyclestage") == "customer" && says("customer_stage") != "churned"
        };
        owned.into_iter().filter(is_customer).collect()
    }

    fn customer(&mut self) -> Option<u64> {
        let customers = self.customers();
        (!customers.is_empty()).then(|| self.draw.pick(&customers))
    }

    /// One record of a kind that hangs on customers and for which a condition holds.
    fn one(&mut self, kind: ObjectType, fits: impl Fn(&Self, u64) -> bool) -> Option<(u64, u64)> {
        let customers = self.customers();
        let mut found = Vec::new();
        for company in customers {
            let linked = self.linked(company, kind);
            found.extend(
                linked
                    .into_iter()
                    .filter(|id| fits(self, *id))
                    .map(|id| (company, id)),
            );
        }
        (!found.is_empty()).then(|| self.draw.pick(&found))
    }

    fn name(&self, company: u64) -> String {
        self.value(ObjectType::Companies, company, "name")
    }

    fn now(&self) -> String {
        instant(self.portal.now())
    }

    /// Makes a record and links it; `None` when the portal's own rules refuse it.
    fn make(&mut self, kind: ObjectType, to: &[(ObjectType, u64)], values: &[(&str, &str)]) -> Option<u64> {
        let values: NewValues = values
            .iter()
            .map(|(name, value)| ((*name).to_owned(), Some((*value).to_owned())))
            .collect();
        let id = if kind == ObjectType::Feedback {
            self.portal.arrive(kind, &values)
        } else {
            self.portal.create(kind, &values).ok()?
        };
        for end in to {
            self.portal.link((kind, id), *end);
        }
        Some(id)
    }

    fn ticket_comes(&mut self) -> Option<String> {
        let company = self.customer()?;
        let (subject, priority) = self.draw.pick(&SUBJECTS);
        let contact = self.linked(company, ObjectType::Contacts).last().copied();
        let mut to = vec![(ObjectType::Companies, company)];
        to.extend(contact.map(|id| (ObjectType::Contacts, id)));
        self.make(
            ObjectType::Tickets,
            &to,
            &[
                ("subject", subject),
                ("content", &tickets::text(subject)),
                ("hs_pipeline", "0"),
                ("hs_pipeline_stage", "1"),
                ("hs_ticket_priority", priority),
                ("hs_ticket_category", "PRODUCT_ISSUE"),
                ("hubspot_owner_id", &BEN.to_string()),
            ],
        )?;
        Some(format!("{} opens a ticket: {subject}", self.name(company)))
    }

    fn ticket_closes(&mut self) -> Option<String> {
        let is_open = |live: &Self, id| live.value(ObjectType::Tickets, id, "hs_is_closed") != "true";
        let (company, id) = self.one(ObjectType::Tickets, is_open)?;
        let now = self.now();
        self.portal
            .set(ObjectType::Tickets, id, "hs_pipeline_stage", Some("4"));
        self.portal
            .set(ObjectType::Tickets, id, "closed_date", Some(&now));
        let subject = self.value(ObjectType::Tickets, id, "subject");
        Some(format!("support closes {}: {subject}", self.name(company)))
    }

    /// The feed comes again: a fifth of the customers use more or less than before, one of them much less.
    fn usage_changes(&mut self) -> Option<String> {
        let customers = self.customers();
        let number = |live: &Self, id, name| live.value(ObjectType::Companies, id, name).parse::<i64>().ok();
        let fed: Vec<u64> = customers
            .into_iter()
            .filter(|id| number(self, *id, "wau").is_some())
            .collect();
        if fed.is_empty() {
            return None;
        }
        let falling = self.draw.pick(&fed);
        let (now, mut changed) = (self.now(), 0);
        for id in fed {
            if id != falling && !self.draw.percent(20) {
                continue;
            }
            let percent = if id == falling {
                55
            } else {
                self.draw.within(92, 110)
            };
            let seats = number(self, id, "seats_bought").unwrap_or(i64::MAX);
            for name in ["wau", "seats_used"] {
                if let Some(before) = number(self, id, name) {
                    let after = (before * percent / 100).clamp(0, seats).to_string();
                    self.portal.set(ObjectType::Companies, id, name, Some(&after));
                }
            }
            self.portal
                .set(ObjectType::Companies, id, "wau_updated_at", Some(&now));
            changed += 1;
        }
        let name = self.name(falling);
        Some(format!(
            "usage of {changed} customers comes in; that of {name} falls by almost half"
        ))
    }

    /// A colleague completes a task and notes it, or takes one on where there is none.
    fn colleague_works(&mut self) -> Option<String> {
        let is_open = |live: &Self, id| {
            let says = |name| live.value(ObjectType::Tasks, id, name);
            let waits = !matches!(says("hs_task_status").as_str(), "COMPLETED" | "DEFERRED");
            waits && says("hubspot_owner_id") != MARA.to_string()
        };
        let Some((company, id)) = self.one(ObjectType::Tasks, is_open) else {
            return self.colleague_takes_on();
        };
        let now = self.now();
        let owner = self.value(ObjectType::Tasks, id, "hubspot_owner_id");
        self.portal
            .set(ObjectType::Tasks, id, "hs_task_status", Some("COMPLETED"));
        self.portal
            .set(ObjectType::Tasks, id, "hs_task_completion_date", Some(&now));
        let subject = self.value(ObjectType::Tasks, id, "hs_task_subject");
        self.note(company, &owner, &format!("Done: {subject}"))?;
        Some(format!(
            "a colleague completes {subject} for {}",
            self.name(company)
        ))
    }

    fn colleague_takes_on(&mut self) -> Option<String> {
        let company = self.customer()?;
        let subject = self.draw.pick(&TASKS);
        let owner = self.draw.pick(&[BEN, IDA]).to_string();
        let due = instant(self.portal.now() + self.draw.within(1, 5) * 86_400_000);
        self.make(
            ObjectType::Tasks,
            &[(ObjectType::Companies, company)],
            &[
                ("hs_timestamp", &due),
                ("hs_task_subject", subject),
                ("hs_task_status", "NOT_STARTED"),
                ("hs_task_priority", "MEDIUM"),
                ("hs_task_type", "TODO"),
                ("hubspot_owner_id", &owner),
            ],
        )?;
        Some(format!(
            "a colleague takes on {subject} for {}",
            self.name(company)
        ))
    }

    fn colleague_writes(&mut self) -> Option<String> {
        let company = self.customer()?;
        let text = self.draw.pick(&NOTES);
        let owner = self.draw.pick(&[BEN, IDA, COLLEAGUES[0]]).to_string();
        self.note(company, &owner, text)?;
        Some(format!("a colleague writes a note on {}", self.name(company)))
    }

    fn note(&mut self, company: u64, owner: &str, text: &str) -> Option<u64> {
        let now = self.now();
        self.make(
            ObjectType::Notes,
            &[(ObjectType::Companies, company)],
            &[
                ("hs_timestamp", &now),
                ("hs_note_body", &format!("<p>{text}</p>")),
                ("hubspot_owner_id", owner),
            ],
        )
    }

    fn champion_leaves(&mut self) -> Option<String> {
        let stays = |live: &Self, id| {
            let says = |name| live.value(ObjectType::Contacts, id, name);
            says("hs_buying_role") == "CHAMPION" && says("left_company") != "true"
        };
        let (company, id) = self.one(ObjectType::Contacts, stays)?;
        self.portal
            .set(ObjectType::Contacts, id, "left_company", Some("true"));
        let name = self.value(ObjectType::Contacts, id, "lastname");
        Some(format!("{name}, the champion, leaves {}", self.name(company)))
    }

    fn survey_is_answered(&mut self) -> Option<String> {
        let stays = |live: &Self, id| live.value(ObjectType::Contacts, id, "left_company") != "true";
        let (company, contact) = self.one(ObjectType::Contacts, stays)?;
        let (score, words) = self.draw.pick(&ANSWERS);
        let group = match score {
            9.. => "PROMOTER",
            7.. => "PASSIVE",
            _ => "DETRACTOR",
        };
        let now = self.now();
        self.make(
            ObjectType::Feedback,
            &[(ObjectType::Contacts, contact)],
            &[
                ("hs_survey_id", "31"),
                ("hs_survey_name", "Would you recommend us?"),
                ("hs_survey_type", "NPS"),
                ("hs_survey_channel", "EMAIL"),
                ("hs_value", &score.to_string()),
                ("hs_response_group", group),
                ("hs_content", words),
                ("hs_submission_timestamp", &now),
            ],
        )?;
        Some(format!("{} answers the survey with {score}", self.name(company)))
    }

    /// The renewal that begins first is signed.
    fn renewal_is_won(&mut self) -> Option<String> {
        let comes = |live: &Self, id| {
            let says = |name| live.value(ObjectType::Deals, id, name);
            let stage = says("dealstage");
            says("pipeline") == "renewals" && matches!(stage.as_str(), "upcoming" | "negotiation")
        };
        let mut coming = Vec::new();
        for company in self.customers() {
            for id in self.linked(company, ObjectType::Deals) {
                if comes(self, id) {
                    coming.push((self.value(ObjectType::Deals, id, "contract_start"), id, company));
                }
            }
        }
        let (_, id, company) = coming.into_iter().min()?;
        let now = self.now();
        self.portal
            .set(ObjectType::Deals, id, "dealstage", Some("closedwon"));
        self.portal.set(ObjectType::Deals, id, "closedate", Some(&now));
        Some(format!("{} renews", self.name(company)))
    }
}

#[cfg(test)]
mod tests {
    use super::super::fill;
    use super::*;
    use crate::demo::DemoOptions;

    fn portal() -> Portal {
        fill(&DemoOptions::new(
            "2026-11-23T08:50:00Z"
                .parse()
                .unwrap_or(jiff::Timestamp::UNIX_EPOCH),
        ))
    }

    fn counts(portal: &Portal) -> Vec<usize> {
        ObjectType::ALL
            .into_iter()
            .map(|kind| portal.rows(kind).len())
            .collect()
    }

    #[test]
    fn the_same_steps_do_the_same_and_another_seed_does_something_else() {
        let (mut one, mut other, mut third) = (portal(), portal(), portal());
        let told = |portal: &mut Portal, seed| -> Vec<String> {
            (0..36).map(|number| step(portal, seed, number)).collect()
        };
        let first = told(&mut one, 1);
        assert_eq!(first, told(&mut other, 1));
        assert_eq!(counts(&one), counts(&other));
        for kind in ObjectType::ALL {
            assert_eq!(format!("{:?}", one.rows(kind)), format!("{:?}", other.rows(kind)));
        }
        assert_ne!(first, told(&mut third, 2));
    }

    #[test]
    fn in_one_round_everything_that_can_happen_happens() {
        let mut portal = portal();
        let before = counts(&portal);
        let told: Vec<String> = (0..12).map(|number| step(&mut portal, 1, number)).collect();
        for words in [
            "opens a ticket",
            "usage of",
            "a colleague",
            "answers the survey",
            "support closes",
            "the champion, leaves",
            "renews",
        ] {
            assert!(told.iter().any(|one| one.contains(words)), "{words}: {told:?}");
        }
        let more: Vec<usize> = before
            .iter()
            .zip(counts(&portal))
            .map(|(was, is)| is - was)
            .collect();
        let of = |kind: ObjectType| more[kind as usize];
        assert_eq!((of(ObjectType::Tickets), of(ObjectType::Feedback)), (2, 2));
        assert!(of(ObjectType::Notes) >= 1);
    }

    #[test]
    fn a_world_without_customers_stands_still() {
        let mut empty = Portal::new(1, jiff::Timestamp::UNIX_EPOCH, false);
        for number in 0..12 {
            assert!(step(&mut empty, 1, number).starts_with("nothing happens"));
        }
    }
}
