//! Made-up names of companies and people. None of them is meant to exist.

use super::draw::Draw;

/// Customers of mine without a story of their own, in several scripts.
pub(super) const CUSTOMERS: [&str; 75] = [
    "Northwind Atelier",
    "Żubr Logistyka",
    "Ærø Møbler",
    "Linnea Papier",
    "東雲製作所",
    "한빛물류",
    "Ελιά και Γιοι",
    "Северный Маяк",
    "مكتبة النخيل",
    "Ågren & Søn",
    "Bluebell Bakeries",
    "Calder Instruments",
    "Delphine Cosmétiques",
    "Elmwood Storage",
    "Faro Turismo",
    "Gannet Marine",
    "Hollis & Grove",
    "Inverness Wool",
    "Jorvik Tooling",
    "Kepler Gardens",
    "Larkspur Media",
    "Mistral Vélos",
    "Nimbus Catering",
    "Oakhaven Homes",
    "Pembroke Glass",
    "Quartz & Quay",
    "Ravenna Ceramics",
    "Saltmarsh Energy",
    "Thistle Travel",
    "Umber Studios",
    "Valdemar Foods",
    "Wexford Yachts",
    "Xenia Pharma Supply",
    "Yarrow Clinics",
    "Zephyr Courier",
    "Amber Lane Schools",
    "Birch & Bramble",
    "Cinder Forge",
    "Dapple Toys",
    "Everglen Farms",
    "Foxglove Events",
    "Gildenhaus Verlag",
    "Hazelmere Golf",
    "Ironbridge Rail Parts",
    "Jasmine Air Cargo",
    "Kumquat Interactive",
    "Lorrain Métal",
    "Marigold Care",
    "Nettle & Rye",
    "Ostrava Steelworks Supply",
    "Pinecrest Lodges",
    "Quince Publishing",
    "Rosenholm Kliniken",
    "Sundew Labs",
    "Tamarind Spice",
    "Ullswater Boats",
    "Verbena Hotels",
    "Willow Park Council",
    "Xylo Instruments",
    "Yucca Solar",
    "Zinnia Florists",
    "Aalto Sähkö",
    "Bodega Alameda",
    "Cereza Moda",
    "Dragonfly Drones",
    "Édition du Phare",
    "Fennel & Figs",
    "Glacier Dairy",
    "Halcyon Insurance Brokers",
    "Isla Verde Resorts",
    "Juno Analytics",
    "Kórall Fiskur",
    "Lotus Bridge 莲桥",
    "Mokka Rösterei",
    "Nova Zagreb Print",
];

const FIRST: [&str; 60] = [
    "Amber", "Anchor", "Arbor", "Aspen", "Basalt", "Beacon", "Birch", "Bramble", "Bridge", "Brook", "Canyon",
    "Cedar", "Cinder", "Cliff", "Clover", "Copper", "Coral", "Crane", "Crest", "Dahlia", "Delta", "Dune",
    "Echo", "Elm", "Ember", "Falcon", "Fern", "Flint", "Gale", "Garnet", "Granite", "Grove", "Harbor",
    "Hawthorn", "Heron", "Indigo", "Iris", "Jade", "Kelp", "Lagoon", "Larch", "Lilac", "Linden", "Maple",
    "Marble", "Meadow", "Nimbus", "Oak", "Olive", "Onyx", "Opal", "Pebble", "Pine", "Quarry", "Raven",
    "Ridge", "Sable", "Sierra", "Tundra", "Willow",
];
const SECOND: [&str; 50] = [
    "Logistics",
    "Foods",
    "Clinics",
    "Robotics",
    "Textiles",
    "Press",
    "Media",
    "Energy",
    "Insurance",
    "Retail",
    "Freight",
    "Dental",
    "Tools",
    "Optics",
    "Ferries",
    "Bakery",
    "Studios",
    "Labs",
    "Travel",
    "Homes",
    "Steel",
    "Glass",
    "Paper",
    "Marine",
    "Farms",
    "Hotels",
    "Schools",
    "Games",
    "Audio",
    "Bikes",
    "Coffee",
    "Toys",
    "Pharma",
    "Systems",
    "Partners",
    "Works",
    "Supply",
    "Trading",
    "Mills",
    "Motors",
    "Gardens",
    "Mining",
    "Cargo",
    "Finance",
    "Legal",
    "Design",
    "Water",
    "Solar",
    "Telecom",
    "Print",
];
const SUFFIX: [&str; 12] = [
    "", " Group", " GmbH", " Ltd", " BV", " AB", " Inc", " SAS", " Oy", " SpA", " KK", " Pty",
];

const GIVEN: [&str; 40] = [
    "Ana", "Arjun", "Beatriz", "Bram", "Chiara", "Clara", "Dmitri", "Elif", "Emeka", "Eva", "Farid", "Freya",
    "Goran", "Hana", "Henrik", "Ines", "Ivan", "Jia", "Jonah", "Kofi", "Lars", "Leila", "Lucía", "Mateo",
    "Mei", "Nadia", "Noor", "Olga", "Omar", "Petra", "Ravi", "Rosa", "Samir", "Sanne", "Tariq", "Uma",
    "Viktor", "Wren", "Yara", "Zoë",
];
const FAMILY: [&str; 40] = [
    "Abbink",
    "Achterberg",
    "Banerjee",
    "Bianchi",
    "Castell",
    "Chaudhry",
    "Dorn",
    "Eklund",
    "Falk",
    "Ferrand",
    "Gruber",
    "Halloran",
    "Hussain",
    "Ivarsson",
    "Jansen",
    "Kaya",
    "Kovač",
    "Lemaire",
    "Lindahl",
    "Marchetti",
    "Mbeki",
    "Nakagawa",
    "Novák",
    "Oduya",
    "Okonkwo",
    "Pereira",
    "Petrov",
    "Quist",
    "Rahman",
    "Rasmus",
    "Sato",
    "Silveira",
    "Tanaka",
    "Tveit",
    "Ulrich",
    "Vasquez",
    "Weiss",
    "Xu",
    "Yilmaz",
    "Ziegler",
];

/// A company's name that no other place in the crowd has.
pub(super) fn company(place: u64) -> String {
    let pairs = (FIRST.len() * SECOND.len()) as u64;
    // 1,787 shares no factor with 3,000, so that every pair comes once in each round.
    let pair = place * 1_787 % pairs;
    let round = place / pairs;
    let first = FIRST[(pair % FIRST.len() as u64) as usize];
    let second = SECOND[(pair / FIRST.len() as u64) as usize];
    let suffix = SUFFIX[(round % SUFFIX.len() as u64) as usize];
    match round / SUFFIX.len() as u64 {
        0 => format!("{first} {second}{suffix}"),
        turn => format!("{first} {second}{suffix} {}", turn + 1),
    }
}

/// A domain for the company at a place of the book: letters of the name where it has some.
pub(super) fn domain(name: &str, place: u64) -> String {
    let letters: String = name
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .collect::<String>()
        .to_lowercase();
    if letters.len() < 4 {
        return format!("customer{place}.example");
    }
    format!("{letters}.example")
}

/// A person's given and family name.
pub(super) fn person(draw: &mut Draw) -> (&'static str, &'static str) {
    (draw.pick(&GIVEN), draw.pick(&FAMILY))
}
