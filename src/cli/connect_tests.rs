use super::*;

#[test]
fn a_mapping_that_is_kept_is_not_told_as_written() {
    let words = |files: &[&str], kept: Option<&str>| {
        let files = files.iter().map(PathBuf::from).collect();
        let kept = kept.map(PathBuf::from);
        Written { files, kept }.words()
    };
    assert_eq!(
        words(&["retain.toml", "mapping.toml"], None),
        "Written: retain.toml, mapping.toml."
    );
    assert_eq!(
        words(&["retain.toml", "mapping.proposed.toml"], Some("mapping.toml")),
        "Written: retain.toml, mapping.proposed.toml.\n\
         Kept as it was, and in force: mapping.toml; what was proposed lies beside it."
    );
    assert_eq!(
        words(&["retain.toml"], Some("mapping.toml")),
        "Written: retain.toml.\nKept as it was: mapping.toml; it says what was proposed."
    );
}
