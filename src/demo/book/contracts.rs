//! The contracts of one customer: signed, past, coming and lost, as deals of the renewals pipeline.

use crate::demo::portal::{ObjectType, instant};

use super::calendar::DAY;
use super::draw::Draw;
use super::sketch::{Hole, Sketch};
use super::writer::{Maybe, Writer};

/// One contract. Days count from today.
#[derive(Debug, Clone)]
pub(super) struct Contract {
    pub(super) product: &'static str,
    /// Annual value in whole units of the customer's currency.
    pub(super) arr: i64,
    pub(super) start: i64,
    pub(super) end: Option<i64>,
    pub(super) notice: Option<i64>,
    /// Stage of the deal.
    pub(super) stage: &'static str,
    /// Day on which it was or will be decided.
    pub(super) decided: i64,
}

impl Contract {
    /// Whether it is signed and in force on a day.
    pub(super) fn is_active(&self, day: i64) -> bool {
        self.stage == "closedwon" && self.start <= day && self.end.is_none_or(|end| day <= end)
    }
}

/// How many US cents one unit of a currency is worth a hundred times over.
fn cents_per_hundred(currency: &str) -> i64 {
    match currency {
        "EUR" => 10_800,
        "GBP" => 12_700,
        "JPY" => 67,
        _ => 10_000,
    }
}

/// Whole units of a currency for whole US dollars, round enough that they convert back into whole dollars.
pub(super) fn local(currency: &str, dollars: i64) -> i64 {
    let step = match currency {
        "JPY" => 100_000,
        "USD" => 1,
        _ => 100,
    };
    let units = dollars * 10_000 / cents_per_hundred(currency);
    (units + step / 2) / step * step
}

/// US cents for whole units of a currency.
pub(super) fn cents(currency: &str, units: i64) -> i64 {
    units * cents_per_hundred(currency) / 100
}

/// All contracts of a customer, oldest first.
pub(super) fn of(sketch: &Sketch, fiscal_start: i64, draw: &mut Draw) -> Vec<Contract> {
    let mut contracts = Vec::new();
    if let Some((days, _)) = sketch.churn {
        lost_customer(sketch, -days, &mut contracts);
        return contracts;
    }
    let end = sketch.notice.map(|notice| notice + sketch.notice_period);
    let (start, end) = match (sketch.billing, end) {
        ("monthly", _) => (-400 - draw.within(0, 200), Some(draw.within(6, 28))),
        ("multi-year", Some(end)) => (end - 3 * 365, Some(end)),
        (_, Some(end)) => (end - 365, Some(end)),
        (_, None) => (-500, None),
    };
    let notice = match sketch.billing {
        "monthly" => end.map(|end| end - 5),
        _ => sketch.notice,
    };
    let renewed_this_year = start > fiscal_start;
    if renewed_this_year {
        for (years, share) in [(2, 90), (1, 100)] {
            contracts.push(Contract {
                product: "Platform",
                arr: local(sketch.currency, sketch.arr_before * share / 100),
                start: start - 365 * years,
                end: Some(start - 365 * (years - 1) - 1),
                notice: Some(start - 365 * (years - 1) - 1 - sketch.notice_period),
                stage: "closedwon",
                decided: start - 365 * years - 12,
            });
        }
    }
    let signed = Signed {
        start,
        end,
        notice,
        early: if draw.percent(6) { 70 } else { 9 },
    };
    let bought_more = if renewed_this_year {
        start
    } else {
        (-150).max(fiscal_start / 2)
    };
    current(sketch, &signed, bought_more, renewed_this_year, &mut contracts);
    if let (Some(end), true) = (end, sketch.billing != "monthly") {
        coming(sketch, end, draw, &mut contracts);
    }
    contracts
}

/// The contract that is in force, as far as its lines share it.
struct Signed {
    start: i64,
    end: Option<i64>,
    notice: Option<i64>,
    /// Days from the signature to the start.
    early: i64,
}

