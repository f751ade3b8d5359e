//! What customers ask in their open tickets: in their own words, in four languages, for whichever desk.

use Language::{Chinese, Dutch, English, German};

/// The languages in which customers of a region write; in English elsewhere.
const LANGUAGES: [(&str, &[Language]); 2] =
    [("EMEA", &[English, Dutch, German]), ("APAC", &[English, Chinese])];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Language {
    English,
    Dutch,
    German,
    Chinese,
}

/// A question: language, subject, text.
type Asked = (Language, &'static str, &'static str);

/// Something of the working day: an invoice, a wish, a question how.
pub(super) const ORDINARY: &str = "ordinary";
/// Something that can wait.
pub(super) const SMALL: &str = "small";
/// Four things that go wrong in the same days.
pub(super) const EXPORT: &str = "export";
pub(super) const TWICE: &str = "twice";
pub(super) const NUMBERS: &str = "numbers";
pub(super) const INVITE: &str = "invite";
/// Urgent, and long without an answer: each of them is a complaint.
pub(super) const UNANSWERED: &str = "unanswered";

/// What is asked of each topic.
const TOPICS: [(&str, &[Asked]); 7] = [
    (
        ORDINARY,
        &[
            (
                English,
                "Invoice differs from the order",
                "The invoice of this month lists 40 seats; we ordered 36. Who looks into that?",
            ),
            (
                English,
                "Approval by two people",
                "It would be great if orders above 5,000 needed the approval of two of us. Is that planned?",
            ),
            (
                English,
                "How do we archive last year's projects?",
                "They fill the list, but their reports have to stay.",
            ),
            (
                English,
                "Nightly export to our data warehouse",
                "Do you support that, or does somebody have to start it by hand?",
            ),
            (
                English,
                "Second administrator for the office in Leeds",
                "A new colleague starts on Monday and needs the same permissions as I have.",
            ),
            (
                English,
                "Where does our data lie?",
                "Our lawyers ask in which country, and whether it can be moved to Frankfurt.",
            ),
            (
                Dutch,
                "Factuur klopt niet met de bestelling",
                "Op de factuur van deze maand staan 40 plaatsen, wij bestelden er 36. Wie kijkt daarnaar?",
            ),
            (
                Dutch,
                "Nieuwe collega in de planning",
                "Zij begint maandag. Waar kan ik haar toevoegen?",
            ),
            (
                Dutch,
                "Meldingen per afdeling",
                "Het zou handig zijn als elke afdeling alleen de eigen meldingen krijgt.",
            ),
            (
                Dutch,
                "Voorraad uit ons magazijnsysteem",
                "Is er een koppeling met zo'n systeem, of moeten wij bestanden uitwisselen?",
            ),
            (
                German,
                "Rechnung weicht von der Bestellung ab",
                "Auf der Rechnung stehen 40 Plätze, bestellt haben wir 36. Wer prüft das?",
            ),
            (
                German,
                "Konto für den Einkauf",
                "Ab Montag haben wir einen neuen Kollegen. Wie lege ich sein Konto an?",
            ),
            (
                German,
                "Daten aus der Warenwirtschaft",
                "Gibt es eine Schnittstelle zu solchen Systemen?",
            ),
            (
                German,
                "Berichte nach Kostenstelle",
                "Wir würden uns wünschen, dass man Berichte so gruppieren kann.",
            ),
            (
                Chinese,
                "发票与订单不符",
                "本月发票是40个席位，我们订的是36个。请核对。",
            ),
            (Chinese, "下周一有新同事入职", "请问如何给他们开通账号？谢谢。"),
            (Chinese, "中文报表模板", "希望能支持按部门分组的中文模板。"),
        ],
    ),
    (
        SMALL,
        &[
            (
                English,
                "Import stops at row 10,000",
                "The file has 14,200 rows. There is no error message.",
            ),
            (
                English,
                "Reports show the month first",
                "Where can we change how dates are written?",
            ),
            (
                English,
                "Colours of the board",
                "Two of us cannot tell red from green. Would you consider signs beside the colours?",
            ),
            (
                English,
                "We have another name",
                "Since 1 October. Please change it in the contract and on the invoices.",
            ),
            (
                Dutch,
                "Maand staat vooraan in rapporten",
                "Waar kan ik instellen hoe een datum geschreven wordt?",
            ),
            (
                Dutch,
                "Donkere weergave",
                "In het magazijn is het 's nachts donker. Dat zou fijn zijn.",
            ),
            (
                German,
                "Import bricht bei Zeile 10.000 ab",
                "Die Datei hat 14.200 Zeilen. Eine Fehlermeldung kommt nicht.",
            ),
            (
                German,
                "Neue Anschrift",
                "Wir sind umgezogen. Bitte ändern Sie das im Vertrag.",
            ),
            (
                Chinese,
                "导入到一万行就停",
                "文件有一万四千行，之后没反应，也没有提示。",
            ),
        ],
    ),
    (
        EXPORT,
        &[
            (
                English,
                "Export stops half-way",
                "At 60 %, each time. Nothing is written to the file.",
            ),
            (
                Dutch,
                "Export blijft halverwege hangen",
                "Bij 60 % loopt hij vast, elke keer.",
            ),
            (
                German,
                "Export bleibt auf halbem Weg stehen",
                "Bei 60 % geht nichts mehr, es kommt eine leere Seite.",
            ),
            (Chinese, "导出到一半就停", "每次到60%就没反应了。"),
        ],
    ),
    (
        TWICE,
        &[
            (
                English,
                "Mails arrive twice",
                "Every reminder, since Monday. Is that a bug? Our customers ask whether they have to pay twice.",
            ),
            (
                Dutch,
                "E-mails komen dubbel aan",
                "Elke herinnering, sinds maandag. Klanten vragen of zij dubbel moeten betalen.",
            ),
            (
                German,
                "Mails kommen doppelt an",
                "Jede Erinnerung, seit Montag. Ist das ein Fehler? Unsere Kunden fragen nach.",
            ),
            (Chinese, "邮件收到两次", "从周一开始，每封提醒都收到两次。"),
        ],
    ),
    (
        NUMBERS,
        &[
            (
                English,
                "Numbers differ from last month's report",
                "The report says 1,204 orders, the board 1,187. Is that a bug, or do we read it wrongly?",
            ),
            (
                Dutch,
                "Cijfers wijken af van het rapport",
                "In het rapport staan 1.204 orders, op het bord 1.187. Welk getal telt?",
            ),
            (
                German,
                "Zahlen weichen vom Bericht ab",
                "Im Bericht stehen 1.204 Aufträge, auf der Tafel 1.187. Wo liegt der Fehler?",
            ),
            (
                Chinese,
                "数字和上月报表不一致",
                "报表是1204单，看板是1187单。是不是系统出错了？",
            ),
        ],
    ),
    (
        INVITE,
        &[
            (
                English,
                "New users cannot be invited",
                "The invitation never arrives; the spam folder is empty.",
            ),
            (
                Dutch,
                "Nieuwe gebruikers uitnodigen lukt niet",
                "De uitnodiging komt niet aan, ook niet bij de ongewenste post.",
            ),
            (
                German,
                "Einladung kommt nicht an",
                "Zwei neue Benutzer warten seit gestern darauf.",
            ),
            (Chinese, "邀请不了新用户", "邀请邮件一直收不到，垃圾箱里也没有。"),
        ],
    ),
    (
        UNANSWERED,
        &[
            (
                English,
                "Nobody can log in from the branch office",
                "For the third time this month. This is unacceptable.",
            ),
            (
                English,
                "Nine days without a word",
                "We reported it as urgent, and there is still no answer. We pay for one within a day.",
            ),
            (
                Dutch,
                "Al negen dagen niets gehoord",
                "Wij meldden het als dringend en hebben nog steeds geen antwoord. Zo gaat het niet langer.",
            ),
            (
                German,
                "Seit neun Tagen kein Wort",
                "Als dringend gemeldet, und keine Rückmeldung. Das ist nicht hinnehmbar.",
            ),
            (
                Chinese,
                "九天没有答复",
                "我们报的是紧急问题，一直没有回复。这无法接受。",
            ),
        ],
    ),
];

