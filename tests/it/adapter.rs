//! Every question that the adapter can ask, against the embedded CRM, which shares no types with it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;
use retain::crm::hubspot::{HubSpot, HubSpotOptions};
use retain::crm::transport::{AskToken, Sharing, TransportOptions};
use retain::crm::{Condition, Crm, CrmError, Hit, Search, SearchOrder};
use retain::demo::{DemoOptions, DemoServer, Faults, ObjectType};
use retain::domain::record::{Core, Kind, RecordId};

const NOW: &str = "2026-11-23T08:50:00Z";

fn now() -> Timestamp {
    NOW.parse().unwrap()
}

async fn serve(change: impl FnOnce(&mut DemoOptions)) -> DemoServer {
    let mut options = DemoOptions::new(now());
    options.accounts = 10;
    change(&mut options);
    retain::demo::start(options).await.unwrap()
}

fn connect(server: &DemoServer) -> HubSpot {
    with_token(server, &server.token)
}

fn with_token(server: &DemoServer, token: &str) -> HubSpot {
    let options = HubSpotOptions {
        base_url: server.url(),
        transport: TransportOptions {
            allow_loopback_http: true,
            sharing: Some(Sharing::default()),
            ..TransportOptions::default()
        },
        ..HubSpotOptions::default()
    };
    let token = token.to_owned();
    let ask: AskToken = Arc::new(move || Ok(token.clone()));
    HubSpot::connect(options, ask).unwrap()
}

fn names(properties: &[&str]) -> Vec<String> {
    properties.iter().map(|name| (*name).to_owned()).collect()
}

fn ids(numbers: &[u64]) -> Vec<RecordId> {
    numbers
        .iter()
        .map(|number| RecordId(number.to_string()))
        .collect()
}

async fn list_all(crm: &HubSpot, kind: Kind, properties: &[String]) -> Vec<retain::domain::record::Record> {
    let mut records = Vec::new();
    let mut after = None;
    loop {
        let page = crm.list(kind, properties, after.as_deref(), false).await.unwrap();
        assert!(page.items.len() <= 100);
        records.extend(page.items);
        after = page.after;
        if after.is_none() {
            return records;
        }
    }
}

async fn search_all(crm: &HubSpot, kind: Kind, conditions: Vec<Condition>, order: SearchOrder) -> Vec<Hit> {
    let mut search = Search {
        kind,
        conditions,
        order,
        after: None,
    };
    let mut hits = Vec::new();
    loop {
        let page = crm.search(&search).await.unwrap();
        hits.extend(page.items);
        search.after = page.after;
        if search.after.is_none() {
            return hits;
        }
    }
}

#[tokio::test]
async fn the_portal_its_people_and_its_schema() {
    let server = serve(|_| ()).await;
    let crm = connect(&server);
    let tenant = crm.tenant().await.unwrap();
    assert_eq!(tenant.id, server.portal.to_string());
    assert_eq!(tenant.currency, "USD");
    assert!(
        tenant
            .web
            .unwrap()
            .ends_with(&format!("/contacts/{}", server.portal))
    );
    let owners = crm.owners().await.unwrap();
    let me = owners.iter().find(|owner| owner.email == server.me).unwrap();
    assert!(me.active && !me.name.is_empty() && !me.teams.is_empty());
    assert!(
        owners.iter().any(|owner| !owner.active),
        "archived owners come too"
    );
    let properties = crm.properties(Kind::Account).await.unwrap();
    assert!(properties.iter().any(|property| property.name == "wau"));
    assert!(properties.iter().any(|property| property.is_owner));
    assert!(properties.iter().any(|property| property.calculated));
    let pipelines = crm.pipelines(Kind::Contract).await.unwrap();
    let renewals = pipelines
        .iter()
        .find(|pipeline| pipeline.id == "renewals")
        .unwrap();
    assert!(
        renewals.stages.iter().any(|stage| stage.won) && renewals.stages.iter().any(|stage| !stage.closed)
    );
    assert!(crm.pipelines(Kind::Account).await.unwrap().is_empty());
    let usage = crm.usage().await.unwrap().unwrap();
    assert!(usage.today > 0 && usage.limit > usage.today);
}