/// The lines in force: one, or two that end together.
fn current(
    sketch: &Sketch,
    signed: &Signed,
    bought_more: i64,
    renewed_this_year: bool,
    contracts: &mut Vec<Contract>,
) {
    let more = sketch.arr - sketch.arr_before;
    // What was bought within the year runs to the same end as what was there.
    let second = match (renewed_this_year, more > 0) {
        (false, true) => more,
        _ if sketch.arr >= 20_000 => (sketch.arr * 3 / 14 + 500) / 1_000 * 1_000,
        _ => 0,
    };
    let line = |product, dollars, start| Contract {
        product,
        arr: local(sketch.currency, dollars),
        start,
        end: signed.end,
        notice: signed.notice,
        stage: "closedwon",
        decided: start - signed.early,
    };
    contracts.push(line("Platform", sketch.arr - second, signed.start));
    if second > 0 {
        let start = if more > 0 { bought_more } else { signed.start };
        let product = if sketch.seats % 4 == 1 {
            "Insights"
        } else {
            "Routing"
        };
        contracts.push(line(product, second, start));
    }
}

/// The renewal that is to come, once it is within four months; some have signed early.
fn coming(sketch: &Sketch, end: i64, draw: &mut Draw, contracts: &mut Vec<Contract>) {
    if end > 120 {
        return;
    }
    let early = sketch.name.is_empty() && end > 90 && draw.percent(15);
    let stage = match (early, end <= 60) {
        (true, _) => "closedwon",
        (false, true) => "negotiation",
        (false, false) => "upcoming",
    };
    let share = if sketch.left < 1.0 { 90 } else { 103 };
    contracts.push(Contract {
        product: "Platform",
        arr: local(sketch.currency, sketch.arr * share / 100),
        start: end + 1,
        end: Some(end + 365),
        notice: Some(end + 365 - sketch.notice_period),
        stage,
        decided: if early { -20 } else { end },
    });
}

fn lost_customer(sketch: &Sketch, end: i64, contracts: &mut Vec<Contract>) {
    let arr = local(sketch.currency, sketch.arr_before);
    contracts.push(Contract {
        product: "Platform",
        arr,
        start: end - 364,
        end: Some(end),
        notice: Some(end - sketch.notice_period),
        stage: "closedwon",
        decided: end - 375,
    });
    contracts.push(Contract {
        product: "Platform",
        arr,
        start: end + 1,
        end: Some(end + 365),
        notice: None,
        stage: "closedlost",
        decided: end - sketch.notice_period,
    });
}

/// Writes one contract as a deal and links it.
pub(super) fn write(
    writer: &mut Writer,
    sketch: &Sketch,
    contract: &Contract,
    company: &super::customer::Written,
) {
    let calendar = writer.calendar;
    let day = |days: i64| calendar.day(days);
    let created = calendar.office(contract.start - 90, 10, 15);
    let decided = calendar.office(contract.decided, 15, 40);
    let changed = if contract.stage.starts_with("closed") {
        decided
    } else {
        calendar.office(-3, 9, 20)
    };
    let known = sketch.hole != Hole::NoArr || contract.end.is_some_and(|end| end < 0);
    let arr = Maybe(known.then_some(contract.arr));
    let years = if sketch.billing == "multi-year" { 3 } else { 1 };
    let amount = match sketch.hole {
        Hole::Contradictory => contract.arr * 12,
        _ => contract.arr * years,
    };
    let name = format!(
        "{} {} {}",
        company.name,
        contract.product,
        day(contract.start).year()
    );
    let id = writer.record(
        ObjectType::Deals,
        created,
        changed,
        &[
            ("dealname", &name),
            ("pipeline", &"renewals"),
            ("dealstage", &contract.stage),
            ("dealtype", &"existingbusiness"),
            ("hubspot_owner_id", &company.seller),
            ("amount", &Maybe(known.then_some(amount))),
            ("hs_arr", &arr),
            ("deal_currency_code", &sketch.currency),
            ("closedate", &instant(decided)),
            ("contract_start", &day(contract.start)),
            ("contract_end", &Maybe(contract.end.map(day))),
            ("notice_by", &Maybe(contract.notice.map(day))),
            ("auto_renew", &!sketch.seats.is_multiple_of(3)),
            ("billing_period", &sketch.billing),
            ("product_line", &contract.product),
        ],
    );
    writer
        .portal
        .links
        .push((ObjectType::Companies, company.id), (ObjectType::Deals, id));
    if contract.stage.starts_with("closed") {
        let steps = [
            (created, "upcoming"),
            (decided - 30 * DAY, "negotiation"),
            (decided, contract.stage),
        ];
        if contract.decided > -540 && company.full {
            writer.past(ObjectType::Deals, id, "dealstage", &steps);
        }
    }
}
