//! HubSpot's words for each kind: object names and which property is which core field.

use crate::domain::record::{Core, Kind};

/// What HubSpot calls a kind and its fields.
#[derive(Debug)]
pub struct Shape {
    /// Name in paths.
    pub plural: &'static str,
    /// Name in the search's pseudo-property `associations.NAME`.
    pub singular: &'static str,
    /// Number in links to the web interface.
    pub type_id: &'static str,
    /// The last-changed stamp. A wrong name here is no error in HubSpot: it finds nothing.
    pub cursor: &'static str,
    /// Property and core field.
    pub fields: &'static [(&'static str, Core)],
    /// Properties that are read beside them, to derive core fields.
    pub helpers: &'static [&'static str],
    /// What a key needs to read it.
    pub scope: &'static str,
}

const COMPANY: Shape = Shape {
    plural: "companies",
    singular: "company",
    type_id: "0-2",
    cursor: "hs_lastmodifieddate",
    fields: &[
        ("name", Core::Name),
        ("domain", Core::Domain),
        ("hubspot_owner_id", Core::Owner),
        ("hs_parent_company_id", Core::Parent),
        ("hs_merged_object_ids", Core::MergedIds),
    ],
    helpers: &[],
    scope: "crm.objects.companies.read",
};

const CONTACT: Shape = Shape {
    plural: "contacts",
    singular: "contact",
    type_id: "0-1",
    cursor: "lastmodifieddate",
    fields: &[
        ("firstname", Core::FirstName),
        ("lastname", Core::LastName),
        ("email", Core::Email),
        ("jobtitle", Core::JobTitle),
        ("phone", Core::Phone),
        ("hubspot_owner_id", Core::Owner),
        ("hs_merged_object_ids", Core::MergedIds),
    ],
    helpers: &[],
    scope: "crm.objects.contacts.read",
};

const DEAL: Shape = Shape {
    plural: "deals",
    singular: "deal",
    type_id: "0-3",
    cursor: "hs_lastmodifieddate",
    fields: &[
        ("dealname", Core::Name),
        ("hubspot_owner_id", Core::Owner),
        ("dealstage", Core::StageId),
        ("pipeline", Core::Pipeline),
        ("amount", Core::Amount),
        ("deal_currency_code", Core::Currency),
        ("closedate", Core::CloseDate),
        ("hs_merged_object_ids", Core::MergedIds),
    ],
    helpers: &["hs_is_closed", "hs_is_closed_won"],
    scope: "crm.objects.deals.read",
};

const TICKET: Shape = Shape {
    plural: "tickets",
    singular: "ticket",
    type_id: "0-5",
    cursor: "hs_lastmodifieddate",
    fields: &[
        ("subject", Core::Subject),
        ("content", Core::Body),
        ("hubspot_owner_id", Core::Owner),
        ("hs_pipeline", Core::Pipeline),
        ("hs_pipeline_stage", Core::StageId),
        ("hs_ticket_priority", Core::Priority),
        ("closed_date", Core::ClosedAt),
        ("hs_merged_object_ids", Core::MergedIds),
    ],
    helpers: &[],
    scope: "tickets",
};

const TASK: Shape = Shape {
    plural: "tasks",
    singular: "task",
    type_id: "0-27",
    cursor: "hs_lastmodifieddate",
    fields: &[
        ("hs_task_subject", Core::Subject),
        ("hs_task_body", Core::Body),
        ("hs_timestamp", Core::Due),
        ("hs_task_status", Core::Done),
        ("hs_task_priority", Core::Priority),
        ("hubspot_owner_id", Core::Owner),
    ],
    helpers: &[],
    scope: "crm.objects.contacts.read",
};

const NOTE: Shape = Shape {
    plural: "notes",
    singular: "note",
    type_id: "0-46",
    cursor: "hs_lastmodifieddate",
    fields: &[
        ("hs_note_body", Core::Body),
        ("hs_timestamp", Core::Occurred),
        ("hubspot_owner_id", Core::Owner),
    ],
    helpers: &[],
    scope: "crm.objects.contacts.read",
};

const CALL: Shape = Shape {
    plural: "calls",
    singular: "call",
    type_id: "0-48",
    cursor: "hs_lastmodifieddate",
    fields: &[
        ("hs_call_title", Core::Subject),
        ("hs_call_body", Core::Body),
        ("hs_call_disposition", Core::Outcome),
        ("hs_timestamp", Core::Occurred),
        ("hubspot_owner_id", Core::Owner),
    ],
    helpers: &[],
    scope: "crm.objects.contacts.read",
};

