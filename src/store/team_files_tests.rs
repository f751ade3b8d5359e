use std::os::unix::fs::symlink;

use jiff::Timestamp;
use serde_json::json;

use super::*;
use crate::domain::team_journal::look;

const TENANT: &str = "crm-7";

fn now() -> Timestamp {
    "2026-11-23T08:50:00Z".parse().unwrap()
}

fn line(n: i64) -> Line {
    Line {
        n,
        clock: n,
        author: "dana".to_owned(),
        kind: "warning-closed".to_owned(),
        account: Some("9".to_owned()),
        effective: now(),
        recorded: now(),
        payload: json!({}),
    }
}

/// Lines behind a number, up to this one.
fn up_to(most: i64) -> impl Fn(i64) -> Result<Vec<Line>, StoreError> {
    move |after| Ok((after + 1..=most).map(line).collect())
}

/// A folder that a team shares, with this mode, and the file of a ledger in it.
fn shared(mode: u32) -> (tempfile::TempDir, OwnFile) {
    let home = tempfile::tempdir().unwrap();
    fs::set_permissions(home.path(), Permissions::from_mode(mode)).unwrap();
    let folder = folder(home.path(), "crm", "7");
    let own = OwnFile::new(&folder, TENANT, "WRITER", "dana@alder.example");
    (home, own)
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().mode() & 0o7777
}

/// The numbers of the events that a reader finds, and how many faults.
fn found(own: &OwnFile) -> (Vec<i64>, usize) {
    let name = own.path().file_name().unwrap().to_str().unwrap();
    let bytes = read(own.path().parent().unwrap(), name).unwrap();
    let look = look(&bytes, None, TENANT, now());
    let numbers = look.lines.iter().map(|line| line.n).collect();
    (numbers, look.mark.faults.len())
}

#[test]
fn a_group_may_read_the_file_and_its_folder_is_as_the_one_that_the_team_shares() {
    for (given, expected) in [(0o2770, 0o2770), (0o3777, 0o3770), (0o750, 0o750), (0o700, 0o700)] {
        let (home, own) = shared(given);
        assert_eq!(own.append(up_to(0)).unwrap(), 0);
        assert!(
            !own.path().parent().unwrap().exists(),
            "nothing is to be said yet"
        );
        assert_eq!(own.append(up_to(2)).unwrap(), 2);
        let folder = own.path().parent().unwrap();
        assert_eq!((mode(folder), mode(own.path())), (expected, 0o640), "{given:o}");
        assert_eq!((exposure(folder), exposure(own.path())), (None, None));
        assert_eq!(exposure(home.path()).is_some(), given == 0o3777);
        let name = own.path().file_name().unwrap().to_str().unwrap();
        assert!(
            name.starts_with("dana@alder.example@") && name.ends_with("-WRITER.jsonl"),
            "{name}"
        );
    }
}

#[test]
fn what_is_there_already_is_not_written_again() {
    let (_home, own) = shared(0o700);
    own.append(up_to(2)).unwrap();
    let before = fs::read(own.path()).unwrap();
    assert_eq!(own.append(up_to(2)).unwrap(), 0);
    assert_eq!(own.append(up_to(4)).unwrap(), 2);
    let after = fs::read(own.path()).unwrap();
    assert!(after.starts_with(&before), "it is only appended to");
    assert_eq!(found(&own), (vec![1, 2, 3, 4], 0));
    fs::remove_file(own.path()).unwrap();
    own.append(up_to(4)).unwrap();
    assert_eq!(
        found(&own),
        (vec![1, 2, 3, 4], 0),
        "all of it, where it was removed"
    );
}

#[test]
fn a_torn_line_is_ended_and_said_again() {
    let (_home, own) = shared(0o700);
    own.append(up_to(3)).unwrap();
    let whole = fs::read(own.path()).unwrap();
    let header = whole.iter().position(|byte| *byte == b'\n').unwrap();
    for cut in [1, 40, whole.len() - header + 3, whole.len()] {
        fs::write(own.path(), &whole[..whole.len() - cut]).unwrap();
        own.append(up_to(4)).unwrap();
        let (numbers, faults) = found(&own);
        assert_eq!(numbers, [1, 2, 3, 4], "without the last {cut} bytes");
        assert_eq!(faults, usize::from(cut == 40), "without the last {cut} bytes");
    }
}

#[test]
fn links_and_what_is_no_file_and_the_file_of_another_ledger_are_left_alone() {
    let (_home, own) = shared(0o700);
    let folder = own.path().parent().unwrap();
    fs::create_dir(folder).unwrap();
    let elsewhere = folder.join("elsewhere");
    fs::write(&elsewhere, "mine").unwrap();
    symlink(&elsewhere, own.path()).unwrap();
    own.append(up_to(1)).unwrap_err();
    assert_eq!(fs::read(&elsewhere).unwrap(), b"mine");
    read(folder, own.path().file_name().unwrap().to_str().unwrap()).unwrap_err();
    fs::remove_file(own.path()).unwrap();
    fs::create_dir(own.path()).unwrap();
    own.append(up_to(1)).unwrap_err();
    fs::remove_dir(own.path()).unwrap();
    let another = Header::new(TENANT, "ANOTHER", "dana", "box").written();
    fs::write(own.path(), &another).unwrap();
    let refused = own.append(up_to(1)).unwrap_err();
    assert!(refused.to_string().contains("another ledger"), "{refused}");
    assert_eq!(fs::read_to_string(own.path()).unwrap(), another);
}

#[test]
fn what_was_erased_goes_from_the_file_and_what_is_damaged_is_mended() {
    let (_home, own) = shared(0o2750);
    let lines: Vec<Line> = (1..4).map(line).collect();
    assert!(!own.keep_to(&lines).unwrap(), "there is nothing yet");
    let mut with_name = lines.clone();
    with_name[1].payload = json!({ "why": "Ana Sol is leaving" });
    own.append(|after| Ok(with_name.iter().filter(|line| line.n > after).cloned().collect()))
        .unwrap();
    assert!(!own.keep_to(&with_name).unwrap());
    assert!(own.keep_to(&lines).unwrap());
    assert!(!fs::read_to_string(own.path()).unwrap().contains("Ana Sol"));
    assert_eq!((found(&own), mode(own.path())), ((vec![1, 2, 3], 0), 0o640));
    let whole = fs::read_to_string(own.path()).unwrap();
    fs::write(own.path(), whole.replacen("\"n\":2", "\"n\":5", 1)).unwrap();
    assert!(own.keep_to(&lines).unwrap());
    assert_eq!(fs::read_to_string(own.path()).unwrap(), whole);
    assert_eq!(own.append(up_to(4)).unwrap(), 1);
    assert_eq!(fs::read_dir(own.path().parent().unwrap()).unwrap().count(), 1);
}
