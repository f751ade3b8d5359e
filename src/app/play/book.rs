//! Twelve accounts for tests.

use jiff::civil::date;

use super::today;
use crate::domain::record::RecordId;
use crate::domain::summary::{Band, Summary};

/// An account in one line.
pub fn summary(id: u32, name: &str, arr: i64, score: Option<u8>, delta: Option<i16>, notice: i32) -> Summary {
    let band = match score {
        None => Band::Unknown,
        Some(..50) => Band::Red,
        Some(..70) => Band::Amber,
        Some(_) => Band::Green,
    };
    let trend = std::array::from_fn(|at| match (score, delta) {
        (Some(score), Some(delta)) => (i16::from(score) - delta * (7 - at as i16) / 7).clamp(0, 100) as u8,
        _ => 255,
    });
    Summary {
        id: RecordId(id.to_string()),
        name: name.to_owned(),
        domain: Some(format!(
            "{}.example",
            name.split(' ').next().unwrap_or("x").to_lowercase()
        )),
        former_names: Vec::new(),
        arr: Some(arr * 100_000),
        arr_at_least: false,
        score,
        band,
        last_band: None,
        coverage: 86,
        delta,
        trend,
        notice_by: (notice > 0).then(|| today() + jiff::Span::new().days(notice)),
        ends: (notice > 0).then(|| today() + jiff::Span::new().days(notice + 13)),
        monthly: false,
        segment: Some("mid-market".to_owned()),
        stage: Some("adopted".to_owned()),
        csm: Some(RecordId::from("7")),
        csm_name: Some("Mara Lindt".to_owned()),
        last_touch: Some(date(2026, 11, 9)),
        measured: Vec::new(),
        at_stake: score.map(|score| i64::from(100 - score) * arr * 1_000 * i64::from(score < 70)),
        open_warnings: u16::from(band == Band::Red),
        worst: i64::from(score.unwrap_or(60)),
    }
}

/// Twelve accounts.
pub fn summaries() -> Vec<Summary> {
    let mut all = vec![
        summary(1, "Juniper Freight", 84, Some(41), Some(-31), 9),
        summary(2, "Kestrel Foods", 63, Some(46), Some(-12), 16),
        summary(3, "Marlow & Pike", 61, Some(55), Some(-4), 61),
        summary(4, "Osprey Clinics", 31, Some(58), Some(0), 119),
        summary(5, "Tallinn Textiles", 44, Some(63), Some(-2), 88),
        summary(6, "Harbour Retail", 12, None, None, 0),
        summary(7, "深圳云帆科技", 48, Some(82), Some(3), 140),
        summary(8, "Brasserie Verte", 39, Some(77), Some(0), 201),
        summary(9, "Nordkap Energi", 36, Some(91), Some(0), 172),
        summary(10, "Quill Press", 28, Some(84), Some(0), 0),
        summary(11, "Lindqvist Bygg", 22, Some(79), Some(1), 247),
        summary(12, "Vela Robotics", 11, Some(88), Some(0), 301),
    ];
    all[2].former_names = vec!["Pike Brothers".to_owned()];
    all[3].arr_at_least = true;
    all[9].monthly = true;
    all[11].last_band = Some(Band::Amber);
    all[11].band = Band::Unknown;
    all
}
