//! A customer in a few words, told by hand for the story and drawn for the crowd.

use super::draw::Draw;
use super::questions;

/// A customer in a few words. Days count from today: negative is past.
#[derive(Debug, Clone)]
pub(super) struct Sketch {
    pub(super) name: &'static str,
    pub(super) tier: &'static str,
    pub(super) region: &'static str,
    pub(super) currency: &'static str,
    /// ARR today, in whole US dollars.
    pub(super) arr: i64,
    /// ARR at the start of the fiscal year, in whole US dollars.
    pub(super) arr_before: i64,
    /// Days until the notice date; `None`: no renewal date is known.
    pub(super) notice: Option<i64>,
    /// Days from the notice date to the end of the contract.
    pub(super) notice_period: i64,
    pub(super) billing: &'static str,
    pub(super) stage: &'static str,
    /// Days since its onboarding began, while it is in that stage.
    pub(super) onboarding: i64,
    /// Seats bought; 0: no usage at all is known.
    pub(super) seats: u32,
    /// Weekly active users per seat, eighteen months ago and now.
    pub(super) level: (f64, f64),
    /// What is left of the usage after a drop in the last weeks; 1.0 without one.
    pub(super) left: f64,
    /// Weeks since the usage feed has died; 0 while it lives.
    pub(super) silent: i64,
    /// Who the champion is; drawn when left empty.
    pub(super) champion: (&'static str, &'static str),
    /// Days since the champion has left.
    pub(super) champion_left: Option<i64>,
    /// Days since the last touchpoint; `None`: there never was one.
    pub(super) touch: Option<i64>,
    /// Open tickets: subject or topic of `questions`, priority, days since.
    pub(super) tickets: &'static [(&'static str, &'static str, i64)],
    /// NPS answers: days ago and score, oldest first.
    pub(super) nps: &'static [(i64, u8)],
    pub(super) sentiment: &'static str,
    /// Days since it churned, and why.
    pub(super) churn: Option<(i64, &'static str)>,
    /// What is wrong with its data.
    pub(super) hole: Hole,
    /// Former name, and days since it was changed.
    pub(super) renamed: Option<(&'static str, i64)>,
    /// Former owner, and days since the change.
    pub(super) former_owner: Option<(u64, i64)>,
    /// Whether nobody looks after what it buys.
    pub(super) unsold: bool,
    /// The goal of its success plan.
    pub(super) goal: Option<Goal>,
}

/// A goal of a success plan, in weekly users.
#[derive(Debug, Clone, Copy)]
pub(super) struct Goal {
    /// In the customer's words.
    pub(super) words: &'static str,
    pub(super) baseline: u32,
    pub(super) target: u32,
    /// Days until it is due; negative is past.
    pub(super) due: i64,
}

/// A goal that is told by hand.
pub(super) const fn goal(words: &'static str, (baseline, target): (u32, u32), due: i64) -> Goal {
    Goal {
        words,
        baseline,
        target,
        due,
    }
}

/// What is wrong with a customer's data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hole {
    /// Nothing.
    Sound,
    /// A contract has no annual value.
    NoArr,
    /// No contact has a role.
    NoRoles,
    /// Amount and annual value say different things.
    Contradictory,
    /// Region and segment are empty.
    NoSegment,
}

/// A customer of whom there is nothing to say.
pub(super) const PLAIN: Sketch = Sketch {
    name: "",
    tier: "small",
    region: "EMEA",
    currency: "USD",
    arr: 6_000,
    arr_before: 6_000,
    notice: Some(150),
    notice_period: 30,
    billing: "annual",
    stage: "adoption",
    onboarding: 0,
    seats: 30,
    level: (0.7, 0.75),
    left: 1.0,
    silent: 0,
    champion: ("", ""),
    champion_left: None,
    touch: Some(14),
    tickets: &[],
    nps: &[],
    sentiment: "",
    churn: None,
    hole: Hole::Sound,
    renamed: None,
    former_owner: None,
    unsold: false,
    goal: None,
};

const USUAL: [(&str, &str, i64); 2] = [(questions::ORDINARY, "MEDIUM", 6), (questions::SMALL, "LOW", 17)];
const SPIKE: [(&str, &str, i64); 4] = [
    (questions::EXPORT, "MEDIUM", 2),
    (questions::TWICE, "LOW", 4),
    (questions::NUMBERS, "MEDIUM", 7),
    (questions::INVITE, "MEDIUM", 11),
];
const BREACH: [(&str, &str, i64); 1] = [(questions::UNANSWERED, "URGENT", 9)];
const SURVEYS: [&[(i64, u8)]; 7] = [
    &[(300, 8), (90, 9)],
    &[(120, 10)],
    &[(400, 9), (200, 9), (60, 9)],
    &[(150, 8)],
    &[(40, 9)],
    &[(340, 6), (110, 8)],
    &[],
];
const CHURN_REASONS: [&str; 4] = [
    "Price",
    "Merged into another company",
    "Went to a competitor",
    "Champion left",
];

/// A customer without signals, as most are.
pub(super) fn calm(draw: &mut Draw) -> Sketch {
    let first = draw.within(56, 78) as f64 / 100.0;
    let arr_before = draw.within(20, 160) * 100;
    let billing = match draw.within(0, 99) {
        0..=3 => "monthly",
        4..=11 => "multi-year",
        _ => "annual",
    };
    let change = if billing == "annual" {
        draw.pick(&[100, 100, 100, 103, 105, 105, 110, 125, 85])
    } else {
        100
    };
    let mut sketch = Sketch {
        tier: match arr_before {
            12_000.. => "mid-market",
            5_000.. => "small",
            _ => "digital",
        },
        region: draw.pick(&["EMEA", "EMEA", "EMEA", "Americas", "APAC"]),
        currency: draw.pick(&["USD", "USD", "EUR", "EUR", "GBP", "USD", "JPY", "EUR"]),
        arr: arr_before * change / 10_000 * 100,
        arr_before,
        notice: Some(draw.within(52, 268)),
        notice_period: draw.pick(&[30, 30, 30, 60, 90]),
        billing,
        stage: if draw.percent(5) { "onboarding" } else { "adoption" },
        seats: draw.within(12, 90) as u32,
        level: (first, first + draw.within(-4, 5) as f64 / 100.0),
        silent: if draw.percent(2) { draw.within(3, 12) } else { 0 },
        touch: Some(draw.within(1, 42)),
        tickets: if draw.percent(12) {
            &USUAL[..draw.within(1, 2) as usize]
        } else {
            &[]
        },
        nps: draw.pick(&SURVEYS),
        sentiment: draw.pick(&["", "happy", "happy", "neutral"]),
        hole: match draw.within(0, 99) {
            0..=1 => Hole::NoArr,
            2..=3 => Hole::NoRoles,
            4..=7 => Hole::Contradictory,
            8 => Hole::NoSegment,
            _ => Hole::Sound,
        },
        former_owner: draw
            .percent(6)
            .then(|| (super::team::PAULA, draw.within(20, 300))),
        ..PLAIN
    };
    at_rest(&mut sketch, draw);
    sketch
}

/// What makes some of the calm ones speak up: an opportunity, a small risk, a hole in the data.
fn at_rest(sketch: &mut Sketch, draw: &mut Draw) {
    if sketch.stage == "onboarding" {
        sketch.onboarding = if draw.percent(85) {
            draw.within(95, 220)
        } else {
            draw.within(10, 80)
        };
    }
    match draw.within(0, 99) {
        0..=2 => sketch.tickets = &SPIKE,
        3..=5 => sketch.tickets = &BREACH,
        6..=7 => sketch.nps = &[(250, 8), (20, 5)],
        8..=11 => (sketch.seats, sketch.level) = (sketch.seats.max(20), (0.85, 0.93)),
        12..=13 => sketch.unsold = true,
        _ => {}
    }
}

/// A customer of the crowd: mostly calm, each signal in some of a hundred.
pub(super) fn drawn(draw: &mut Draw) -> Sketch {
    let mut sketch = calm(draw);
    if draw.percent(4) {
        sketch.left = draw.within(40, 60) as f64 / 100.0;
        sketch.silent = 0;
    }
    if draw.percent(4) {
        sketch.champion_left = Some(draw.within(2, 55));
    }
    if draw.percent(5) {
        sketch.touch = Some(draw.within(78, 150));
    }
    if draw.percent(6) {
        sketch.notice = Some(draw.within(3, 42));
        // Those who are well need no warning before their date.
        let weak = draw.within(18, 34) as f64 / 100.0;
        sketch.level = if draw.percent(80) {
            (weak + 0.1, weak)
        } else {
            sketch.level
        };
    } else if draw.percent(4) {
        sketch.notice = None;
        sketch.billing = "annual";
    }
    if draw.percent(3) {
        sketch.churn = Some((draw.within(10, 280), draw.pick(&CHURN_REASONS)));
    }
    if draw.percent(5) {
        sketch.nps = &[(250, 8), (12, 3)];
    }
    sketch
}
