//! What a team lead looks at, and what is said of goals.

use super::info::info;
use super::table::ACCOUNT;
use super::{Action, Info, Topic};

pub(super) const TEAM: Info = info(
    Action::Team,
    "team",
    "team",
    "Books of the team: at risk, late, load",
    &["L"],
)
.under(Topic::Data);
pub(super) const MISSED_GOAL: Info = info(
    Action::MissedGoal,
    "missed-goal",
    "missed goal",
    "Why a goal was missed, what changes",
    &["m"],
)
.under(Topic::Write)
.only(ACCOUNT)
.writes();
