//! Releases of each tier that a request may name (contract 3.2). docmill has one engine; the name is checked and
//! echoed, and the engine that ran is reported beside it.

use docmill_model::options::Tier;
use serde_json::{Value, json};

/// The releases of a tier, newest first.
pub fn of(tier: Tier) -> &'static [&'static str] {
    match tier {
        Tier::Fast => FAST,
        Tier::CostEffective => COST_EFFECTIVE,
        Tier::Agentic => AGENTIC,
        Tier::AgenticPlus => AGENTIC_PLUS,
    }
}

/// `latest`, a date of the tier, or a number of its line: `1`, `1.0` (newest) or `1.0.<n>`, counted from 0 by date.
pub fn is_version(tier: Tier, text: &str) -> bool {
    let releases = of(tier);
    let numbered = |rest: &str| {
        let plain = rest == "0" || !rest.starts_with('0');
        plain
            && rest.bytes().all(|byte| byte.is_ascii_digit())
            && rest.parse::<usize>().is_ok_and(|number| number < releases.len())
    };
    matches!(text, "latest" | "1" | "1.0")
        || releases.contains(&text)
        || text.strip_prefix("1.0.").is_some_and(numbered)
}

/// GET /api/v2/parse/versions.
pub fn answer() -> Value {
    let latest: serde_json::Map<String, Value> =
        Tier::ALL.iter().map(|tier| (tier.as_str().to_owned(), of(*tier).first().copied().into())).collect();
    json!({
        "fast": FAST,
        "cost_effective": COST_EFFECTIVE,
        "agentic": AGENTIC,
        "agentic_plus": AGENTIC_PLUS,
        "latest": latest,
    })
}

const AGENTIC: &[&str] = &[
    "2026-10-16",
    "2026-10-15",
    "2026-09-29",
    "2026-09-28",
    "2026-09-24",
    "2026-09-13",
    "2026-09-09",
    "2026-09-07",
    "2026-08-19",
    "2026-07-24",
    "2026-07-23",
    "2026-07-15",
    "2026-06-18",
    "2026-06-11",
    "2026-06-04",
    "2026-06-01",
    "2026-05-26",
    "2026-05-21",
    "2026-05-20",
    "2026-05-19",
    "2026-05-13",
    "2026-05-11",
    "2026-05-06",
    "2026-05-04",
    "2026-04-27",
    "2026-04-22",
    "2026-04-09",
    "2026-04-06",
    "2026-04-02",
    "2026-03-31",
    "2026-03-30",
    "2026-03-27",
    "2026-03-25",
    "2026-03-23",
    "2026-03-22",
    "2026-03-20",
    "2026-03-11",
    "2026-03-10",
    "2026-03-09",
    "2026-03-03",
    "2026-03-02",
    "2026-02-26",
    "2026-02-24",
    "2026-01-30",
    "2026-01-22",
    "2026-01-21",
    "2026-01-16",
    "2026-01-08",
    "2025-12-31",
    "2025-12-18",
    "2025-12-11",
];

const AGENTIC_PLUS: &[&str] = &[
    "2026-09-28",
    "2026-09-24",
    "2026-09-11",
    "2026-08-19",
    "2026-07-08",
    "2026-06-18",
    "2026-06-11",
    "2026-06-04",
    "2026-06-01",
    "2026-05-26",
    "2026-05-21",
    "2026-05-20",
    "2026-05-19",
    "2026-05-11",
    "2026-05-06",
    "2026-05-04",
    "2026-05-01",
    "2026-04-27",
    "2026-04-19",
    "2026-04-14",
    "2026-04-09",
    "2026-04-02",
    "2026-03-31",
    "2026-03-26",
    "2026-03-25",
    "2026-03-22",
    "2026-03-20",
    "2026-03-17",
    "2026-03-12",
    "2026-03-10",
    "2026-03-09",
    "2026-03-02",
    "2026-02-26",
    "2026-02-24",
    "2026-01-30",
    "2026-01-29",
    "2026-01-24",
    "2026-01-22",
    "2026-01-21",
    "2026-01-16",
    "2025-12-31",
    "2025-12-18",
    "2025-12-11",
];

const COST_EFFECTIVE: &[&str] = &[
    "2026-09-28",
    "2026-08-19",
    "2026-08-11",
    "2026-08-08",
    "2026-07-23",
    "2026-06-26",
    "2026-06-18",
    "2026-06-17",
    "2026-06-11",
    "2026-06-08",
    "2026-06-05",
    "2026-05-28",
    "2026-04-09",
    "2026-03-31",
    "2026-03-27",
    "2026-03-25",
];

const FAST: &[&str] = &["2026-06-15", "2025-12-11"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_belong_to_their_tier() {
        for (tier, text, expected) in [
            (Tier::Agentic, "latest", true),
            (Tier::Agentic, "2026-10-16", true),
            (Tier::Fast, "2026-10-16", false),
            (Tier::Fast, "1", true),
            (Tier::Fast, "1.0.1", true),
            (Tier::Fast, "1.0.2", false),
            (Tier::Fast, "1.0.01", false),
            (Tier::Fast, "1.0.-1", false),
            (Tier::Fast, "1.0.+1", false),
            (Tier::Fast, "2.0", false),
            (Tier::Fast, "", false),
        ] {
            assert_eq!(is_version(tier, text), expected, "{tier:?} {text}");
        }
        assert_eq!(answer()["latest"]["agentic"], "2026-10-16");
        assert!(Tier::ALL.into_iter().all(|tier| of(tier).is_sorted_by(|newer, older| newer > older)));
    }
}