#[tokio::test]
async fn every_kind_is_listed_read_and_found_alike() {
    let server = serve(|_| ()).await;
    let crm = connect(&server);
    for kind in Kind::ALL {
        let listed = list_all(&crm, kind, &[]).await;
        assert!(!listed.is_empty(), "{kind:?}");
        let all: Vec<RecordId> = listed.iter().map(|record| record.id.clone()).collect();
        let batch = crm.read(kind, &all, &[]).await.unwrap();
        assert_eq!(batch.records, listed, "{kind:?}");
        assert!(batch.missing.is_empty());
        let conditions = vec![Condition::Changed {
            from: Timestamp::UNIX_EPOCH,
            until: now(),
        }];
        let hits = search_all(&crm, kind, conditions, SearchOrder::Changed).await;
        assert!(
            hits.windows(2).all(|pair| pair[0].changed <= pair[1].changed),
            "{kind:?}"
        );
        let found: BTreeMap<RecordId, Timestamp> =
            hits.into_iter().map(|hit| (hit.id, hit.changed)).collect();
        let stamps: BTreeMap<RecordId, Timestamp> = listed
            .iter()
            .map(|record| (record.id.clone(), record.changed))
            .collect();
        assert_eq!(found, stamps, "{kind:?}");
    }
}

#[tokio::test]
async fn core_fields_and_mapped_properties_arrive() {
    let server = serve(|_| ()).await;
    let crm = connect(&server);
    let has = |records: &[retain::domain::record::Record], core: Core| {
        records.iter().any(|record| record.core(core).is_some())
    };
    let accounts = list_all(
        &crm,
        Kind::Account,
        &names(&["lifecyclestage", "wau", "no_such_property"]),
    )
    .await;
    for core in [Core::Name, Core::Domain, Core::Owner] {
        assert!(has(&accounts, core), "{core:?}");
    }
    assert!(
        accounts
            .iter()
            .any(|account| account.mapped("lifecyclestage") == Some("customer"))
    );
    assert!(accounts.iter().any(|account| account.mapped("wau").is_some()));
    assert!(
        accounts
            .iter()
            .all(|account| account.mapped("no_such_property").is_none())
    );
    let contracts = list_all(&crm, Kind::Contract, &[]).await;
    for core in [
        Core::Stage,
        Core::StageId,
        Core::Pipeline,
        Core::Closed,
        Core::Won,
        Core::CloseDate,
        Core::Currency,
    ] {
        assert!(has(&contracts, core), "{core:?}");
    }
    assert!(
        contracts
            .iter()
            .any(|contract| contract.core(Core::Won) == Some("true"))
    );
    let tickets = list_all(&crm, Kind::Ticket, &[]).await;
    for core in [Core::Subject, Core::Stage, Core::Closed, Core::Priority] {
        assert!(has(&tickets, core), "{core:?}");
    }
    let tasks = list_all(&crm, Kind::Task, &[]).await;
    assert!(tasks.iter().all(|task| task.core(Core::Done).is_some()));
    assert!(has(&tasks, Core::Due) && has(&tasks, Core::Subject));
    let surveys = list_all(&crm, Kind::Survey, &[]).await;
    assert!(
        surveys
            .iter()
            .any(|answer| answer.core(Core::SurveyKind) == Some("nps"))
    );
    assert!(has(&surveys, Core::Score) && has(&surveys, Core::Occurred));
    for kind in [Kind::Call, Kind::Meeting, Kind::Email, Kind::Note] {
        assert!(has(&list_all(&crm, kind, &[]).await, Core::Occurred), "{kind:?}");
    }
}

#[tokio::test]
async fn many_properties_are_asked_for_in_parts() {
    let server = serve(|_| ()).await;
    let crm = connect(&server);
    let all: Vec<String> = crm
        .properties(Kind::Account)
        .await
        .unwrap()
        .into_iter()
        .map(|property| property.name)
        .collect();
    // As if the portal had hundreds: names that it lacks are not sent, so the same ones are asked for again.
    let page = crm.list(Kind::Account, &all, None, false).await.unwrap();
    let ids: Vec<RecordId> = page.items.iter().map(|record| record.id.clone()).collect();
    assert_eq!(
        crm.read(Kind::Account, &ids, &all).await.unwrap().records,
        page.items
    );
    assert!(
        server
            .requests()
            .iter()
            .all(|request| request.query.len() < 5_000)
    );
}

