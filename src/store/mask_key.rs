//! The secret of which pseudonyms are made: one for each installation, and nobody else's to read.

use std::fs;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::io::{self, Read, Write};
use std::path::Path;

use super::error::StoreError;
use super::files;

/// Its file.
const NAME: &str = "redaction.key";
/// So many bytes.
const LENGTH: usize = 32;

/// The secret that is kept in this directory; made where there is none yet.
pub fn read(directory: &Path) -> Result<[u8; LENGTH], StoreError> {
    let path = directory.join(NAME);
    let fail = |error| StoreError::io(&path, error);
    if let Some(key) = kept(&path).map_err(fail)? {
        return Ok(key);
    }
    files::private_dir(directory)?;
    let key = random().map_err(fail)?;
    match files::create_new(&path) {
        Ok(mut file) => file
            .write_all(&key)
            .and_then(|()| file.sync_all())
            .map(|()| key)
            .map_err(fail),
        // Another program was faster: it may still be writing.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            kept(&path).map_err(fail)?.ok_or_else(|| fail(error))
        }
        Err(error) => Err(fail(error)),
    }
}

/// The secret in a file; `None` where there is no file. One that others may read, or that is cut, is refused.
fn kept(path: &Path) -> io::Result<Option<[u8; LENGTH]>> {
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    if let Some(why) = files::exposure(path) {
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, why));
    }
    let key = bytes.try_into();
    key.map(Some)
        .map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "it is not whole"))
}

fn random() -> io::Result<[u8; LENGTH]> {
    let mut key = [0; LENGTH];
    fs::File::open("/dev/urandom")?.read_exact(&mut key)?;
    Ok(key)
}

/// One that lasts as long as the program, where none can be kept.
pub fn passing() -> [u8; LENGTH] {
    random().unwrap_or_else(|_| {
        let mut key = [0; LENGTH];
        for bytes in key.chunks_mut(8) {
            // The standard library's hasher is keyed by the system, for each value of `RandomState` anew.
            let number = RandomState::new().build_hasher().finish();
            bytes.copy_from_slice(&number.to_le_bytes()[..bytes.len()]);
        }
        key
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn it_is_made_once_stays_and_is_private() {
        let home = tempfile::tempdir().unwrap();
        let directory = home.path().join("state");
        let key = read(&directory).unwrap();
        assert_eq!(read(&directory).unwrap(), key);
        let other = read(&home.path().join("other")).unwrap();
        assert_ne!(other, key, "each installation has its own");
        let path = directory.join(NAME);
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        assert!(read(&directory).is_err(), "others may have read it");
    }
}
