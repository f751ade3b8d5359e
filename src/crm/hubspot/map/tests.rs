#![allow(clippy::unwrap_used)]

use super::*;
use crate::crm::hubspot::wire;
use crate::crm::{Pipeline, Property, Stage, ValueType};

fn stages() -> Arc<Stages> {
    let stage = |id: &str, label: &str, closed, won| Stage {
        id: id.into(),
        label: label.into(),
        closed,
        won,
    };
    Arc::new(Stages::new(&[Pipeline {
        id: "renewals".into(),
        label: "Renewals".into(),
        stages: vec![
            stage("talks", "In talks", false, false),
            stage("closedwon", "Won", true, true),
        ],
    }]))
}

fn property(name: &str, options: &[(&str, &str)]) -> Property {
    Property {
        name: name.into(),
        label: name.into(),
        value_type: ValueType::Choice,
        options: options
            .iter()
            .map(|(value, label)| ((*value).into(), (*label).into()))
            .collect(),
        calculated: false,
        unique: false,
        read_only: false,
        is_owner: false,
    }
}

fn read(kind: Kind, mapped: &[&str], properties: &str) -> Record {
    let mapped: Vec<String> = mapped.iter().map(|name| (*name).to_owned()).collect();
    let schema = Arc::new(match kind {
        Kind::Call => Schema::new(&[property("hs_call_disposition", &[("f240bbac", "Connected")])]),
        _ => Schema::default(),
    });
    let reader = Reader::new(kind, &mapped, schema, stages(), TimeZone::UTC);
    let body = format!(
        r#"{{"id":"1","createdAt":"2026-01-01T00:00:00Z","updatedAt":"2026-03-01T00:00:00Z","properties":{properties}}}"#
    );
    reader.record(&wire::parse(body.as_bytes()).unwrap()).unwrap()
}

#[test]
fn a_company_is_an_account() {
    let record = read(
        Kind::Account,
        &["hubspot_owner_id", "tier"],
        r#"{"name":"Aldergrove","domain":"HTTPS://Aldergrove.example/en","hubspot_owner_id":"7","tier":"gold","other":"x",
            "hs_lastmodifieddate":"2026-02-01T00:00:00.5Z"}"#,
    );
    assert_eq!(record.core(Core::Name), Some("Aldergrove"));
    assert_eq!(record.core(Core::Domain), Some("aldergrove.example"));
    assert_eq!(record.core(Core::Owner), Some("7"));
    assert_eq!(record.mapped("hubspot_owner_id"), Some("7"));
    assert_eq!(record.mapped("tier"), Some("gold"));
    assert_eq!(record.mapped("other"), None);
    assert_eq!(record.changed.to_string(), "2026-02-01T00:00:00.5Z");
}

#[test]
fn the_stamp_of_a_contact_is_another_property() {
    let stamps =
        r#"{"lastmodifieddate":"2026-02-02T00:00:00Z","hs_lastmodifieddate":"2026-02-01T00:00:00Z"}"#;
    assert_eq!(
        read(Kind::Contact, &[], stamps).changed.to_string(),
        "2026-02-02T00:00:00Z"
    );
    assert_eq!(
        read(Kind::Account, &[], stamps).changed.to_string(),
        "2026-02-01T00:00:00Z"
    );
    assert_eq!(
        read(Kind::Account, &[], "{}").changed.to_string(),
        "2026-03-01T00:00:00Z"
    );
}

#[test]
fn a_deal_is_a_contract_with_the_label_of_its_stage() {
    let record = read(
        Kind::Contract,
        &[],
        r#"{"dealname":"Renewal","pipeline":"renewals","dealstage":"closedwon","amount":"1500.00",
            "deal_currency_code":"EUR","closedate":"2026-11-30T00:00:00Z","hs_is_closed":"false"}"#,
    );
    assert_eq!(record.core(Core::Stage), Some("Won"));
    assert_eq!(record.core(Core::Closed), Some("true"));
    assert_eq!(record.core(Core::Won), Some("true"));
    assert_eq!(record.core(Core::CloseDate), Some("2026-11-30"));
    assert_eq!(record.core(Core::Amount), Some("1500.00"));
}