#[tokio::test]
async fn searches_narrow_by_value_link_and_stamp() {
    let server = serve(|_| ()).await;
    let crm = connect(&server);
    let owners = crm.owners().await.unwrap();
    let me = owners
        .iter()
        .find(|owner| owner.email == server.me)
        .unwrap()
        .id
        .0
        .clone();
    let mine = vec![
        Condition::OneOf("lifecyclestage".into(), vec!["customer".into()]),
        Condition::OneOf("core:owner".into(), vec![me]),
    ];
    let mine = search_all(&crm, Kind::Account, mine, SearchOrder::Id).await;
    assert_eq!(mine.len(), 10);
    assert!(mine.windows(2).all(|pair| pair[0].id < pair[1].id));
    let account = mine[0].id.clone();
    let linked = vec![Condition::LinkedTo(Kind::Account, account.clone())];
    let found: BTreeSet<RecordId> = search_all(&crm, Kind::Contact, linked, SearchOrder::Id)
        .await
        .into_iter()
        .map(|hit| hit.id)
        .collect();
    let links = crm
        .links(Kind::Account, Kind::Contact, std::slice::from_ref(&account))
        .await
        .unwrap();
    assert_eq!(links[0].1.iter().cloned().collect::<BTreeSet<_>>(), found);
    assert!(!found.is_empty());
    // Equal stamps are drained by id.
    let everyone = server.with_portal(|portal| {
        let all = portal.ids(ObjectType::Companies);
        portal.stamp_all(ObjectType::Companies, &all, now().as_millisecond());
        all
    });
    let half = RecordId(everyone[everyone.len() / 2].to_string());
    let rest = vec![Condition::ChangedAtAfterId(now(), half)];
    let rest = search_all(&crm, Kind::Account, rest, SearchOrder::Id).await;
    assert_eq!(rest.len(), everyone.len() - everyone.len() / 2 - 1);
}

#[tokio::test]
async fn deleted_merged_and_unknown_ids_are_told_apart_from_records() {
    let server = serve(|_| ()).await;
    let crm = connect(&server);
    let all = server.with_portal(|portal| portal.ids(ObjectType::Companies));
    let (kept, deleted, winner, loser) = (all[0], all[1], all[2], all[3]);
    let merged = server.with_portal(|portal| {
        assert!(portal.archive(ObjectType::Companies, deleted));
        portal.merge(ObjectType::Companies, winner, loser, true).unwrap()
    });
    let mut asked = ids(&[kept, deleted, winner, loser]);
    asked.push("999999999999".into());
    asked.push("not-a-number".into());
    asked.push(asked[0].clone());
    let batch = crm.read(Kind::Account, &asked, &[]).await.unwrap();
    let answered: BTreeSet<String> = batch.records.iter().map(|record| record.id.0.clone()).collect();
    assert_eq!(answered, BTreeSet::from([kept.to_string(), merged.to_string()]));
    let missing: BTreeSet<&str> = batch.missing.iter().map(RecordId::as_str).collect();
    let (deleted, winner, loser) = (deleted.to_string(), winner.to_string(), loser.to_string());
    assert_eq!(
        missing,
        BTreeSet::from([&*deleted, &*winner, &*loser, "999999999999", "not-a-number"])
    );
    let survivor = batch
        .records
        .iter()
        .find(|record| record.id.0 == merged.to_string())
        .unwrap();
    assert!(survivor.core(Core::MergedIds).unwrap().contains(&loser));
    let archived = crm.list(Kind::Account, &[], None, true).await.unwrap();
    assert!(
        archived
            .items
            .iter()
            .any(|record| record.archived && record.id.0 == deleted)
    );
}

#[tokio::test]
async fn a_question_that_is_refused_for_every_record_is_an_error() {
    let server = serve(|_| ()).await;
    let crm = connect(&server);
    let asked: Vec<RecordId> = ["x", "y", "z"].map(RecordId::from).to_vec();
    let answer = crm.read(Kind::Account, &asked, &[]).await;
    let gone = answer
        .as_ref()
        .is_ok_and(|batch| batch.records.is_empty() && batch.missing.len() == 3);
    assert!(
        gone || matches!(answer, Err(CrmError::Refused { .. })),
        "{answer:?}"
    );
}

#[tokio::test]
async fn history_comes_with_its_times() {
    let server = serve(|_| ()).await;
    let crm = connect(&server);
    let mine = vec![Condition::OneOf("lifecyclestage".into(), vec!["customer".into()])];
    let hits = search_all(&crm, Kind::Account, mine, SearchOrder::Id).await;
    let customers: Vec<RecordId> = hits.into_iter().map(|hit| hit.id).take(60).collect();
    let values = crm
        .history(Kind::Account, &customers, &names(&["wau", "no_such_property"]))
        .await
        .unwrap()
        .values;
    assert!(values.len() > customers.len());
    assert!(
        values
            .iter()
            .all(|value| value.property == "wau" && value.at <= now())
    );
    let batches = server
        .requests()
        .iter()
        .filter(|request| request.path.ends_with("companies/batch/read"))
        .count();
    assert!(batches >= customers.len().div_ceil(50));
}

