//! What is looked for: the words that portals use for the things that the cockpit knows.

use crate::crm::ValueType;

use super::words::{DAYS, FLAGS, NUMBERS, WORDS, Wanted};

const fn wanted(types: &'static [ValueType], phrases: &'static [(&'static str, u32)]) -> Wanted {
    Wanted {
        types,
        owner: false,
        phrases,
        never: &[],
    }
}

const fn owner(phrases: &'static [(&'static str, u32)]) -> Wanted {
    Wanted {
        types: WORDS,
        owner: true,
        phrases,
        never: &[],
    }
}

/// The CSM.
pub const CSM: Wanted = owner(&[("csm", 10), ("customer success", 9), ("success manager", 9)]);

/// Who owns the commercial side.
pub const COMMERCIAL_OWNER: Wanted = owner(&[
    ("account manager", 10),
    ("commercial", 8),
    ("account executive", 7),
    ("sales", 5),
]);

/// The parent account.
pub const PARENT: Wanted = wanted(
    &[ValueType::Number, ValueType::Text],
    &[("parent company", 10), ("parent account", 10)],
);

/// Segment or tier.
pub const SEGMENT: Wanted = wanted(
    WORDS,
    &[
        ("customer tier", 10),
        ("customer segment", 10),
        ("tier", 8),
        ("segment", 8),
    ],
);

/// Region.
pub const REGION: Wanted = wanted(WORDS, &[("region", 8), ("territory", 6)]);

/// Stage of the customer's life.
pub const STAGE: Wanted = wanted(
    WORDS,
    &[
        ("customer stage", 10),
        ("success stage", 10),
        ("customer journey", 8),
        ("journey stage", 8),
    ],
);

/// Support entitlement.
pub const ENTITLEMENT: Wanted = wanted(
    WORDS,
    &[
        ("support plan", 10),
        ("entitlement", 9),
        ("support tier", 9),
        ("support level", 9),
        ("sla", 5),
    ],
);

/// The CSM's own sentiment.
pub const SENTIMENT: Wanted = wanted(
    WORDS,
    &[
        ("csm sentiment", 10),
        ("csm pulse", 10),
        ("sentiment", 7),
        ("pulse", 5),
    ],
);

/// When the account left.
pub const CHURNED: Wanted = wanted(
    DAYS,
    &[
        ("churn date", 10),
        ("churned", 8),
        ("cancellation date", 8),
        ("cancelled", 5),
    ],
);

/// Why it left.
pub const CHURN_REASON: Wanted = wanted(
    WORDS,
    &[
        ("churn reason", 10),
        ("cancellation reason", 8),
        ("reason churn", 8),
    ],
);

/// First day of a contract.
pub const START: Wanted = wanted(
    DAYS,
    &[
        ("contract start", 10),
        ("subscription start", 10),
        ("term start", 8),
        ("start date", 7),
    ],
);

/// Last day on which the customer can leave.
pub const NOTICE: Wanted = wanted(DAYS, &[("notice by", 10), ("notice date", 9), ("notice", 6)]);

/// Whether a contract renews by itself.
pub const AUTO_RENEW: Wanted = wanted(
    FLAGS,
    &[
        ("auto renew", 10),
        ("auto renewal", 10),
        ("automatic renewal", 10),
        ("autorenew", 10),
    ],
);

/// Product line.
pub const PRODUCT: Wanted = wanted(WORDS, &[("product line", 10), ("product", 6), ("plan", 3)]);

/// Role of a contact.
pub const ROLE: Wanted = wanted(
    WORDS,
    &[
        ("buying role", 10),
        ("contact role", 9),
        ("role", 5),
        ("persona", 4),
    ],
);

/// That a contact has left.
pub const LEFT: Wanted = wanted(
    FLAGS,
    &[
        ("left company", 10),
        ("no longer", 8),
        ("departed", 8),
        ("has left", 8),
    ],
);

/// How often a contract renews.
pub const BILLING_PERIOD: Wanted = wanted(
    WORDS,
    &[
        ("billing period", 10),
        ("billing frequency", 10),
        ("billing cycle", 9),
        ("contract term", 5),
    ],
);

/// From this score on a property says that its amount is of one year.
pub const SAYS_ANNUAL: u32 = 8;

/// Annual value.
pub const AMOUNT: Wanted = Wanted {
    types: NUMBERS,
    owner: false,
    phrases: &[
        ("arr", 10),
        ("annual recurring", 10),
        ("annual contract", 9),
        ("acv", 8),
        ("annual value", 8),
        ("contract value", 6),
        ("amount", 3),
    ],
    never: &["employee", "home", "previous", "target"],
};

/// Currency of the annual value.
pub const CURRENCY: Wanted = wanted(WORDS, &[("currency code", 10), ("currency", 7)]);

/// Last day of a contract.
pub const END: Wanted = Wanted {
    types: DAYS,
    owner: false,
    phrases: &[
        ("contract end", 10),
        ("subscription end", 10),
        ("renewal date", 9),
        ("term end", 8),
        ("end date", 7),
        ("expiry", 6),
        ("expiration", 6),
        ("expires", 6),
    ],
    never: &["reminder", "trial", "notice"],
};

/// Usage, seats and surveys: (id, what people call it, where to look).
pub const METRICS: [(&str, &str, Wanted); 4] = [
    (
        "weekly_active_users",
        "weekly users",
        wanted(
            NUMBERS,
            &[
                ("weekly active", 10),
                ("wau", 10),
                ("active user", 8),
                ("mau", 6),
                ("dau", 5),
            ],
        ),
    ),
    (
        "seats_bought",
        "seats",
        wanted(
            NUMBERS,
            &[
                ("seat bought", 10),
                ("seat purchased", 10),
                ("licensed seat", 9),
                ("license", 6),
                ("licence", 6),
            ],
        ),
    ),
    (
        "seats_used",
        "used seats",
        wanted(
            NUMBERS,
            &[
                ("seat used", 10),
                ("used seat", 10),
                ("seat active", 8),
                ("seat assigned", 8),
            ],
        ),
    ),
    ("nps", "NPS", wanted(NUMBERS, &[("nps", 8), ("promoter", 5)])),
];
