//! The properties of each object type, HubSpot's own first, then those that Alder & Finch added.

use super::object_type::ObjectType;
use super::schema::Source::{
    Changed, Closed, Count, Created, Id, LastContacted, OpenDeals, Probability, ReadOnly, Won,
};
use super::schema::ValueType::{Bool, Choice, Choices, Date, DateTime, Html, Number, Text};
use super::schema::{Property, ValueType};

/// The properties of one type.
pub(super) fn of(kind: ObjectType) -> Vec<Property> {
    let mut properties = vec![
        own("hs_object_id", "Record ID", Number).from(Id),
        own(kind.created_property(), "Create date", DateTime).from(Created),
        own(kind.changed_property(), "Last modified date", DateTime).from(Changed),
        own("hubspot_owner_id", "Owner", Choice).owner(),
    ];
    properties.extend(match kind {
        ObjectType::Companies => companies(),
        ObjectType::Contacts => contacts(),
        ObjectType::Deals => deals(),
        ObjectType::Tickets => tickets(),
        ObjectType::Tasks => tasks(),
        ObjectType::Notes => notes(),
        ObjectType::Calls => activity("call"),
        ObjectType::Meetings => activity("meeting"),
        ObjectType::Emails => activity("email"),
        ObjectType::Feedback => feedback(),
    });
    properties
}

/// What HubSpot answers with when no properties are asked for.
pub(in crate::demo) fn by_default(kind: ObjectType) -> &'static [&'static str] {
    match kind {
        ObjectType::Companies => &[
            "createdate",
            "domain",
            "hs_lastmodifieddate",
            "hs_object_id",
            "name",
        ],
        ObjectType::Contacts => &[
            "createdate",
            "email",
            "firstname",
            "hs_object_id",
            "lastmodifieddate",
            "lastname",
        ],
        ObjectType::Deals => &[
            "amount",
            "closedate",
            "createdate",
            "dealname",
            "dealstage",
            "hs_lastmodifieddate",
            "hs_object_id",
            "pipeline",
        ],
        ObjectType::Tickets => &[
            "content",
            "createdate",
            "hs_lastmodifieddate",
            "hs_object_id",
            "hs_pipeline",
            "hs_pipeline_stage",
            "hs_ticket_category",
            "hs_ticket_priority",
            "subject",
        ],
        _ => &["hs_createdate", "hs_lastmodifieddate", "hs_object_id"],
    }
}

/// What must be set when a record is made: every one of `0`, and one of `1`.
pub(super) fn required(kind: ObjectType) -> (&'static [&'static str], &'static [&'static str]) {
    match kind {
        ObjectType::Companies => (&[], &["name", "domain"]),
        ObjectType::Contacts => (&[], &["email", "firstname", "lastname"]),
        ObjectType::Deals => (&["dealname", "dealstage"], &[]),
        ObjectType::Tickets => (&["subject", "hs_pipeline", "hs_pipeline_stage"], &[]),
        ObjectType::Feedback => (&[], &[]),
        _ => (&["hs_timestamp"], &[]),
    }
}

fn own(name: &str, label: &'static str, value: ValueType) -> Property {
    Property::standard(name, label, value)
}

fn ours(name: &str, label: &'static str, value: ValueType) -> Property {
    Property::custom(name, label, value)
}

