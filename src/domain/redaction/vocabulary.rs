//! The words that stay in texts of the program's own.

/// Words that the program itself puts into texts about accounts, whatever the configuration says.
pub(super) const OURS: &str = "
    accept account accounts active again age ago allowed all always amber an and answer answered answers any are as ask asked at
    band be before began below bd bh book business by call came can cannot case cases champion changed changes churned clear
    cleared closed coming completed complaint complaints contact contacts contract contracts count counted csm customer data
    date day days decide decided detractor does due during e email end ended ends entered every expires fell fewer first for fresh
    from full gone goes green had half handed handoff handoffs has have health held high hour hours if in into is it its itself
    kept known last late later least left less limit log logged long low lower made major mail mark measured medium meeting met min minutes
    missing model month monthly months more most neither never new next no none nor normal not note noted notes nothing notice now
    nps of off on once one only onto open opened opens or other others out over overdue owner owners passed past pending per
    permitted plan planned plays points position prior priority promise promised promises quarter question questions queue
    reached read real recovered red rejected relationship renew renewal renewals renews reopened return returned returns review rise
    risk risks role rose run score seat seats seen segment sent set severe share short show shown signal since sleeps snoozed
    so some sponsor stage stake stale started state stays step steps still survey tell tells than that the their them then there they
    thing this ticket tickets till time times to today told tomorrow too took touch touchpoint touchpoints turned under unknown
    until up urgent usage use used user users value values verdict waits wake was waste week weekly weeks went were what when
    which while who whole why will with within without woke work worse year years yes yesterday yet
    mon tue wed thu fri sat sun team monday tuesday wednesday thursday friday saturday sunday
    jan feb mar apr may jun jul aug sep oct nov dec
    d h s low medium high critical standup support onboarding success
";

/// The words of a text or a template, lower case: what a template puts in is none of them.
pub fn own_words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (at, part) in text.split('{').enumerate() {
        // Behind an opening brace stands what is put in, up to the last closing one.
        let own = match part.rfind('}') {
            Some(end) => &part[end + 1..],
            None if at == 0 => part,
            None => "",
        };
        let split = own.split(|letter: char| !letter.is_alphanumeric());
        let letters = split.filter(|word| word.chars().any(char::is_alphabetic));
        words.extend(letters.map(str::to_lowercase));
    }
    words
}
