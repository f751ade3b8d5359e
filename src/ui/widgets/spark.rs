//! Eight scores as eight bars.

/// Bars from low to high; the full block is left out, because it would touch the row above.
const BARS: [char; 7] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇'];

/// Scores as bars, `·` where one is unknown (255).
pub fn spark(scores: [u8; 8]) -> String {
    scores
        .iter()
        .map(|score| match usize::from(*score) {
            known @ ..=100 => BARS[(known * (BARS.len() - 1) + 50) / 100],
            _ => '·',
        })
        .collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_unknown_is_a_dot_and_never_a_low_bar() {
        assert_eq!(super::spark([0, 10, 30, 50, 70, 90, 100, 255]), "▁▂▃▄▅▆▇·");
    }
}
