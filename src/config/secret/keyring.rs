//! A token from the kernel's keyring: the session's first, then the user's.

use super::SecretError;

/// Reads the key of type `user` with this description (`keyctl add user retain:PROFILE TOKEN @u`).
#[cfg(target_os = "linux")]
pub fn read(key: &str) -> Result<Vec<u8>, SecretError> {
    use linux_keyutils::{KeyError, KeyRing, KeyRingIdentifier};

    let find = |ring: KeyRingIdentifier| -> Result<Vec<u8>, KeyError> {
        KeyRing::from_special_id(ring, false)?.search(key)?.read_to_vec()
    };
    find(KeyRingIdentifier::Session)
        .or_else(|_| find(KeyRingIdentifier::User))
        .map_err(|error| SecretError::Keyring {
            key: key.to_owned(),
            reason: error.to_string(),
        })
}

/// There is no such keyring on this system.
#[cfg(not(target_os = "linux"))]
pub fn read(key: &str) -> Result<Vec<u8>, SecretError> {
    Err(SecretError::Keyring {
        key: key.to_owned(),
        reason: "this system has no kernel keyring".to_owned(),
    })
}
