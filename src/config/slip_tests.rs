use std::sync::Arc;

use super::super::tree::{Layer, Node, Source};

/// What is said of a text: `line:column message (hint)`, one line each.
fn told(text: &str) -> Vec<String> {
    let source = Arc::new(Source::new(Layer::User, "f", text));
    let mut diagnostics = Vec::new();
    Node::parse(&source, &mut diagnostics);
    diagnostics.iter().map(ToString::to_string).collect()
}

fn check(text: &str, expected: &str) {
    assert_eq!(told(text), [expected], "{text}");
}

#[test]
fn slips_of_quotes_are_told() {
    check(
        "[sync]\nevery = 5m\n",
        "f:2:9: `5m` is neither a number nor a text in quotes (write \"5m\" if it is a text)",
    );
    check(
        "[sync]\nevery = \"5m\nusers = 3\n",
        "f:2:12: the quote of this text is not closed (end it with \" on the same line)",
    );
    check(
        "[sync]\nevery = '5m\n",
        "f:2:12: the quote of this text is not closed (end it with ' on the same line)",
    );
    check(
        "[sync]\nevery = 5m\"\n",
        "f:2:9: the quote at the beginning of this text is missing (write \"5m\")",
    );
    check(
        "[a]\nx = “abc”\n",
        "f:2:5: these quotes are not straight (write \"abc\")",
    );
    check(
        "[a]\nwhen = \"metric(\"x\") < 3\"\n",
        "f:2:17: a quote within the text ends it here (within double quotes write single ones: \"metric('seats') < 3\")",
    );
    check(
        "[a]\nre = \"\\d+\"\n",
        "f:2:8: `\\d` means nothing in a text (write \\\\ for a backslash, or put the text between single quotes: '…')",
    );
    check(
        "[a]\nx = \"\"\"abc\ny = 1\n",
        "f:2:5: this text of several lines is not closed (end it with the same three quotes)",
    );
}

#[test]
fn slips_of_keys_and_signs_are_told() {
    check(
        "[sync]\nusers 20\n",
        "f:2:7: `=` is missing after `users` (write `users = 20`)",
    );
    check(
        "[sync]\nusers: 20\n",
        "f:2:6: `:` stands where `=` belongs (write `users = 20`)",
    );
    check(
        "[sync]\nusers : 20\n",
        "f:2:7: `:` stands where `=` belongs (write `users = 20`)",
    );
    check(
        "[sync]\nusers =\nevery = \"5m\"\n",
        "f:2:8: `users` has no value (a value is a text in quotes, a number, true or false, or a list in [ ])",
    );
    check(
        "[sync]\nusers == 20\n",
        "f:2:8: there is one `=` too many (write `key = value`)",
    );
    check(
        "[sync]\nusers = 20\nusers = 30\n",
        "f:3:1: `users` is set twice (take one of the two out; the other one is in line 2)",
    );
    check(
        "a b = 3\n",
        "f:1:3: `a b` is no key (a key has no spaces, or stands in quotes)",
    );
    check(
        "ä = 3\n",
        "f:1:1: `ä` is no key (a key is letters a to z, digits, - and _; any other stands in quotes)",
    );
    check(
        "; a note\n[a]\n",
        "f:1:1: this is no comment (a comment begins with #)",
    );
    check(
        "// a note\n[a]\n",
        "f:1:1: this is no comment (a comment begins with #)",
    );
    check(
        "<<<<<<< HEAD\n[a]\n",
        "f:1:1: this is the mark of an unfinished merge (choose one side and take the marks out)",
    );
    check(
        "[sync]\nusers = 20 every = \"5m\"\n",
        "f:2:9: `20 every` is neither a number nor a text in quotes (write \"20 every\" if it is a text)",
    );
}

#[test]
fn slips_of_brackets_are_told_once() {
    check(
        "[sync\nusers = 20\n",
        "f:1:6: the bracket of this section is not closed (write `[sync]`)",
    );
    check(
        "[[signals]\nid = 1\n",
        "f:1:11: the bracket of this section is not closed (write `[[signals]]`)",
    );
    check(
        "[sync]]\nusers = 2\n",
        "f:1:7: this line goes on after the name of its section (write `[sync]`, or `[[sync]]` for one of a list; \
         what follows on the next line)",
    );
    check(
        "[sync]\nusers = 20\n[sync]\nevery = \"1m\"\n",
        "f:3:1: the section `[sync]` stands twice (put its lines under the one in line 1)",
    );
    let open = "f:2:8: the bracket of this list is not closed (end the list with ])";
    check("[a]\nlist = [\"a\", \"b\"\nusers = 3\n", open);
    check("[a]\nlist = [\n  \"a\",\n  \"b\"\n", open);
    check(
        "[a]\nlist = [\"a\" \"b\"]\n",
        "f:2:13: a comma is missing in this list (write [\"a\", \"b\"])",
    );
    check(
        "[a]\nlist = (\"a\")\n",
        "f:2:8: `(\"a\")` is no value (a list stands in [ ])",
    );
    check(
        "[a]\nb = { x = 1, y = 2\nc = 3\n",
        "f:2:5: this brace is not closed (end it with } on the same line)",
    );
}

#[test]
fn slips_of_numbers_days_and_words_are_told() {
    let day = "a day is written 2026-11-23, a moment 2026-11-23T08:50:00Z";
    for wrong in [
        "2026-13-01",
        "2026-1-123",
        "23.11.2026",
        "2026/11/23",
        "2026-02-30",
        "2026-11-23 8:50",
    ] {
        let told = told(&format!("[a]\nfrom = {wrong}\n"));
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(
            told[0].contains(&format!("`{wrong}` is no date ({day})")),
            "{told:?}"
        );
    }
    check("[a]\nn = 1,000\n", "f:2:6: a number has no commas (write 1000)");
    check(
        "[a]\nn = 007\n",
        "f:2:5: `007` is no number (a number is digits, with a point for decimals: 7, 0.5, 1000)",
    );
    check(
        "[a]\nn = .5\n",
        "f:2:5: `.5` is no number (a number is digits, with a point for decimals: 7, 0.5, 1000)",
    );
    check(
        "[a]\nn = 50%\n",
        "f:2:5: `50%` is neither a number nor a text in quotes (write \"50%\" if it is a text)",
    );
    check("[a]\nyes = True\n", "f:2:7: `True` is no value (write true)");
    check("[a]\nyes = no\n", "f:2:7: `no` is no value (write false)");
}

#[test]
fn tabs_and_spaces_before_a_key_are_no_slip() {
    assert_eq!(told("\tusers\t=\t20\n  [a]  \n"), [""; 0]);
}

#[test]
fn two_slips_in_two_sections_are_both_told() {
    let told = told("[a]\nx = 5m\n[b]\ny\n");
    assert_eq!(told.len(), 2, "{told:?}");
}

proptest::proptest! {
    #[test]
    fn whatever_the_text_is_it_is_told_in_our_words(text in "([a-z=\"'\\[\\]{}#,.:0-9 \n\\\\é-]|\\PC){0,40}") {
        for told in told(&text) {
            proptest::prop_assert!(!told.contains("expected"), "{}", told);
        }
    }
}
