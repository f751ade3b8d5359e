//! How a line of the table of actions is written.

use super::{Action, Context, Info, Topic};

pub(super) const fn info(
    action: Action,
    id: &'static str,
    name: &'static str,
    doc: &'static str,
    keys: &'static [&'static str],
) -> Info {
    Info {
        action,
        id,
        name,
        doc,
        keys,
        topic: Topic::Program,
        contexts: &[],
        footer: 0,
        writes: false,
    }
}

impl Info {
    pub(super) const fn under(self, topic: Topic) -> Self {
        Self { topic, ..self }
    }

    pub(super) const fn only(self, contexts: &'static [Context]) -> Self {
        Self { contexts, ..self }
    }

    pub(super) const fn writes(self) -> Self {
        Self { writes: true, ..self }
    }

    pub(super) const fn footer(self, footer: u8) -> Self {
        Self { footer, ..self }
    }
}