fn companies() -> Vec<Property> {
    vec![
        own("name", "Company name", Text),
        own("domain", "Company domain name", Text),
        own("website", "Website URL", Text),
        own("industry", "Industry", Text),
        own("numberofemployees", "Number of employees", Number),
        own("timezone", "Time zone", Text),
        own("lifecyclestage", "Lifecycle stage", Choice).options(&[
            ("lead", "Lead"),
            ("opportunity", "Opportunity"),
            ("customer", "Customer"),
            ("other", "Other"),
        ]),
        own("hubspot_owner_assigneddate", "Owner assigned date", DateTime).from(ReadOnly),
        own("hs_parent_company_id", "Parent company", Number).from(ReadOnly),
        own("hs_merged_object_ids", "Merged record IDs", Text).from(ReadOnly),
        own("hs_csm_sentiment", "CSM sentiment", Choice).options(&[
            ("happy", "Happy"),
            ("neutral", "Neutral"),
            ("at_risk", "At risk"),
        ]),
        own("num_associated_contacts", "Number of contacts", Number).from(Count(ObjectType::Contacts)),
        own("num_associated_deals", "Number of deals", Number).from(Count(ObjectType::Deals)),
        own("hs_num_open_deals", "Number of open deals", Number).from(OpenDeals),
        own("notes_last_contacted", "Last contacted", DateTime).from(LastContacted),
        ours("account_manager", "Account manager", Choice).owner(),
        ours("customer_tier", "Customer tier", Choice).options(&[
            ("enterprise", "Enterprise"),
            ("mid-market", "Mid-market"),
            ("small", "Small"),
            ("digital", "Digital"),
        ]),
        ours("region", "Region", Choice).options(&[
            ("EMEA", "EMEA"),
            ("Americas", "Americas"),
            ("APAC", "APAC"),
        ]),
        ours("customer_stage", "Customer stage", Choice).options(&[
            ("onboarding", "Onboarding"),
            ("adoption", "Adoption"),
            ("renewal", "Renewal"),
            ("churned", "Churned"),
        ]),
        ours("churn_date", "Churn date", Date),
        ours("churn_reason", "Churn reason", Text),
        ours("support_plan", "Support plan", Choice).options(&[
            ("24x7", "24 × 7"),
            ("business hours", "Business hours"),
            ("community", "Community"),
        ]),
        ours("wau", "Weekly active users", Number),
        ours("wau_updated_at", "Weekly active users as of", DateTime),
        ours("seats_bought", "Seats bought", Number),
        ours("seats_used", "Seats used", Number),
        ours("onboarding_project", "Onboarding project", Text),
        ours("onboarding_go_live", "Go-live planned", Date),
        ours("success_goal", "Success plan: goal", Text),
        ours("success_metric", "Success plan: metric", Text),
        ours("success_baseline", "Success plan: baseline", Number),
        ours("success_target", "Success plan: target", Number),
        ours("success_due_date", "Success plan: due", Date),
    ]
}

fn contacts() -> Vec<Property> {
    vec![
        own("firstname", "First name", Text),
        own("lastname", "Last name", Text),
        own("email", "Email", Text).unique(),
        own("phone", "Phone number", Text),
        own("jobtitle", "Job title", Text),
        own("company", "Company name", Text),
        own("lifecyclestage", "Lifecycle stage", Choice)
            .options(&[("lead", "Lead"), ("customer", "Customer")]),
        own("associatedcompanyid", "Primary company", Number).from(ReadOnly),
        own("notes_last_contacted", "Last contacted", DateTime).from(LastContacted),
        own("hs_buying_role", "Buying role", Choices).options(&[
            ("CHAMPION", "Champion"),
            ("DECISION_MAKER", "Decision maker"),
            ("BUDGET_HOLDER", "Budget holder"),
            ("EXECUTIVE_SPONSOR", "Executive sponsor"),
            ("INFLUENCER", "Influencer"),
            ("BLOCKER", "Blocker"),
            ("END_USER", "End user"),
        ]),
        ours("left_company", "Has left the company", Bool),
    ]
}

fn deals() -> Vec<Property> {
    vec![
        own("dealname", "Deal name", Text),
        own("amount", "Amount", Number),
        own("deal_currency_code", "Currency", Choice).options(&[
            ("USD", "US Dollar"),
            ("EUR", "Euro"),
            ("GBP", "British Pound"),
            ("JPY", "Yen"),
        ]),
        own("closedate", "Close date", DateTime),
        own("pipeline", "Pipeline", Choice),
        own("dealstage", "Deal stage", Choice),
        own("dealtype", "Deal type", Choice).options(&[
            ("newbusiness", "New business"),
            ("existingbusiness", "Existing business"),
        ]),
        own("hs_arr", "Annual recurring revenue", Number),
        own("hs_is_closed", "Is deal closed?", Bool).from(Closed),
        own("hs_is_closed_won", "Is closed won", Bool).from(Won),
        own("hs_deal_stage_probability", "Deal probability", Number).from(Probability),
        ours("contract_start", "Contract start", Date),
        ours("contract_end", "Contract end", Date),
        ours("notice_by", "Notice by", Date),
        ours("notice_given", "Notice given on", Date),
        ours("auto_renew", "Renews automatically", Bool),
        ours("billing_period", "Billing period", Choice).options(&[
            ("annual", "Annual"),
            ("monthly", "Monthly"),
            ("multi-year", "Multi-year"),
        ]),
        ours("product_line", "Product line", Choices).options(&[
            ("Platform", "Platform"),
            ("Routing", "Routing"),
            ("Insights", "Insights"),
            ("Connect", "Connect"),
        ]),
    ]
}

fn tickets() -> Vec<Property> {
    vec![
        own("subject", "Ticket name", Text),
        own("content", "Ticket description", Html),
        own("hs_pipeline", "Pipeline", Choice),
        own("hs_pipeline_stage", "Ticket status", Choice),
        own("hs_ticket_priority", "Priority", Choice).options(&[
            ("LOW", "Low"),
            ("MEDIUM", "Medium"),
            ("HIGH", "High"),
            ("URGENT", "Urgent"),
        ]),
        own("hs_ticket_category", "Category", Choices).options(&[
            ("PRODUCT_ISSUE", "Product issue"),
            ("BILLING_ISSUE", "Billing issue"),
            ("FEATURE_REQUEST", "Feature request"),
            ("GENERAL_INQUIRY", "General inquiry"),
        ]),
        own("hs_ticket_id", "Ticket ID", Number).from(Id),
        own("closed_date", "Close date", DateTime),
        own("hs_external_object_ids", "External object IDs", Text).unique(),
        own("hs_is_closed", "Is ticket closed?", Bool).from(Closed),
    ]
}

