//! Open questions of customers of the small book.

use std::sync::Arc;

use jiff::tz::TimeZone;

use super::{ago, summaries};
use crate::app::{Model, Msg, OutboxMsg, update};
use crate::domain::acts::Somebody;
use crate::domain::calendar::Workdays;
use crate::domain::handoff::Templates;
use crate::domain::record::{Kind, Owner, RecordId};
use crate::domain::routing::{
    Asking, Calendar, Desk, Matched, Proposal, Question, Questions, Requester, Routed, Router, Routing,
    Support, ToldUs, Weeks, Whose, Why,
};

fn rules() -> Routing {
    toml::from_str(include_str!("../../../config/routing.toml")).unwrap()
}

/// A question of an account by its place in the book, asked so many hours ago.
fn question(
    (id, account): (&str, usize),
    hours: i64,
    (subject, body): (&str, &str),
    (support, had): (Option<Support>, Option<Desk>),
) -> Question {
    let line = summaries().swap_remove(account);
    let rules = rules();
    let text = crate::domain::routing::question(subject, body);
    let verdict = Router::new(&rules).read(&text);
    let asked = ago(hours);
    let works = Workdays::of_week(super::fresh(120, 36).outbox.means.business_days);
    let calendar = Calendar {
        zone: &TimeZone::UTC,
        works: &works,
    };
    let (owner, name) = match had {
        Some(Desk::Csm) => (Some("7"), Some("Mara Lindt")),
        Some(Desk::Support) => (Some("8"), Some("Ben Osei")),
        None => (None, None),
    };
    let raises = !verdict.raises().is_empty();
    Question {
        kind: Kind::Ticket,
        id: RecordId::from(id),
        subject: subject.to_owned(),
        asked,
        business_days: (support == Some(Support::BusinessHours)).then_some((hours / 24) as i32),
        answer_by: support.and_then(|support| rules.answer_within.answer_by(asked, support, calendar)),
        stands_at: rules.answer_within.stands_at(asked, support, calendar),
        verdict,
        account: Some(Asking {
            id: line.id.clone(),
            name: line.name.clone(),
            csm_id: Some(RecordId::from("7")),
            csm: Some("Mara Lindt".to_owned()),
            segment: line.segment.clone(),
            arr: line.arr,
            arr_at_least: line.arr_at_least,
            entitlement: support.map(|_| "24x7".to_owned()),
            support,
        }),
        requesters: vec![Requester {
            name: "Idris Okafor".to_owned(),
            email: Some("idris.okafor@juniperfreight.example".to_owned()),
        }],
        owner: owner.map(RecordId::from),
        owner_name: name.map(str::to_owned),
        had,
        to_lead: if raises && line.arr.is_none() {
            None
        } else {
            Some(raises)
        },
        passed: None,
        mine: had == Some(Desk::Csm),
        has_support: true,
        text,
    }
}

/// Six open questions, the most pressing first.
pub fn questions() -> Questions {
    let (always, business) = (Some(Support::Always), Some(Support::BusinessHours));
    let support = Some(Desk::Support);
    let open = vec![
        question(
            ("4312", 0),
            30,
            (
                "No answer on ticket 4290",
                "Nobody has called. That is not acceptable for a cold chain.",
            ),
            (always, support),
        ),
        question(
            ("4313", 1),
            3,
            ("How do we export all users?", ""),
            (always, Some(Desk::Csm)),
        ),
        question(
            ("4314", 2),
            75,
            ("Who may see patient names?", "Please tell us."),
            (business, support),
        ),
        question(
            ("4315", 3),
            5,
            (
                "Nobody can log in from the branch office",
                "This is unacceptable.",
            ),
            (None, support),
        ),
        question(
            ("4316", 4),
            2,
            ("Wunsch: dunkles Design", "Es wäre schön."),
            (business, None),
        ),
        question(
            ("4317", 5),
            50,
            ("Inloggen lukt niet", "Kunnen jullie het wachtwoord resetten?"),
            (Some(Support::None), support),
        ),
    ];
    Questions {
        open,
        unread: None,
        nobody: None,
    }
    .pressing_first()
}

