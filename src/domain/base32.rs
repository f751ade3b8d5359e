//! Numbers as letters that people can read aloud and tell apart.

/// Letters as Crockford has them: none is taken for another.
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// The lowest bits of a number, five to each of so many letters (at most twelve).
pub fn letters(number: u64, length: u32) -> String {
    (0..length.min(12))
        .map(|place| char::from(LETTERS[(number >> (5 * place)) as usize % LETTERS.len()]))
        .collect()
}

/// Letters that follow from texts: the same for the same ones, hardly ever for others (FNV-1a).
pub fn of_texts(texts: &[&str], length: u32) -> String {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for byte in texts.iter().flat_map(|text| text.bytes().chain([0xff])) {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    }
    letters(hash ^ (hash >> 32), length)
}