fn tasks() -> Vec<Property> {
    vec![
        own("hs_timestamp", "Due date", DateTime),
        own("hs_task_subject", "Task title", Text),
        own("hs_task_body", "Notes", Html),
        own("hs_task_status", "Task status", Choice).options(&[
            ("NOT_STARTED", "Not started"),
            ("IN_PROGRESS", "In progress"),
            ("WAITING", "Waiting"),
            ("COMPLETED", "Completed"),
            ("DEFERRED", "Deferred"),
        ]),
        own("hs_task_priority", "Priority", Choice).options(&[
            ("LOW", "Low"),
            ("MEDIUM", "Medium"),
            ("HIGH", "High"),
        ]),
        own("hs_task_type", "Task type", Choice).options(&[
            ("EMAIL", "Email"),
            ("CALL", "Call"),
            ("TODO", "To-do"),
        ]),
        own("hs_task_reminders", "Reminders", DateTime),
        own("hs_task_completion_date", "Completed at", DateTime),
        ours("retain_key", "Key of retain", Text).unique(),
    ]
}

fn notes() -> Vec<Property> {
    vec![
        own("hs_timestamp", "Activity date", DateTime),
        own("hs_note_body", "Note body", Html),
        own("hs_attachment_ids", "Attachments", Text),
        ours("retain_key", "Key of retain", Text).unique(),
    ]
}

fn activity(word: &str) -> Vec<Property> {
    let mut properties = vec![own("hs_timestamp", "Activity date", DateTime)];
    properties.extend(match word {
        "call" => vec![
            own("hs_call_title", "Call title", Text),
            own("hs_call_body", "Call notes", Html),
            own("hs_call_duration", "Call duration", Number),
            own("hs_call_direction", "Direction", Choice)
                .options(&[("INBOUND", "Inbound"), ("OUTBOUND", "Outbound")]),
            own("hs_call_status", "Call status", Choice).options(&[
                ("COMPLETED", "Completed"),
                ("NO_ANSWER", "No answer"),
                ("BUSY", "Busy"),
            ]),
            own("hs_call_disposition", "Call outcome", Choice).options(&[
                ("f240bbac-87c9-4f6e-bf70-924b57d47db7", "Connected"),
                ("b2cf5968-551e-4856-9783-52b3da59a7d0", "Left voicemail"),
                ("73a0d17f-1163-4015-bdd5-ec830791da20", "No answer"),
            ]),
        ],
        "meeting" => vec![
            own("hs_meeting_title", "Meeting name", Text),
            own("hs_meeting_body", "Meeting description", Html),
            own("hs_internal_meeting_notes", "Internal notes", Html),
            own("hs_meeting_start_time", "Start", DateTime),
            own("hs_meeting_end_time", "End", DateTime),
            own("hs_meeting_outcome", "Meeting outcome", Choice).options(&[
                ("SCHEDULED", "Scheduled"),
                ("COMPLETED", "Completed"),
                ("NO_SHOW", "No show"),
                ("CANCELED", "Canceled"),
            ]),
        ],
        _ => vec![
            own("hs_email_subject", "Email subject", Text),
            own("hs_email_text", "Email text", Text),
            own("hs_email_html", "Email body", Html),
            own("hs_email_direction", "Direction", Choice)
                .options(&[("EMAIL", "Outgoing"), ("INCOMING_EMAIL", "Incoming")]),
            own("hs_email_status", "Send status", Choice).options(&[("SENT", "Sent"), ("FAILED", "Failed")]),
        ],
    });
    properties
}

fn feedback() -> Vec<Property> {
    [
        ("hs_survey_id", "Survey ID", Number),
        ("hs_survey_name", "Survey name", Text),
        ("hs_survey_type", "Survey type", Choice),
        ("hs_survey_channel", "Survey channel", Choice),
        ("hs_value", "Rating", Number),
        ("hs_response_group", "Response group", Choice),
        ("hs_sentiment", "Sentiment", Choice),
        ("hs_content", "Response", Text),
        ("hs_submission_name", "Submission name", Text),
        ("hs_submission_timestamp", "Submission date", DateTime),
    ]
    .into_iter()
    .map(|(name, label, value)| own(name, label, value).from(ReadOnly))
    .collect()
}
