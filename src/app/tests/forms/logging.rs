//! The log: one line, understood while it is typed.

use super::*;

#[test]
fn the_log_completes_the_accounts_people_and_tells_how_it_understands_the_line() {
    let mut model = known(120, 36);
    let orders = play(&mut model, "1 l");
    assert!(
        orders
            .iter()
            .any(|order| matches!(order, Cmd::OpenAccount { .. })),
        "the people come with the account"
    );
    let someone = form(&model).contacts[0].clone();
    let begins: String = someone.name.to_lowercase().chars().take(3).collect();
    write(&mut model, &format!("call with {begins}"));
    assert!(form(&model).names().1.contains(&someone.name.as_str()));
    play(&mut model, "<tab>");
    assert_eq!(form(&model).field().text(), format!("call with {}", someone.name));
    write(&mut model, ": went well; next: send the offer by fri");
    let Some(Reading::Means(lines)) = reading(&model, 0) else {
        panic!("{:?}", reading(&model, 0))
    };
    let expected = [
        format!("Call · {} · today 08:50", someone.name),
        "outcome: went well".to_owned(),
        "next: send the offer, Fri 27 Nov 17:00".to_owned(),
    ];
    assert_eq!(lines, expected);
    let (_, entries, _) = queued(&play(&mut model, "<enter>"));
    let kinds: Vec<Kind> = entries.iter().map(|entry| entry.write.kind()).collect();
    assert_eq!(kinds, [Kind::Call, Kind::Task]);
    assert_eq!(entries[0].act, entries[1].act, "undone in one go");
}

#[test]
fn a_line_that_was_taken_back_is_in_the_log_again() {
    let mut model = known(120, 36);
    play(&mut model, "1 l");
    nothing_begun(&mut model);
    let someone = form(&model).contacts[0].name.clone();
    let line = format!("call with {someone}: went well; next: send the offer by fri");
    write(&mut model, &line);
    let (run, entries, _) = queued(&play(&mut model, "<enter>"));
    assert_eq!(entries.len(), 2);
    answer(&mut model, run, entries.clone());
    let entries = entries.into_iter().enumerate().map(|(at, new)| {
        let id = EntryId(at as i64);
        Entry::queued(id, String::new(), String::new(), new, model.now)
    });
    let back = OutboxMsg::TakenBack(entries.collect());
    let orders = update(&mut model, Msg::Outbox(back));
    assert!(
        orders.iter().any(|order| matches!(order,
            Cmd::Write(WriteCmd::KeepBeside { name, text }) if name == "log:1" && *text == line)),
        "{orders:?}"
    );
    let told = model.told.unwrap();
    assert!(told.ends_with("its text is a draft again: l opens it"), "{told}");
    // What was begun since has the name, and its key.
    let typed = |name: &str| crate::app::outbox::Typed {
        name: name.to_owned(),
        text: "t".to_owned(),
    };
    let begun = crate::domain::outbox::DraftLine {
        name: "log:1".to_owned(),
        ..play::outbox::mixed().drafts[0].clone()
    };
    for (begun, name, ending) in [
        (vec![begun], "log:1", "O has it"),
        (Vec::new(), "handoff:1:csm-to-csm", "h opens it"),
        (Vec::new(), "handoff:1:csm-to-csm Q-1", "O has it"),
    ] {
        let mut model = known(120, 36);
        let view = crate::domain::outbox::OutboxView {
            drafts: begun,
            ..Default::default()
        };
        update(&mut model, Msg::Outbox(OutboxMsg::Loaded(view.into())));
        play(&mut model, "1 l");
        nothing_begun(&mut model);
        write(&mut model, &line);
        let (run, entries, _) = queued(&play(&mut model, "<enter>"));
        answer(&mut model, run, entries.clone());
        model.outbox.acts.last_mut().unwrap().typed = Some(typed(name));
        let entries = entries.into_iter().enumerate().map(|(at, new)| {
            let id = EntryId(at as i64);
            Entry::queued(id, String::new(), String::new(), new, model.now)
        });
        let back = OutboxMsg::TakenBack(entries.collect());
        update(&mut model, Msg::Outbox(back));
        let told = model.told.unwrap();
        assert!(told.ends_with(ending), "{told}");
    }
}

#[test]
fn a_line_that_is_not_understood_is_not_queued_and_says_what_is_missing() {
    let mut model = known(120, 36);
    play(&mut model, "1 l");
    write(&mut model, "dinner with Ana");
    assert!(play(&mut model, "<enter>").is_empty());
    assert!(form(&model).wrong.as_deref().unwrap().contains("begin with call"));
}