#[test]
fn a_stage_that_nobody_knows_is_judged_by_the_deal_itself_or_not_at_all() {
    let stage = r#""pipeline":"gone","dealstage":"x""#;
    let told = read(
        Kind::Contract,
        &[],
        &format!(r#"{{{stage},"hs_is_closed":"true","hs_is_closed_won":"false"}}"#),
    );
    assert_eq!(
        (told.core(Core::Closed), told.core(Core::Won)),
        (Some("true"), Some("false"))
    );
    assert_eq!(told.core(Core::Stage), None);
    let silent = read(Kind::Contract, &[], &format!("{{{stage}}}"));
    assert_eq!((silent.core(Core::Closed), silent.core(Core::Won)), (None, None));
}

#[test]
fn a_task_is_due_and_done() {
    let record = read(
        Kind::Task,
        &[],
        r#"{"hs_task_subject":"Call","hs_timestamp":"1795392000000","hs_task_status":"COMPLETED","hs_task_priority":"HIGH"}"#,
    );
    assert_eq!(record.core(Core::Due), Some("2026-11-23T00:00:00Z"));
    assert_eq!(record.core(Core::Done), Some("true"));
    assert_eq!(record.core(Core::Priority), Some("high"));
    let open = read(
        Kind::Task,
        &[],
        r#"{"hs_task_priority":"NONE","hs_timestamp":"0"}"#,
    );
    assert_eq!(open.core(Core::Done), Some("false"));
    assert_eq!((open.core(Core::Priority), open.core(Core::Due)), (None, None));
}

#[test]
fn outcomes_have_the_words_that_people_see() {
    let call = r#"{"hs_call_disposition":"f240bbac","hs_timestamp":"2026-11-01T10:00:00Z"}"#;
    let record = read(Kind::Call, &[], call);
    assert_eq!(record.core(Core::Outcome), Some("Connected"));
    assert_eq!(record.core(Core::Occurred), Some("2026-11-01T10:00:00Z"));
}

#[test]
fn a_feedback_submission_is_a_survey_answer() {
    let record = read(
        Kind::Survey,
        &[],
        r#"{"hs_survey_type":"NPS","hs_value":"9","hs_submission_timestamp":"2026-10-01T00:00:00Z"}"#,
    );
    assert_eq!(record.core(Core::SurveyKind), Some("nps"));
    assert_eq!(record.core(Core::Score), Some("9"));
    assert_eq!(record.core(Core::Occurred), Some("2026-10-01T00:00:00Z"));
}

#[test]
fn a_ticket_closes_by_its_stage() {
    let record = read(
        Kind::Ticket,
        &[],
        r#"{"subject":"Down","hs_pipeline":"renewals","hs_pipeline_stage":"talks","hs_ticket_priority":"URGENT"}"#,
    );
    assert_eq!(record.core(Core::Closed), Some("false"));
    assert_eq!(record.core(Core::Won), None);
    assert_eq!(record.core(Core::Priority), Some("urgent"));
}

#[test]
fn a_property_that_the_portal_lacks_is_not_asked_for() {
    let schema = Arc::new(Schema::new(&[property("name", &[]), property("tier", &[])]));
    let mapped = ["tier".to_owned(), "gone".to_owned()];
    let reader = Reader::new(Kind::Account, &mapped, schema, stages(), TimeZone::UTC);
    assert_eq!(reader.parts(10, 100), [["name", "tier"]]);
}

#[test]
fn long_lists_of_properties_come_in_parts_with_the_core_first() {
    let mapped: Vec<String> = (0..30)
        .map(|number| format!("aaa_property_{number:02}"))
        .collect();
    let schema = Arc::new(Schema::default());
    let reader = Reader::new(Kind::Note, &mapped, schema, stages(), TimeZone::UTC);
    let parts = reader.parts(100, 200);
    assert!(parts.len() > 2 && parts.iter().all(|part| part.join(",").len() <= 200));
    assert_eq!(
        parts[0][..4],
        [
            "hs_note_body",
            "hs_timestamp",
            "hubspot_owner_id",
            "hs_lastmodifieddate"
        ]
    );
    assert_eq!(parts.concat().len(), 34);
    assert_eq!(
        reader
            .parts(10, 10_000)
            .iter()
            .map(|part| part.len())
            .collect::<Vec<_>>(),
        [10, 10, 10, 4]
    );
}

#[test]
fn an_email_says_its_plain_text_or_else_its_html_as_it_came() {
    let body = |properties: &str| {
        let record = read(Kind::Email, &[], properties);
        record.core(Core::Body).map(str::to_owned)
    };
    let html = r#""hs_email_html":"<p>Nobody called.</p><p>Please <b>help</b> &amp; soon</p>""#;
    let text = |text: &str| format!(r#"{{"hs_email_text":"{text}",{html}}}"#);
    assert_eq!(body(&text("As it was typed")).as_deref(), Some("As it was typed"));
    for without in [text(" "), format!("{{{html}}}")] {
        let told = body(&without);
        assert_eq!(
            told.as_deref(),
            Some("<p>Nobody called.</p><p>Please <b>help</b> &amp; soon</p>"),
            "{without}"
        );
    }
    assert_eq!(body("{}"), None);
}
