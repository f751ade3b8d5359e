#![allow(clippy::unwrap_used)]

use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

use rustix::fs::FileType;

use super::file::objection;
use super::*;

const CANARY: &str = "pat-eu1-canary-7f3a";

fn shell(script: &str) -> TokenSource {
    TokenSource::Command(vec!["sh".into(), "-c".into(), script.into()])
}

fn private_file(content: &[u8], mode: u32) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("token");
    std::fs::write(&path, content).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
    (folder, path)
}

#[test]
fn exactly_one_source_is_configured() {
    let both = TokenSettings {
        token_file: Some("/t".into()),
        token_env: Some("T".into()),
        ..TokenSettings::default()
    };
    let error = TokenSource::configured(&both, "p").unwrap_err().to_string();
    assert!(error.contains("token_file, token_env"), "{error}");
    let none = TokenSource::configured(&TokenSettings::default(), "p");
    assert!(matches!(none, Err(SecretError::NoSource)));
    let ring = TokenSettings {
        keyring: Some(true),
        ..TokenSettings::default()
    };
    let source = TokenSource::configured(&ring, "north").unwrap();
    assert_eq!(source, TokenSource::Keyring("retain:north".into()));
}

#[test]
fn a_command_gives_its_output_without_the_line_end() {
    let secret = shell(&format!("echo {CANARY}")).read(&[]).unwrap();
    assert_eq!(secret.expose(), CANARY);
    assert_eq!(format!("{secret:?}"), "…");
}

#[test]
fn arguments_never_meet_a_shell() {
    let source = TokenSource::Command(vec!["echo".into(), "$(id);x".into()]);
    assert_eq!(source.read(&[]).unwrap().expose(), "$(id);x");
}

#[test]
fn a_command_has_no_stdin_and_its_own_group() {
    let source = shell("read line || true; [ \"$(ps -o pgid= -p $$ | tr -d ' ')\" = $$ ] && echo own$line");
    assert_eq!(source.read(&[]).unwrap().expose(), "own");
}

#[test]
fn a_failing_command_names_itself_and_keeps_the_token_back() {
    let error = shell(&format!("echo {CANARY}; exit 3")).read(&[]).unwrap_err();
    let text = format!("{error} {error:?}");
    assert!(text.contains("`sh`") && text.contains('3'), "{text}");
    assert!(!text.contains(CANARY));
    let missing = TokenSource::Command(vec!["/no/such/program".into()]).read(&[]);
    assert!(missing.unwrap_err().to_string().contains("cannot be started"));
}

#[test]
fn a_command_that_does_not_end_is_ended_with_its_children() {
    let words = ["sh", "-c", "sleep 600 & sleep 600"].map(str::to_owned);
    let error = command::run(&words, &[], Duration::from_millis(50)).unwrap_err();
    assert!(error.to_string().contains("did not end"), "{error}");
}

#[test]
fn a_command_that_is_asked_late_has_only_what_is_left_of_the_time() {
    let asked = |until| shell(&format!("sleep 0.5; echo {CANARY}")).asker(Vec::new(), until)();
    assert_eq!(asked(None).unwrap(), CANARY);
    let late = asked(Some(Instant::now())).unwrap_err();
    assert!(late.contains("did not end within 0 s"), "{late}");
}

#[test]
fn a_command_that_prints_without_end_is_cut_off() {
    let error = command::run(&["yes".to_owned()], &[], Duration::from_secs(10)).unwrap_err();
    assert!(matches!(error, SecretError::TooLong));
}

#[test]
fn a_file_is_read_when_only_its_owner_can() {
    let (_folder, path) = private_file(format!("{CANARY}\n").as_bytes(), 0o600);
    assert_eq!(TokenSource::File(path).read(&[]).unwrap().expose(), CANARY);
}

#[test]
fn a_file_that_others_can_read_is_refused() {
    for mode in [0o640, 0o604, 0o620, 0o666] {
        let (_folder, path) = private_file(CANARY.as_bytes(), mode);
        let error = TokenSource::File(path).read(&[]).unwrap_err().to_string();
        assert!(error.contains("chmod 600") && !error.contains(CANARY), "{error}");
    }
}

#[test]
fn a_file_of_another_user_and_a_link_are_refused() {
    let regular = FileType::RegularFile;
    assert!(objection(regular, 0o100_600, 1001, 1000).is_some());
    assert_eq!(objection(regular, 0o100_600, 0, 1000), None);
    assert!(objection(FileType::Fifo, 0o010_600, 1000, 1000).is_some());
    let (folder, path) = private_file(CANARY.as_bytes(), 0o600);
    let link = folder.path().join("link");
    std::os::unix::fs::symlink(path, &link).unwrap();
    let error = TokenSource::File(link).read(&[]).unwrap_err().to_string();
    assert!(error.contains("symbolic link"), "{error}");
}

#[test]
fn what_is_no_token_is_refused_without_quoting_it() {
    for raw in [
        format!("{CANARY} x"),
        format!("{CANARY}\nsecond"),
        format!("{CANARY}\u{1b}[0m"),
        String::new(),
        CANARY.repeat(1000),
    ] {
        let error = Secret::parse(raw.as_bytes()).unwrap_err();
        assert!(!format!("{error}{error:?}").contains(CANARY));
    }
}

#[test]
fn a_missing_key_and_a_missing_variable_are_named() {
    let error = TokenSource::Keyring("retain:no-such-profile".into())
        .read(&[])
        .unwrap_err();
    assert!(error.to_string().contains("retain:no-such-profile"));
    let source = TokenSource::Environment("RETAIN_TEST_NO_SUCH_TOKEN".into());
    assert!(
        source
            .read(&[])
            .unwrap_err()
            .to_string()
            .contains("RETAIN_TEST_NO_SUCH_TOKEN")
    );
    assert!(source.warning().is_some());
}

#[test]
fn a_command_inherits_no_variable_that_holds_a_token() {
    let says = shell("echo ${CARGO_MANIFEST_DIR:-nothing}");
    assert_ne!(says.read(&[]).unwrap().expose(), "nothing", "the control");
    let secrets = ["ANOTHER".to_owned(), "CARGO_MANIFEST_DIR".to_owned()];
    assert_eq!(says.read(&secrets).unwrap().expose(), "nothing");
}
