//! What is turned back before it has left.

use super::*;

#[test]
fn what_is_turned_twice_before_it_leaves_is_taken_back_and_writes_nothing() {
    let mut model = known(120, 36);
    play(&mut model, "1 <enter> e");
    on_field(&mut model, "auto renew");
    let (run, entries, _) = queued(&play(&mut model, "<enter>"));
    assert!(
        play(&mut model, "<enter>").is_empty(),
        "what shows is not read anew yet"
    );
    answer(&mut model, run, entries.clone());
    let waits = entry_of(5, entries[0].clone());
    load(&mut model, vec![waits.clone()]);
    set(&mut model, "auto renew", "false");
    turned_back(&play(&mut model, "<enter>"));
    set(&mut model, "auto renew", "false");
    // What has left is turned by a write of its own.
    let mut left = waits.clone();
    let seen = None;
    left.take(Step::Sending { seen, keyed: false }, now());
    load(&mut model, vec![left]);
    let (_, entries, _) = queued(&play(&mut model, "<enter>"));
    assert_eq!(
        changes(&entries[0]),
        [("auto_renew".to_owned(), some("false"), some("true"))]
    );
}

#[test]
fn a_yes_or_no_can_be_turned_again_once_it_is_read_anew_whatever_else_is_being_kept() {
    let mut model = known(120, 36);
    play(&mut model, "1 <enter> e");
    on_field(&mut model, "auto renew");
    let (turned, entries, _) = queued(&play(&mut model, "<enter>"));
    let read = |model: &mut Model| {
        let (run, view) = (RunId(0), Some(Box::new(play::account())));
        update(model, Msg::Account(AccountMsg::Loaded { run, view }));
    };
    // What was read before it is on disk is old.
    read(&mut model);
    assert!(play(&mut model, "<enter>").is_empty());
    let other = model.next_run();
    let (accounts, act, takes_back) = (Vec::new(), None, None);
    model.outbox.writing.push(crate::app::outbox::Writing {
        run: other,
        accounts,
        act,
        takes_back,
        typed: None,
    });
    answer(&mut model, turned, entries);
    assert!(play(&mut model, "<enter>").is_empty(), "it is not read anew yet");
    read(&mut model);
    queued(&play(&mut model, "<enter>"));
}

#[test]
fn a_value_that_is_typed_back_is_taken_back_or_queued_and_the_form_stays_until_then() {
    for is_taken_back in [true, false] {
        let mut model = known(120, 36);
        play(&mut model, "1 <enter> e");
        on_field(&mut model, "segment");
        play(&mut model, "<enter> ctrl-u");
        write(&mut model, "ente");
        let (run, entries, _) = queued(&play(&mut model, "<enter>"));
        answer(&mut model, run, entries.clone());
        let mut waits = entry_of(5, entries[0].clone());
        load(&mut model, vec![waits.clone()]);
        set(&mut model, "segment", "ent");
        play(&mut model, "<enter> ctrl-u");
        write(&mut model, "mid");
        let (run, entry) = turned_back(&play(&mut model, "<enter>"));
        let change = ("customer_segment".to_owned(), some("ent"), some("mid"));
        assert_eq!(changes(&entry), [change]);
        assert!(matches!(model.overlays[..], [.., Overlay::Form(_)]));
        if is_taken_back {
            waits.take(Step::TakenBack, now());
            let entry = Box::new(waits);
            update(&mut model, Msg::Outbox(OutboxMsg::TurnedBack { run, entry }));
            assert!(model.told.as_deref().unwrap().starts_with("taken back: "));
        } else {
            answer(&mut model, run, vec![entry]);
        }
        assert!(matches!(model.overlays[..], [Overlay::Fields(_)]));
        assert!(model.outbox.writing.is_empty());
    }
}