#[tokio::test]
async fn every_page_of_links_is_read() {
    let server = serve(|_| ()).await;
    let crm = connect(&server);
    let (company, contacts) = server.with_portal(|portal| {
        let company = portal.ids(ObjectType::Companies)[0];
        let contacts = portal.ids(ObjectType::Contacts);
        for contact in &contacts {
            portal.link((ObjectType::Companies, company), (ObjectType::Contacts, *contact));
        }
        (company, contacts)
    });
    assert!(contacts.len() > 100, "{}", contacts.len());
    let asked = ids(&[company, 999_999_999_999]);
    let links = crm.links(Kind::Account, Kind::Contact, &asked).await.unwrap();
    let found: BTreeSet<String> = links[0].1.iter().map(|id| id.0.clone()).collect();
    assert_eq!(found, contacts.iter().map(u64::to_string).collect());
    assert_eq!(links[0].1.len(), contacts.len());
    assert_eq!((links[1].0.as_str(), links[1].1.len()), ("999999999999", 0));
}

#[tokio::test]
async fn faults_that_pass_change_nothing() {
    let quiet = serve(|_| ()).await;
    let expected = list_all(&connect(&quiet), Kind::Account, &names(&["wau"])).await;
    for spec in [
        "429=1:retry-after=0:times=2",
        "500=1:times=2",
        "503=1:retry-after=0:times=2",
        "reset=1:before:times=2",
        "reset=1:during:times=2",
        "reset=1:commit:times=2",
        "reset=1:after:times=2",
        "truncate=1:times=2",
        "garbage=1:times=2",
    ] {
        let server = serve(|options| options.faults = Faults::parse(spec).unwrap()).await;
        let crm = connect(&server);
        assert_eq!(
            list_all(&crm, Kind::Account, &names(&["wau"])).await,
            expected,
            "{spec}"
        );
    }
}

#[tokio::test]
async fn a_wrong_token_and_a_missing_scope_are_named() {
    let server = serve(|options| options.faults = Faults::parse("no-scope=tickets").unwrap()).await;
    let error = with_token(&server, "pat-eu1-wrong").tenant().await.unwrap_err();
    assert!(matches!(error, CrmError::Authentication { .. }), "{error:?}");
    let crm = connect(&server);
    let error = crm.list(Kind::Ticket, &[], None, false).await.unwrap_err();
    assert!(
        matches!(&error, CrmError::MissingScope { scopes } if scopes.contains(&"tickets".to_owned())),
        "{error:?}"
    );
    assert!(!list_all(&crm, Kind::Account, &[]).await.is_empty());
}

#[tokio::test]
async fn a_property_that_was_renamed_fails_nothing() {
    let server = serve(|options| options.faults = Faults::parse("rename=companies.wau>usage").unwrap()).await;
    let crm = connect(&server);
    let accounts = list_all(&crm, Kind::Account, &names(&["wau", "lifecyclestage"])).await;
    assert!(accounts.iter().all(|account| account.mapped("wau").is_none()));
    assert!(
        accounts
            .iter()
            .any(|account| account.mapped("lifecyclestage").is_some())
    );
}

#[tokio::test]
async fn the_wall_is_not_run_into() {
    let server = serve(|options| options.faults = Faults::parse("wall=400").unwrap()).await;
    let crm = connect(&server);
    let search = |after: Option<&str>| Search {
        kind: Kind::Contact,
        conditions: Vec::new(),
        order: SearchOrder::Changed,
        after: after.map(str::to_owned),
    };
    let page = crm.search(&search(Some("200"))).await.unwrap();
    assert!(page.total.unwrap() > 400);
    let beyond = crm.search(&search(Some("400"))).await.unwrap_err();
    assert!(
        matches!(beyond, CrmError::Refused { status: 400, .. }),
        "{beyond:?}"
    );
}

#[tokio::test]
async fn nothing_but_reading_is_ever_sent() {
    let server = serve(|_| ()).await;
    let crm = connect(&server);
    crm.tenant().await.unwrap();
    crm.owners().await.unwrap();
    let page = crm.list(Kind::Account, &[], None, false).await.unwrap();
    let some: Vec<RecordId> = page.items.iter().map(|record| record.id.clone()).collect();
    crm.read(Kind::Account, &some, &[]).await.unwrap();
    crm.links(Kind::Account, Kind::Contract, &some).await.unwrap();
    crm.history(Kind::Account, &some, &names(&["wau"])).await.unwrap();
    for request in server.requests() {
        let reading = request.path.ends_with("/search") || request.path.ends_with("/batch/read");
        assert!(
            request.method == "GET" || request.method == "POST" && reading,
            "{request:?}"
        );
    }
}
