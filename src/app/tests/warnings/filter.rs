//! A filter in the risk queue.

use super::*;

fn queue(model: &Model) -> Vec<String> {
    let desk = model.desk.warned();
    let lines = &model.desk.queue.lines;
    let name = |at: usize| Some(model.desk.queue.account_of(desk?, at)?.1.to_owned());
    (0..lines.len()).filter_map(name).collect()
}

#[test]
fn a_filter_in_the_queue_narrows_the_queue_and_nothing_else() {
    let mut model = known(120, 36);
    let before = queue(&model);
    let orders = play(&mut model, "2 / type:CHAMPION");
    assert_eq!(model.pane, layout::Pane::Risks, "the queue keeps the focus");
    assert_eq!(
        queue(&model),
        [before[0].clone()],
        "a word of the signal or the reason"
    );
    assert_eq!(model.accounts.rows.len(), 12, "the account list is as it was");
    let asked = orders
        .iter()
        .filter(|order| matches!(order, Cmd::NarrowQueue { .. }));
    assert_eq!(
        asked.count(),
        8,
        "each letter asks another thread and does nothing else"
    );
    play(&mut model, "<esc>");
    assert_eq!((queue(&model), model.desk.filter.typing), (before.clone(), false));
    assert!(model.desk.filter.found.is_none());
    // Kept with enter it stays, `esc` takes it away, and the line is the one that it was on.
    let second = before[1].to_lowercase();
    let word = second.split(' ').next().unwrap();
    play(&mut model, &format!("/ type:{word} <enter> j"));
    assert_eq!(queue(&model), [before[1].clone()]);
    play(&mut model, "<esc>");
    assert_eq!(
        (queue(&model), name(&model)),
        (before.clone(), Some(before[1].clone()))
    );
}

#[test]
fn a_filter_of_the_queue_goes_by_the_newest_answer_and_is_asked_anew_with_new_data() {
    let mut model = known(120, 36);
    play(&mut model, "2");
    let press =
        |model: &mut Model, key: &str| update(model, Msg::Terminal(TerminalMsg::Key(key.parse().unwrap())));
    press(&mut model, "/");
    let run = |orders: &[Cmd]| match orders {
        [Cmd::NarrowQueue { run, .. }, ..] => *run,
        other => panic!("{other:?}"),
    };
    let (stale, newest) = (run(&press(&mut model, "x")), run(&press(&mut model, "y")));
    let before = queue(&model);
    assert!(!model.is_idle(), "the answer is awaited");
    let none = |run| {
        Msg::Desk(DeskMsg::Narrowed {
            run,
            found: Ok(Box::default()),
        })
    };
    update(&mut model, none(stale));
    assert_eq!(queue(&model), before, "what is stale is dropped");
    update(&mut model, none(newest));
    assert_eq!((queue(&model), model.is_idle()), (Vec::new(), true));
    assert_eq!(
        model.selected, None,
        "nothing is done to an account that does not show"
    );
    let orders = update(&mut model, Msg::Desk(DeskMsg::Loaded(Some(Box::new(desk())))));
    let again = run(&orders);
    assert_eq!(
        queue(&model),
        Vec::<String>::new(),
        "what was found stays until the answer"
    );
    update(
        &mut model,
        Msg::Desk(DeskMsg::Narrowed {
            run: again,
            found: Err(failure(FailureKind::Storage, "the disk")),
        }),
    );
    assert!(model.is_idle() && !model.failures.is_empty());
    play(&mut model, "<esc> 1 /");
    assert!(
        model.accounts.filtering && !model.desk.filter.typing,
        "elsewhere it is the list's"
    );
}

#[test]
fn what_a_filter_finds_apart_from_the_queue_shows_at_once() {
    let mut model = known(120, 36);
    let mut found = Desk::default();
    let mut row = desk().risks.remove(0);
    row.name = "Snoring Ltd".to_owned();
    found.apart.snoozed = vec![row];
    found.counts.lists.insert(Shelf::Snoozed, accounts([1, 0, 0]));
    play(&mut model, "2 /");
    let orders = update(&mut model, Msg::Terminal(TerminalMsg::Pasted("snor".to_owned())));
    let Some(Cmd::NarrowQueue { run, .. }) = orders.first() else {
        panic!("{orders:?}")
    };
    update(
        &mut model,
        Msg::Desk(DeskMsg::Narrowed {
            run: *run,
            found: Ok(Box::new(found)),
        }),
    );
    assert_eq!(queue(&model), ["Snoring Ltd"]);
    play(&mut model, "<enter> g <enter>");
    assert_eq!(queue(&model), Vec::<String>::new(), "its line closes");
}
