//! What to ask in a call: what the account itself leaves open, most pressing first. Nothing is made up.

use jiff::civil::Date;

use crate::domain::account_view::{AccountView, Person};
use crate::domain::desk::{HandoffState, WarningKind};
use crate::domain::record::Kind;
use crate::domain::words;

/// Notice so many days ahead is worth a question.
const SOON: i32 = 90;
/// Days without a word with somebody who has a role.
const LONG: i32 = 60;

/// The questions, raw.
pub fn questions(view: &AccountView, today: Date) -> Vec<String> {
    let mut questions = Vec::new();
    questions.extend(about_renewal(view, today));
    questions.extend(about_sponsor(view));
    let risks = view.warnings.iter().filter(|one| one.kind == WarningKind::Risk);
    let other = |signal: &str| !matches!(signal, "renewal-near" | "champion-left" | "no-touch");
    for warning in risks.filter(|warning| other(&warning.signal)) {
        questions.push(format!("What is behind it: {}?", warning.reason));
    }
    let open = |card: &&crate::domain::desk::HandoffCard| card.state == HandoffState::Returned;
    if let Some(card) = view.handoffs.iter().find(open) {
        let text = card.text.lines().next().unwrap_or_default();
        questions.push(format!("Asked in the handoff: {text}"));
    }
    let pressing = view.tickets.iter().find(|ticket| {
        ticket.closed.is_none() && matches!(ticket.priority.as_deref(), Some("urgent" | "high"))
    });
    if let Some(ticket) = pressing {
        questions.push(format!("Does it still hold you up: {}?", ticket.subject));
    }
    questions.extend(about_silence(view, today));
    if view
        .warnings
        .iter()
        .any(|one| one.kind == WarningKind::Opportunity)
    {
        questions.push("Would more seats or another product help?".to_owned());
    }
    questions
}

/// When it is decided and by whom, or the date that nobody knows.
fn about_renewal(view: &AccountView, today: Date) -> Option<String> {
    let line = &view.summary;
    if line.has_churned() {
        return Some("What would it take to come back?".to_owned());
    }
    match line.notice_by {
        Some(day) if words::days(today, day) <= SOON => Some(format!(
            "Do you go on after {}? Who decides, and what is missing?",
            words::calendar_day(today, line.ends.unwrap_or(day))
        )),
        // Nobody is asked for what we may not read ourselves.
        None if view.unread.hides(Kind::Contract) => None,
        None if line.ends.is_none() && !line.monthly => {
            Some("When does the contract end, and until when can it be given notice?".to_owned())
        }
        _ => None,
    }
}

/// Who takes over from a champion that left.
fn about_sponsor(view: &AccountView) -> Option<String> {
    if view.unread.hides(Kind::Contact) {
        return None;
    }
    let is_champion = |person: &&Person| {
        let role = person.role.as_deref().unwrap_or_default();
        role.to_lowercase().contains("champion")
    };
    let mut champions = view.people.iter().filter(is_champion);
    if champions.clone().any(|person| !person.left) {
        return None;
    }
    Some(match champions.next() {
        Some(gone) => format!("Who takes over from {}?", gone.name),
        None => "Who speaks for us on your side?".to_owned(),
    })
}

/// Somebody with a role with whom nobody has spoken for long.
fn about_silence(view: &AccountView, today: Date) -> Option<String> {
    let of_role = view.people.iter().filter(|one| !one.left && one.role.is_some());
    let silent = of_role.filter_map(|one| Some((one.last_touch?, one)));
    let (day, person) = silent.min_by_key(|(day, _)| *day)?;
    let long = words::days(day, today) > LONG;
    long.then(|| {
        let role = person.role.as_deref().unwrap_or_default();
        format!(
            "How does {} ({role}) see it? Last touch {}.",
            person.name,
            words::ago(today, day)
        )
    })
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::app::play;
    use crate::domain::unread::Unread;

    #[test]
    fn what_the_account_leaves_open_is_asked_most_pressing_first() {
        let mut view = play::account();
        let asked = questions(&view, date(2026, 11, 23));
        assert_eq!(
            asked[0],
            "Do you go on after 15 Dec? Who decides, and what is missing?"
        );
        assert_eq!(asked[1], "Who takes over from Dana Wolf?");
        assert!(asked.iter().any(|text| text.contains("SSO loop")), "{asked:?}");
        view.unread = Unread::new(vec![
            (Kind::Contact, String::new()),
            (Kind::Contract, String::new()),
        ]);
        (view.summary.notice_by, view.summary.ends) = (None, None);
        let asked = questions(&view, date(2026, 11, 23));
        let ours = |text: &String| text.contains("takes over") || text.contains("When does the contract end");
        assert!(!asked.iter().any(ours), "of what the key may not read: {asked:?}");
        view.unread = Unread::default();
        view.people.iter_mut().for_each(|person| person.left = false);
        assert!(
            !questions(&view, date(2026, 11, 23))
                .iter()
                .any(|text| text.contains("takes over"))
        );
    }
}
