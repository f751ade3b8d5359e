//! The actions on warnings and on the queue of them.

use super::info::info;
use super::table::{QUEUE, WARNINGS};
use super::{Action, Info, Topic};

pub(super) const CLOSE: Info = info(
    Action::CloseWarning,
    "close-warning",
    "close",
    "Close a warning: real, known or noise",
    &["c"],
)
.under(Topic::Warnings)
.footer(4)
.only(WARNINGS)
.writes();
pub(super) const SNOOZE: Info = info(
    Action::Snooze,
    "snooze",
    "snooze",
    "Snooze until a day, or until worse",
    &["z"],
)
.under(Topic::Warnings)
.footer(5)
.only(WARNINGS)
.writes();
pub(super) const ACKNOWLEDGE: Info = info(
    Action::Acknowledge,
    "acknowledge",
    "take on",
    "Take it on: you have seen it",
    &["a"],
)
.under(Topic::Warnings)
.footer(6)
.only(WARNINGS)
.writes();
pub(super) const WAKE: Info = info(
    Action::Wake,
    "wake",
    "wake",
    "Wake it, or open again what was closed",
    &["Z"],
)
.under(Topic::Warnings)
.only(WARNINGS)
.writes();
pub(super) const NEXT_KIND: Info = info(
    Action::NextKind,
    "next-kind",
    "next kind",
    "To risks, opportunities, defects",
    &[";"],
)
.under(Topic::Warnings)
.footer(7)
.only(QUEUE);
pub(super) const GROUP: Info = info(
    Action::Group,
    "group",
    "group",
    "Group by signal, segment, owner, or not",
    &["b"],
)
.under(Topic::Warnings)
.footer(8)
.only(QUEUE);
pub(super) const ALARMS: Info = info(
    Action::Alarms,
    "alarms",
    "alarms",
    "How the alarms do: precision, lead time",
    &["A"],
)
.under(Topic::Warnings);
