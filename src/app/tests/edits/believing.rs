//! Days that are hard to believe.

use super::*;

#[test]
fn a_day_that_is_hard_to_believe_is_queued_after_a_yes() {
    let mut model = known(120, 36);
    play(&mut model, "1 e");
    on_field(&mut model, "renewal date");
    play(&mut model, "<enter> ctrl-u");
    write(&mut model, "2062-12-15");
    assert_eq!(
        reading(&model, 0),
        Some(Reading::Means(vec![
            "2026-12-15 → 2062-12-15".to_owned(),
            "2062-12-15 is more than 10 years ahead".to_owned(),
        ]))
    );
    assert!(play(&mut model, "<enter>").is_empty());
    assert!(matches!(
        model.overlays[..],
        [Overlay::Fields(_), Overlay::Form(_), Overlay::Confirm(_)]
    ));
    assert!(play(&mut model, "n").is_empty());
    assert_eq!(form(&model).fields[0].text(), "2062-12-15");
    let (_, entries, _) = queued(&play(&mut model, "<enter> y"));
    assert_eq!(
        changes(&entries[0]),
        [("renewal_date".to_owned(), some("2026-12-15"), some("2062-12-15"))]
    );
    assert!(form(&model).sending.is_some());
}

#[test]
fn a_due_date_that_is_hard_to_believe_is_asked_about_wherever_it_is_typed() {
    let check = |open: &str, typed: &[&str], send: &str, why: &str| {
        let mut model = known(120, 36);
        play(&mut model, open);
        for (at, text) in typed.iter().enumerate() {
            if at > 0 {
                play(&mut model, "<tab> ctrl-u");
            }
            write(&mut model, text);
        }
        assert!(play(&mut model, send).is_empty(), "{open}");
        let Some(Overlay::Confirm(confirm)) = model.overlays.last() else {
            panic!("{open}: not asked")
        };
        assert_eq!(confirm.question.subject(), Some(why));
        let (_, entries, _) = queued(&play(&mut model, "y"));
        assert!(!entries.is_empty(), "{open}");
    };
    check(
        "1 t",
        &["Send it", "2025-11-27"],
        "ctrl-s",
        "2025-11-27 is more than 1 month ago",
    );
    check(
        "1 t",
        &["Send it", "2062-11-27"],
        "ctrl-s",
        "2062-11-27 is more than 2 years ahead",
    );
    check(
        "3 g e ctrl-u",
        &["2062-11-27"],
        "ctrl-s",
        "2062-11-27 is more than 2 years ahead",
    );
    check(
        "1 l",
        &["call with idris: fine; next: send it by 2062-11-27"],
        "<enter>",
        "the next step: 2062-11-27 is more than 2 years ahead",
    );
    check(
        "1 l",
        &["call with idris 1 may 1990: fine"],
        "<enter>",
        "1990-05-01 is more than 1 year ago",
    );
}
