//! Whose account a requester is of: looked for by enter, off the event loop, and opened by enter.

use super::super::overlay::{Overlay, WhoScreen};
use super::super::play::routing::whose;
use super::super::play::{known, play, write};
use super::super::*;

fn screen(model: &Model) -> &WhoScreen {
    match model.overlays.last() {
        Some(Overlay::Who(screen)) => screen,
        other => panic!("{other:?}"),
    }
}

fn looked_for(model: &mut Model, text: &str) -> RunId {
    play(model, "M");
    write(model, text);
    match play(model, "<enter>").as_slice() {
        [Cmd::FindRequester { run, sought }] => {
            assert_eq!(sought.domain, "juniperfreight.example");
            *run
        }
        other => panic!("{other:?}"),
    }
}

fn answer(model: &mut Model, run: RunId) {
    let found = Ok(whose());
    update(model, Msg::Routing(RoutingMsg::RequesterFound { run, found }));
}

#[test]
fn an_address_is_looked_for_and_the_chosen_account_opens() {
    let mut model = known(120, 36);
    let run = looked_for(&mut model, "Idris <idris.okafor@juniperfreight.example>");
    assert!(screen(&model).asked.is_some());
    answer(&mut model, run);
    assert_eq!(screen(&model).accounts().len(), 2);
    let orders = play(&mut model, "<down> <enter>");
    assert!(
        matches!(&orders[..], [Cmd::OpenAccount { id, .. }, ..] if id.as_str() == "2"),
        "{orders:?}"
    );
    assert!(model.overlays.is_empty());
}

#[test]
fn what_is_typed_on_drops_the_answer_and_what_is_no_address_says_so() {
    let mut model = known(120, 36);
    let run = looked_for(&mut model, "juniperfreight.example");
    write(&mut model, "x");
    answer(&mut model, run);
    assert_eq!(screen(&model).found, None, "it is an answer to another question");
    play(&mut model, "ctrl-u");
    write(&mut model, "juniper freight");
    assert!(play(&mut model, "<enter>").is_empty());
    let said = screen(&model).found.clone().unwrap().unwrap_err();
    assert_eq!(
        said,
        "`juniper freight` is neither an e-mail address nor a domain"
    );
    update(
        &mut model,
        Msg::Terminal(TerminalMsg::Pasted("ana@x.example".to_owned())),
    );
    assert_eq!(screen(&model).found, None);
    play(&mut model, "<esc>");
    assert!(model.overlays.is_empty());
}

#[test]
fn on_the_routing_desk_it_looks_at_once_for_who_asks() {
    let mut model = super::routing::opened();
    let orders = play(&mut model, "M");
    assert!(
        matches!(orders.as_slice(), [Cmd::FindRequester { sought, .. }] if sought.domain == "juniperfreight.example"),
        "{orders:?}"
    );
    assert!(screen(&model).input.text().starts_with("idris.okafor@"));
    let run = screen(&model).asked.unwrap();
    answer(&mut model, run);
    play(&mut model, "<enter>");
    assert!(model.account.is_some() && model.overlays.is_empty(), "it is seen");
    let mut model = super::routing::opened();
    play(&mut model, "M");
    play(&mut model, "<esc>");
    assert!(matches!(model.overlays.last(), Some(Overlay::Routing(_))));
}

#[test]
fn an_address_that_was_given_is_not_typed_on_but_replaced() {
    let paste = |text: &str| Msg::Terminal(TerminalMsg::Pasted(text.to_owned()));
    for (keys, left) in [("b e n", "ben"), ("<backspace>", ""), ("<backspace> b", "b")] {
        let mut model = super::routing::opened();
        play(&mut model, "M");
        let run = screen(&model).asked.unwrap();
        answer(&mut model, run);
        play(&mut model, keys);
        assert_eq!(screen(&model).input.text(), left, "{keys}");
        assert_eq!(screen(&model).found, None);
    }
    let mut model = super::routing::opened();
    play(&mut model, "M");
    update(&mut model, paste("ana@x.example"));
    update(&mut model, paste("!"));
    assert_eq!(screen(&model).input.text(), "ana@x.example!");
}
