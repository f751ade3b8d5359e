//! Pipelines of deals and tickets and their stages.

use super::object_type::ObjectType;

/// A pipeline.
#[derive(Debug, Clone, Copy)]
pub struct Pipeline {
    /// The id in the API.
    pub id: &'static str,
    /// What people call it.
    pub label: &'static str,
    /// Its stages in order.
    pub stages: &'static [Stage],
}

/// A stage of a pipeline.
#[derive(Debug, Clone, Copy)]
pub struct Stage {
    /// The id in the API.
    pub id: &'static str,
    /// What people call it.
    pub label: &'static str,
    /// How likely a deal in it is won, as HubSpot writes it; empty for tickets.
    pub probability: &'static str,
    /// Whether records in it are closed.
    pub closed: bool,
}

const fn stage(id: &'static str, label: &'static str, probability: &'static str, closed: bool) -> Stage {
    Stage {
        id,
        label,
        probability,
        closed,
    }
}

const DEALS: &[Pipeline] = &[
    Pipeline {
        id: "default",
        label: "New business",
        stages: &[
            stage("appointmentscheduled", "Appointment scheduled", "0.2", false),
            stage("qualifiedtobuy", "Qualified to buy", "0.4", false),
            stage("contractsent", "Contract sent", "0.9", false),
            stage("nb_won", "Closed won", "1.0", true),
            stage("nb_lost", "Closed lost", "0.0", true),
        ],
    },
    Pipeline {
        id: "renewals",
        label: "Renewals",
        stages: &[
            stage("upcoming", "Upcoming", "0.8", false),
            stage("negotiation", "In negotiation", "0.6", false),
            stage("closedwon", "Signed", "1.0", true),
            stage("closedlost", "Lost", "0.0", true),
        ],
    },
];

const TICKETS: &[Pipeline] = &[Pipeline {
    id: "0",
    label: "Support",
    stages: &[
        stage("1", "New", "", false),
        stage("2", "Waiting on contact", "", false),
        stage("3", "Waiting on us", "", false),
        stage("4", "Closed", "", true),
    ],
}];

/// The pipelines of an object type; most have none.
pub fn of(kind: ObjectType) -> &'static [Pipeline] {
    match kind {
        ObjectType::Deals => DEALS,
        ObjectType::Tickets => TICKETS,
        _ => &[],
    }
}

/// The stage of that id, in whichever pipeline.
pub fn stage_of(kind: ObjectType, id: &str) -> Option<&'static Stage> {
    of(kind)
        .iter()
        .flat_map(|pipeline| pipeline.stages)
        .find(|stage| stage.id == id)
}
