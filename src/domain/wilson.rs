//! The interval in which a share lies, given how often something happened in so many cases.

/// 95 % of a normal distribution lie within so many deviations.
const Z: f64 = 1.959_963_984_540_054;
/// Of fewer cases than this nothing is said.
pub const FEWEST: u32 = 10;

/// Wilson's 95 % interval of a share in percent, rounded half to even; `None` where there are too few cases.
pub fn interval(hits: u32, of: u32) -> Option<(u8, u8)> {
    if of < FEWEST || hits > of {
        return None;
    }
    let (n, p) = (f64::from(of), f64::from(hits) / f64::from(of));
    let middle = p + Z * Z / (2.0 * n);
    let spread = Z * (p * (1.0 - p) / n + Z * Z / (4.0 * n * n)).sqrt();
    let scale = 100.0 / (1.0 + Z * Z / n);
    let percent = |end: f64| (end * scale).round_ties_even().clamp(0.0, 100.0) as u8;
    Some((percent(middle - spread), percent(middle + spread)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_narrows_with_cases_and_never_leaves_the_scale() {
        assert_eq!(interval(9, 9), None, "too few");
        assert_eq!(interval(5, 10), Some((24, 76)));
        assert_eq!(interval(50, 100), Some((40, 60)));
        assert_eq!(interval(0, 20), Some((0, 16)));
        assert_eq!(interval(20, 20), Some((84, 100)));
        assert_eq!(interval(11, 10), None);
    }
}