/// Subject and text of what a customer asks, the same for the same customer: in a language of its region where it is one of
/// the topics; else it is a subject by itself, without a text here.
pub(super) fn asked(topic: &'static str, region: &str, company: u64) -> (&'static str, Option<&'static str>) {
    let Some((_, all)) = TOPICS.iter().find(|(name, _)| *name == topic) else {
        return (topic, None);
    };
    let spoken = LANGUAGES.iter().find(|(here, _)| *here == region);
    let spoken = spoken.map_or(&[English][..], |(_, languages)| languages);
    let fits: Vec<&Asked> = all
        .iter()
        .filter(|(language, ..)| spoken.contains(language))
        .collect();
    let place = super::mix(company) as usize % fits.len().max(1);
    fits.get(place)
        .map_or((topic, None), |(_, subject, text)| (subject, Some(text)))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::{ObjectType, fill};
    use super::*;
    use crate::demo::DemoOptions;
    use crate::domain::routing::{Desk, Proposal, Router, Routing, question};

    fn rules() -> Routing {
        toml::from_str(include_str!("../../../config/routing.toml")).unwrap()
    }

    #[test]
    fn the_open_tickets_are_for_each_desk_and_for_a_person_in_a_believable_mixture() {
        let portal = fill(&DemoOptions::new("2026-11-23T08:50:00Z".parse().unwrap()));
        let (rules, mut counts, mut all) = (rules(), [0_u32; 3], 0_u32);
        let router = Router::new(&rules);
        for id in portal.ids(ObjectType::Tickets) {
            let says = |name| portal.value(ObjectType::Tickets, id, name).unwrap_or_default();
            if says("hs_is_closed") == "true" {
                continue;
            }
            let verdict = router.read(&question(&says("subject"), &says("content")));
            let place = match verdict.proposal() {
                Proposal::Desk(Desk::Support) => 0,
                Proposal::Desk(Desk::Csm) => 1,
                Proposal::Person(_) => 2,
            };
            counts[place] += 1;
            all += 1;
        }
        assert!(all > 300, "{counts:?}");
        for (count, [least, most]) in counts.into_iter().zip([[35, 60], [20, 40], [15, 30]]) {
            let percent = count * 100 / all;
            assert!(
                (least..=most).contains(&percent),
                "support, CSM, a person: {counts:?}"
            );
        }
    }

    #[test]
    fn what_nobody_answered_is_a_complaint_in_each_language_and_nothing_else_is() {
        let rules = rules();
        let router = Router::new(&rules);
        for (topic, all) in TOPICS {
            for (_, subject, text) in all {
                let verdict = router.read(&question(subject, text));
                assert_eq!(!verdict.raises().is_empty(), topic == UNANSWERED, "{subject}");
            }
            for language in [English, Dutch, German, Chinese] {
                assert!(all.iter().any(|(spoken, ..)| *spoken == language), "{topic}");
            }
        }
    }
}
