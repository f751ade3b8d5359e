//! The fields of several contracts.

use super::*;

/// An account of two contracts, each with an ARR of its own.
fn with_contracts(model: &mut Model) {
    let view = model.account.as_mut().unwrap().view.as_mut().unwrap();
    let of_account = view
        .editable
        .iter()
        .find(|field| field.label == "ARR")
        .unwrap()
        .clone();
    view.editable.retain(|field| field.label != "ARR");
    for (contract, value) in [("Platform", "66000"), ("Routing add-on", "18000")] {
        view.editable.push(EditableField {
            kind: Kind::Contract,
            record: RecordId::from(contract),
            contract: Some(contract.to_owned()),
            value: some(value),
            ..of_account.clone()
        });
    }
}

#[test]
fn of_several_contracts_the_marked_one_is_edited_and_named() {
    for (marked, contract, base) in [
        ("", "Platform", "66000"),
        ("<tab> <tab> <tab> <tab>", "Platform", "66000"),
        ("<tab> <tab> <tab> <tab> j", "Routing add-on", "18000"),
    ] {
        let mut model = known(120, 36);
        play(&mut model, "1 <enter>");
        with_contracts(&mut model);
        play(&mut model, marked);
        play(&mut model, "e");
        let Some(Overlay::Fields(list)) = model.overlays.last() else {
            panic!("no list of fields")
        };
        let of_contracts = |field: &&EditableField| field.contract.is_some();
        let fields = list.fields.as_ref().unwrap();
        assert_eq!(
            fields.iter().filter(of_contracts).count(),
            2,
            "both can be reached"
        );
        let first = fields.iter().find(of_contracts).unwrap();
        assert_eq!(
            first.contract.as_deref(),
            Some(contract),
            "the marked one comes first"
        );
        assert!(fields.iter().any(|field| field.label == "segment"));
        let is_marked = list.selected().is_some_and(|field| field.contract.is_some());
        assert_eq!(is_marked, !marked.is_empty(), "{contract}");
        on_field(&mut model, "ARR");
        play(&mut model, "<enter> ctrl-u");
        assert_eq!(
            form(&model).title(),
            format!("Edit ARR of {contract} · Juniper Freight")
        );
        write(&mut model, "84000");
        let (_, entries, _) = queued(&play(&mut model, "<enter>"));
        assert_eq!(entries[0].title, format!("ARR of {contract}: 84000"));
        assert_eq!(
            changes(&entries[0]),
            [("arr".to_owned(), some(base), some("84000"))]
        );
        assert_eq!(entries[0].write.target().unwrap().shown_id().as_str(), contract);
    }
}

#[test]
fn the_list_stays_on_its_contract_and_field_whatever_its_days_become() {
    let mut model = known(120, 36);
    play(&mut model, "1 <enter>");
    with_contracts(&mut model);
    play(&mut model, "<tab> <tab> <tab> <tab> e");
    let on = |model: &Model| {
        let Some(Overlay::Fields(list)) = model.overlays.last() else {
            panic!("no list of fields")
        };
        list.selected()
            .map(|field| (field.record.clone(), field.label.clone()))
    };
    let before = on(&model);
    // Read anew, the other contract is the one that ends next.
    let mut view = model.account.as_ref().unwrap().view.clone().unwrap();
    view.contracts.reverse();
    view.editable.reverse();
    let Some(Overlay::Fields(list)) = model.overlays.last_mut() else {
        panic!("no list of fields")
    };
    list.read(&view);
    assert_eq!(on(&model), before);
}
