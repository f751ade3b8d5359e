//! The sync: where it stands, and what to read again when the cache changed.

use super::{account, failed, settle_all};
use crate::app::cmd::Cmd;
use crate::app::model::Model;
use crate::app::msg::SyncMsg;
use crate::app::sync_line::SyncLine;

pub(super) fn heard(model: &mut Model, msg: SyncMsg) -> Vec<Cmd> {
    match msg {
        SyncMsg::Progressed(line) => stands(model, line),
        SyncMsg::CacheChanged => {
            let mut orders = vec![
                Cmd::LoadDesk,
                Cmd::LoadBook {
                    sort: model.accounts.sort,
                },
            ];
            orders.extend(account::reload(model));
            orders
        }
    }
}

/// A new failure shows until it is read; it goes by itself when a later sync succeeds.
fn stands(model: &mut Model, line: SyncLine) -> Vec<Cmd> {
    let before = std::mem::replace(&mut model.sync, line);
    if before.failed != model.sync.failed {
        model
            .failures
            .retain(|failure| Some(failure) != before.failed.as_ref());
        settle_all(model);
        if let Some(failure) = model.sync.failed.clone() {
            return failed(model, failure);
        }
    }
    Vec::new()
}