/// One of us as the CRM has them.
fn owner(id: &str, name: &str) -> Owner {
    Owner {
        id: RecordId::from(id),
        email: format!("{}@x.example", name.to_lowercase().replace(' ', ".")),
        name: name.to_owned(),
        active: true,
        user: None,
        queue: false,
        teams: Vec::new(),
    }
}

/// The one with this id sits there, with the handoffs that ship; Priya leads Mara, for whom Tom stands in while she is away
/// from 21 December on.
pub fn staff(model: &mut Model, me: &str) {
    let owners = [
        owner("7", "Mara Lindt"),
        owner("8", "Ben Osei"),
        owner("9", "Tom Abara"),
        owner("10", "Priya Nair"),
    ];
    let people = Somebody::active(&owners);
    let msg = OutboxMsg::PeopleLoaded {
        me: people.iter().find(|one| one.id.as_str() == me).cloned(),
        people: people.into(),
        owners: owners.into(),
    };
    update(model, Msg::Outbox(msg));
    let templates: Templates = toml::from_str(include_str!("../../../config/handoffs.toml")).unwrap();
    let of_phase = templates.of_phase(4);
    model.outbox.means.handoffs = of_phase.map(|(id, one)| (id.to_owned(), one.clone())).collect();
    let roster = "[[people]]\nowner = \"mara.lindt@x.example\"\nlead = \"priya.nair@x.example\"\n\
                  away = [{ from = \"2026-12-21\", until = \"2027-01-04\", deputy = \"tom.abara@x.example\" }]";
    model.outbox.means.roster = Arc::new(toml::from_str(roster).unwrap());
}

/// Two accounts that a requester may be of.
pub fn whose() -> Vec<Whose> {
    let mut lines = summaries().into_iter();
    let mut next = |contact: Option<Matched>, away: Option<&str>, told_us| Whose {
        line: lines.next().unwrap(),
        contact,
        away: away.map(str::to_owned),
        told_us,
        entitlement: Some("24x7".to_owned()),
        support: Some(Support::Always),
        open_tickets: Ok(3),
    };
    let idris = Matched {
        name: "Idris Okafor".to_owned(),
        role: Some("buyer".to_owned()),
        left: false,
    };
    let told = ToldUs {
        on: jiff::civil::date(2026, 11, 9),
        words: "Freeze from 10 Dec; no rollout before Jan.".to_owned(),
    };
    let away = "Mara Lindt is away until 2027-01-04, and Tom Abara stands in";
    vec![
        next(Some(idris), Some(away), Ok(vec![told])),
        next(None, None, Err("the CRM key may not read notes".to_owned())),
    ]
}

/// Two weeks of the desk.
pub fn weeks() -> Weeks {
    let today = super::today();
    let mut weeks = Weeks::before(today, 2);
    let last = jiff::civil::date(2026, 11, 18);
    for (day, id) in [(today, "4312"), (last, "4290"), (last, "4291")] {
        let had = (id != "4291").then_some(Desk::Support);
        let routed = Routed {
            kind: Kind::Ticket,
            question: RecordId::from(id),
            had,
            decided: Desk::Csm,
            rules: had,
        };
        weeks.handed(day, &routed);
    }
    let (mara, tom) = (RecordId::from("7"), RecordId::from("9"));
    for proposal in [
        Proposal::Desk(Desk::Support),
        Proposal::Desk(Desk::Csm),
        Proposal::Person(Why::NoRule),
    ] {
        weeks.touched(last, (&mara, "Mara Lindt"), proposal);
    }
    weeks.touched(last, (&tom, "Tom Abara"), Proposal::Person(Why::NoRule));
    weeks
}