const MEETING: Shape = Shape {
    plural: "meetings",
    singular: "meeting",
    type_id: "0-47",
    cursor: "hs_lastmodifieddate",
    fields: &[
        ("hs_meeting_title", Core::Subject),
        ("hs_meeting_body", Core::Body),
        ("hs_meeting_outcome", Core::Outcome),
        ("hs_timestamp", Core::Occurred),
        ("hubspot_owner_id", Core::Owner),
    ],
    helpers: &[],
    scope: "crm.objects.contacts.read",
};

/// The body of an e-mail where it has none as plain text.
pub const EMAIL_HTML: &str = "hs_email_html";

const EMAIL: Shape = Shape {
    plural: "emails",
    singular: "email",
    type_id: "0-49",
    cursor: "hs_lastmodifieddate",
    fields: &[
        ("hs_email_subject", Core::Subject),
        ("hs_email_text", Core::Body),
        ("hs_timestamp", Core::Occurred),
        ("hubspot_owner_id", Core::Owner),
    ],
    helpers: &[EMAIL_HTML],
    scope: "sales-email-read",
};

const FEEDBACK: Shape = Shape {
    plural: "feedback_submissions",
    singular: "feedback_submission",
    type_id: "0-19",
    cursor: "hs_lastmodifieddate",
    fields: &[
        ("hs_survey_name", Core::Subject),
        ("hs_content", Core::Body),
        ("hs_survey_type", Core::SurveyKind),
        ("hs_value", Core::Score),
        ("hs_submission_timestamp", Core::Occurred),
    ],
    helpers: &[],
    scope: "crm.objects.feedback_submissions.read",
};

/// HubSpot's number of the association from what we make to what it belongs to.
pub fn association(from: Kind, to: Kind) -> Option<u16> {
    let place = [Kind::Account, Kind::Contact, Kind::Contract, Kind::Ticket]
        .iter()
        .position(|kind| *kind == to)?;
    let types = match from {
        Kind::Note => [190, 202, 214, 228],
        Kind::Task => [192, 204, 216, 230],
        Kind::Meeting => [188, 200, 212, 226],
        Kind::Call => [182, 194, 206, 220],
        Kind::Email => [186, 198, 210, 224],
        _ => return None,
    };
    types.get(place).copied()
}

/// HubSpot's words for a kind.
pub fn shape(kind: Kind) -> &'static Shape {
    match kind {
        Kind::Account => &COMPANY,
        Kind::Contact => &CONTACT,
        Kind::Contract => &DEAL,
        Kind::Ticket => &TICKET,
        Kind::Task => &TASK,
        Kind::Note => &NOTE,
        Kind::Call => &CALL,
        Kind::Meeting => &MEETING,
        Kind::Email => &EMAIL,
        Kind::Survey => &FEEDBACK,
    }
}

impl Shape {
    /// The property behind a name of the mapping's or of `sync`'s: `core:owner`, for contracts also
    /// `pipeline` and `stage`; any other name is a property already.
    pub fn property<'a>(&self, name: &'a str) -> &'a str {
        let core = match name.strip_prefix("core:").unwrap_or(name) {
            _ if name.starts_with("core:") => name.strip_prefix("core:"),
            "pipeline" => Some("pipeline"),
            "stage" => Some("stage-id"),
            _ => None,
        };
        let field = core.and_then(|core| {
            self.fields
                .iter()
                .find(|(_, field)| serde_json::to_value(field).is_ok_and(|text| text == core))
        });
        field.map_or(name, |(property, _)| property)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contacts_have_a_cursor_of_their_own() {
        for kind in Kind::ALL {
            let expected = match kind {
                Kind::Contact => "lastmodifieddate",
                _ => "hs_lastmodifieddate",
            };
            assert_eq!(shape(kind).cursor, expected);
        }
    }

    #[test]
    fn neutral_names_become_properties() {
        let deal = shape(Kind::Contract);
        assert_eq!(deal.property("stage"), "dealstage");
        assert_eq!(deal.property("pipeline"), "pipeline");
        assert_eq!(deal.property("core:owner"), "hubspot_owner_id");
        assert_eq!(deal.property("customer_tier"), "customer_tier");
        assert_eq!(shape(Kind::Task).property("core:done"), "hs_task_status");
        assert_eq!(shape(Kind::Account).property("stage"), "stage");
        assert_eq!(shape(Kind::Ticket).property("pipeline"), "hs_pipeline");
    }
}
