//! The story: customers of mine that are told by hand, so that no two of the worst have the same causes.

use super::sketch::{Hole, PLAIN, Sketch, goal};

/// Seats and usage of a customer: seats, users per seat eighteen months ago and now.
const fn usage(seats: u32, first: f64, last: f64) -> Sketch {
    Sketch {
        seats,
        level: (first, last),
        ..PLAIN
    }
}

/// My customers with a story, worst first.
pub(super) const STORY: [Sketch; 28] = [
    // Usage, champion and notice at once, an urgent ticket, and an old survey.
    Sketch {
        name: "Juniper Freight",
        goal: Some(goal("Every dispatcher plans in it", (36, 55), -24)),
        tier: "enterprise",
        arr: 84_000,
        arr_before: 84_000,
        notice: Some(9),
        notice_period: 13,
        left: 0.54,
        champion: ("Dana", "Wolf"),
        champion_left: Some(7),
        touch: Some(14),
        tickets: &[
            ("SSO loop after the login page", "URGENT", 8),
            ("Route export misses the last column", "MEDIUM", 12),
            ("Driver app asks for the PIN twice", "LOW", 19),
        ],
        nps: &[(420, 8), (210, 7)],
        sentiment: "at_risk",
        renamed: Some(("Juniper Transport", 320)),
        ..usage(64, 0.68, 0.64)
    },
    // A detractor with four tickets in a week, notice near.
    Sketch {
        name: "Kestrel Foods",
        goal: Some(goal("Each of the nine sites reports weekly", (12, 30), -9)),
        tier: "mid-market",
        arr: 63_000,
        arr_before: 58_000,
        notice: Some(16),
        touch: Some(5),
        tickets: &[
            ("Third outage of the cold-chain feed this month", "URGENT", 3),
            ("Label printer prints the wrong lot", "HIGH", 4),
            ("No answer on ticket 4290", "MEDIUM", 5),
            ("Recall list is a day old", "MEDIUM", 6),
        ],
        nps: &[(260, 9), (4, 3)],
        sentiment: "at_risk",
        ..usage(64, 0.62, 0.18)
    },
    // Nobody has spoken to them.
    Sketch {
        name: "Marlow & Pike",
        goal: Some(goal("The finance team closes the month in it", (20, 45), 38)),
        tier: "mid-market",
        currency: "GBP",
        arr: 61_000,
        arr_before: 61_000,
        notice: Some(61),
        touch: Some(76),
        nps: &[(200, 6)],
        ..usage(45, 0.68, 0.47)
    },
    // Onboarding that is late.
    Sketch {
        name: "Osprey Clinics",
        tier: "mid-market",
        arr: 31_000,
        arr_before: 31_000,
        notice: Some(119),
        stage: "onboarding",
        onboarding: 140,
        touch: Some(3),
        tickets: &[
            ("SSO is not signed off", "HIGH", 20),
            ("Who may see patient names?", "MEDIUM", 9),
        ],
        ..usage(40, 0.05, 0.28)
    },
    // The champion has left, all else holds.
    Sketch {
        name: "Tallinn Textiles",
        goal: Some(goal("Both mills use it on the floor", (30, 48), -40)),
        tier: "mid-market",
        currency: "EUR",
        arr: 44_000,
        arr_before: 42_000,
        notice: Some(88),
        champion: ("Kaarel", "Mägi"),
        champion_left: Some(33),
        touch: Some(20),
        nps: &[(230, 8)],
        ..usage(60, 0.7, 0.58)
    },
    // No renewal date, no usage.
    Sketch {
        name: "Harbour Retail",
        arr: 12_000,
        arr_before: 12_000,
        notice: None,
        touch: Some(31),
        seats: 0,
        hole: Hole::NoRoles,
        ..PLAIN
    },
    // Usage only.
    Sketch {
        name: "Borealis Shipping",
        tier: "mid-market",
        arr: 26_000,
        arr_before: 26_000,
        notice: Some(70),
        left: 0.58,
        touch: Some(12),
        nps: &[(95, 7)],
        ..usage(70, 0.58, 0.55)
    },
    // Usage and silence.
    Sketch {
        name: "Cobalt Dental",
        arr: 9_000,
        arr_before: 9_000,
        notice: Some(97),
        left: 0.5,
        touch: Some(81),
        ..usage(25, 0.7, 0.64)
    },
    // Silence before the notice date.
    Sketch {
        name: "Dunmore Tools",
        tier: "mid-market",
        arr: 14_000,
        arr_before: 14_000,
        notice: Some(31),
        touch: Some(80),
        ..usage(32, 0.62, 0.5)
    },
    // The champion left before the notice date.
    Sketch {
        name: "Fjord & Falk",
        tier: "mid-market",
        currency: "EUR",
        arr: 19_000,
        arr_before: 19_000,
        notice: Some(24),
        champion: ("Sunniva", "Dahl"),
        champion_left: Some(18),
        touch: Some(9),
        nps: &[(70, 8)],
        ..usage(36, 0.62, 0.58)
    },
    // Usage before the notice date.
    Sketch {
        name: "Granit Bau",
        tier: "mid-market",
        currency: "EUR",
        arr: 24_000,
        arr_before: 27_000,
        notice: Some(38),
        left: 0.48,
        touch: Some(17),
        ..usage(55, 0.7, 0.6)
    },
    // Silence, and no renewal date.
    Sketch {
        name: "Hallam Press",
        arr: 6_000,
        arr_before: 6_000,
        notice: None,
        touch: Some(95),
        ..usage(18, 0.6, 0.5)
    },
    // The champion left and nobody noticed.
    Sketch {
        name: "Ibarra Citrus",
        currency: "EUR",
        arr: 8_000,
        arr_before: 8_000,
        notice: Some(130),
        champion: ("Inés", "Robledo"),
        champion_left: Some(52),
        touch: Some(84),
        ..usage(22, 0.75, 0.66)
    },
    // The champion left and usage with her.
    Sketch {
        name: "Jade Lantern Tea",
        region: "APAC",
        arr: 7_000,
        arr_before: 7_000,
        notice: Some(160),
        left: 0.45,
        champion: ("Mei-Lin", "Tao"),
        champion_left: Some(26),
        touch: Some(44),
        ..usage(20, 0.8, 0.7)
    },
    // Two urgent tickets before the notice date.
    Sketch {
        name: "Kirkwall Ferries",
        tier: "mid-market",
        currency: "GBP",
        arr: 17_000,
        arr_before: 16_000,
        notice: Some(41),
        touch: Some(6),
        tickets: &[
            ("Timetable import fails on Sundays", "URGENT", 2),
            ("Tickets are sold twice", "URGENT", 1),
        ],
        nps: &[(180, 9)],
        ..usage(30, 0.6, 0.45)
    },
    // Near its date, and well.
    Sketch {
        name: "Lumen Optik",
        currency: "EUR",
        arr: 10_000,
        arr_before: 9_000,
        notice: Some(44),
        touch: Some(8),
        tickets: &[("Wunsch: dunkles Design", "LOW", 5)],
        nps: &[(50, 10)],
        ..usage(28, 0.7, 0.86)
    },
    // Well, but without a date.
    Sketch {
        name: "Moss & Meridian",
        arr: 5_000,
        arr_before: 5_000,
        notice: None,
        touch: Some(11),
        nps: &[(66, 9)],
        ..usage(16, 0.7, 0.8)
    },
    Sketch {
        name: "深圳云帆科技",
        tier: "enterprise",
        region: "APAC",
        arr: 48_000,
        arr_before: 41_000,
        notice: Some(140),
        touch: Some(13),
        tickets: &[("批量导出报表", "LOW", 3)],
        nps: &[(100, 9)],
        ..usage(80, 0.62, 0.84)
    },
    // Ready for more seats.
    Sketch {
        name: "Brasserie Verte",
        goal: Some(goal("All kitchens order in it", (28, 40), -30)),
        tier: "mid-market",
        currency: "EUR",
        arr: 39_000,
        arr_before: 30_000,
        notice: Some(201),
        touch: Some(16),
        tickets: &[("Inloggen lukt niet", "MEDIUM", 1)],
        nps: &[(45, 9)],
        ..usage(50, 0.6, 0.86)
    },
    Sketch {
        name: "Nordkap Energi",
        goal: Some(goal("The night shift uses it too", (30, 38), -15)),
        tier: "mid-market",
        currency: "EUR",
        arr: 36_000,
        arr_before: 34_000,
        notice: Some(172),
        touch: Some(7),
        nps: &[(300, 9), (30, 10)],
        ..usage(44, 0.8, 0.93)
    },
    Sketch {
        name: "Quill Press",
        tier: "mid-market",
        currency: "GBP",
        arr: 28_000,
        arr_before: 28_000,
        billing: "monthly",
        touch: Some(10),
        nps: &[(80, 9)],
        ..usage(34, 0.7, 0.82)
    },
    Sketch {
        name: "Lindqvist Bygg",
        tier: "mid-market",
        currency: "EUR",
        arr: 22_000,
        arr_before: 22_000,
        notice: Some(247),
        billing: "multi-year",
        touch: Some(19),
        nps: &[(140, 8)],
        ..usage(40, 0.7, 0.77)
    },
    // Handed back to onboarding, and nobody sells to them.
    Sketch {
        name: "Vela Robotics",
        arr: 11_000,
        arr_before: 11_000,
        notice: Some(301),
        notice_period: 30,
        unsold: true,
        touch: Some(4),
        nps: &[(20, 9)],
        ..usage(24, 0.2, 0.83)
    },
    // Looked after for a colleague who is away; nobody sells to them either.
    Sketch {
        name: "Alpine Dental",
        currency: "EUR",
        arr: 13_000,
        arr_before: 13_000,
        notice: Some(110),
        unsold: true,
        touch: Some(2),
        former_owner: Some((super::team::JONAS, 12)),
        ..usage(26, 0.7, 0.74)
    },
    // Says one thing and another, and that we should not be recommended.
    Sketch {
        name: "Sorrel & Sons",
        arr: 4_000,
        arr_before: 4_000,
        notice: Some(210),
        touch: Some(28),
        nps: &[(160, 8), (24, 4)],
        hole: Hole::Contradictory,
        ..usage(15, 0.7, 0.78)
    },
    Sketch {
        name: "Old Mill Ceramics",
        arr: 0,
        arr_before: 9_000,
        touch: Some(170),
        churn: Some((142, "Price")),
        ..usage(20, 0.5, 0.2)
    },
    Sketch {
        name: "Petrel Charter",
        arr: 0,
        arr_before: 14_000,
        touch: Some(120),
        churn: Some((96, "Went to a competitor")),
        ..usage(20, 0.5, 0.2)
    },
    Sketch {
        name: "Tin Lizzy Garage",
        arr: 0,
        arr_before: 4_000,
        touch: Some(75),
        churn: Some((51, "Merged into another company")),
        ..usage(14, 0.5, 0.2)
    },
];
