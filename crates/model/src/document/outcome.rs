//! A page's line in a job's pages.

use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, Error, MapAccess, Visitor};
use serde::{Deserialize, Serialize};

use super::Page;

/// One page as it is kept: read, or failed with the reason. A job's pages are stored one a line.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum PageOutcome {
    Read(Box<Page>),
    /// `number` counts from 1; `error` is `CODE: sentence`.
    Failed {
        number: u32,
        error: String,
    },
}

impl PageOutcome {
    pub fn number(&self) -> u32 {
        match self {
            Self::Read(page) => page.number,
            Self::Failed { number, .. } => *number,
        }
    }
}

/// The way of a derived reader but for one thing: `state` has to come first, as it is written. What follows is then read as it
/// comes, where a derived reader gathers the whole page before it reads any of it, which takes several times as long.
impl<'de> Deserialize<'de> for PageOutcome {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Fields)
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Key {
    State,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum State {
    Read,
    Failed,
}

#[derive(Deserialize)]
struct Failed {
    number: u32,
    error: String,
}

struct Fields;

impl<'de> Visitor<'de> for Fields {
    type Value = PageOutcome;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a page that begins with its `state`")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<PageOutcome, A::Error> {
        let Some((Key::State, state)) = map.next_entry()? else {
            return Err(Error::missing_field("state"));
        };
        let rest = MapAccessDeserializer::new(map);
        match state {
            State::Read => Page::deserialize(rest).map(|page| PageOutcome::Read(Box::new(page))),
            State::Failed => {
                Failed::deserialize(rest).map(|Failed { number, error }| PageOutcome::Failed { number, error })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_read_as_they_are_written() {
        let page = Page { number: 3, text: "a\n".into(), ..Page::default() };
        for (outcome, begins) in [
            (PageOutcome::Read(Box::new(page)), r#"{"state":"read","number":3,"#),
            (
                PageOutcome::Failed { number: 4, error: "E: e".into() },
                r#"{"state":"failed","number":4,"error":"E: e"}"#,
            ),
        ] {
            let line = serde_json::to_string(&outcome).expect("a line");
            assert!(line.starts_with(begins), "{line}");
            assert_eq!(serde_json::from_str::<PageOutcome>(&line).expect("the same"), outcome);
        }
    }

    #[test]
    fn what_is_no_line_is_refused() {
        for line in [
            "{}",
            r#"{"number":3}"#,
            r#"{"number":3,"state":"read"}"#,
            r#"{"state":"gone"}"#,
            r#"{"state":"failed"}"#,
            "3",
        ] {
            assert!(serde_json::from_str::<PageOutcome>(line).is_err(), "{line}");
        }
    }
}
