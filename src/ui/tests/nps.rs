//! Frames of NPS.

use super::{SIZES, Theme, buffer, text};
use crate::app::play::nps::answers;
use crate::app::play::{loaded, play};
use crate::app::update::update;
use crate::app::{Cmd, Msg, NpsMsg};

#[test]
fn nps_with_each_of_its_lists_and_while_it_is_read() {
    for (width, height) in SIZES {
        let mut model = loaded(width, height);
        let orders = play(&mut model, "N");
        let picture = text(&buffer(&model, Theme::default()));
        assert!(picture.contains("Reading the answers"), "{picture}");
        let Some(Cmd::LoadNps { run }) = orders.first() else {
            panic!("{orders:?}")
        };
        let told = Box::new(answers());
        update(&mut model, Msg::Nps(NpsMsg::Loaded { run: *run, told }));
        for name in ["pains", "wins", "silent", "passives", "segments"] {
            let picture = text(&buffer(&model, Theme::default()));
            insta::assert_snapshot!(format!("nps-{name}-{width}"), picture);
            play(&mut model, "<tab>");
        }
    }
}

#[test]
fn what_cannot_be_read_is_unknown_and_never_zero() {
    let mut model = loaded(80, 24);
    let orders = play(&mut model, "N");
    let Some(Cmd::LoadNps { run }) = orders.first() else {
        panic!("{orders:?}")
    };
    let mut told = answers();
    told.unread = Some("the CRM key may not read survey answers".to_owned());
    let told = Box::new(told);
    update(&mut model, Msg::Nps(NpsMsg::Loaded { run: *run, told }));
    let picture = text(&buffer(&model, Theme::default()));
    assert!(
        picture.contains("unknown: the CRM key may not read survey answers")
            && !picture.contains("promoters"),
        "{picture}"
    );
}
