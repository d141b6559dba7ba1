//! Query parameters: the three ways in which clients write several values (contract 1.3).

use crate::errors::FieldError;

/// The decoded pairs of a query string in their order.
#[derive(Debug, Clone, Copy)]
pub struct Query<'a>(pub &'a [(String, String)]);

impl<'a> Query<'a> {
    /// Every value of `name`: given several times, as `name[]`, or joined by commas. Empty ones are dropped.
    pub fn many(self, name: &str) -> Vec<&'a str> {
        let named = self.0.iter().filter(|(key, _)| key == name || key.strip_suffix("[]") == Some(name));
        named.flat_map(|(_, value)| value.split(',')).map(str::trim).filter(|value| !value.is_empty()).collect()
    }

    /// The last value of `name`; an empty one is none, because TypeScript sends `name=` for null.
    pub fn one(self, name: &str) -> Option<&'a str> {
        let found = self.0.iter().rev().find(|(key, _)| key == name)?;
        Some(found.1.as_str()).filter(|value| !value.is_empty())
    }

    /// `true` or `false`, as either SDK writes it.
    pub fn flag(self, name: &str) -> Result<bool, FieldError> {
        match self.one(name).map(str::to_ascii_lowercase).as_deref() {
            None | Some("false" | "0") => Ok(false),
            Some("true" | "1") => Ok(true),
            Some(other) => {
                let mut error = FieldError::query(name, "Input should be a valid boolean", other);
                error.kind = "bool_parsing";
                Err(error)
            }
        }
    }

    /// A value of its own form: an id, an instant, a status.
    pub fn parsed<T, E: std::fmt::Display>(
        self,
        name: &str,
        read: impl FnOnce(&str) -> Result<T, E>,
    ) -> Result<Option<T>, FieldError> {
        let refuse = |text: &str, error: E| FieldError::query(name, format!("Value error, {error}"), text);
        self.one(name).map(|text| read(text).map_err(|error| refuse(text, error))).transpose()
    }

    /// One of a list of names.
    pub fn one_of(self, name: &str, names: &[&str]) -> Result<Option<&'a str>, FieldError> {
        match self.one(name) {
            Some(text) if !names.contains(&text) => Err(literal(name, names, text)),
            found => Ok(found),
        }
    }

    /// Any of a list of names, several times.
    pub fn many_of(self, name: &str, names: &[&str]) -> Result<Vec<&'a str>, FieldError> {
        let found = self.many(name);
        match found.iter().find(|text| !names.contains(text)) {
            Some(text) => Err(literal(name, names, text)),
            None => Ok(found),
        }
    }

    /// `page_size` from 1 to `max`, else `default`.
    pub fn page_size(self, default: u32, max: u32) -> Result<u32, FieldError> {
        let Some(text) = self.one("page_size") else { return Ok(default) };
        let refuse = |kind, message: String| {
            let mut error = FieldError::query("page_size", message, text);
            error.kind = kind;
            Err(error)
        };
        match text.parse::<i64>() {
            Ok(size) if size < 1 => {
                refuse("greater_than_equal", "Input should be greater than or equal to 1".to_owned())
            }
            Ok(size) => match u32::try_from(size) {
                Ok(size) if size <= max => Ok(size),
                _ => refuse("less_than_equal", format!("Input should be less than or equal to {max}")),
            },
            Err(_) => refuse("int_parsing", "Input should be a valid integer".to_owned()),
        }
    }
}

fn literal(name: &str, names: &[&str], text: &str) -> FieldError {
    let mut error = FieldError::query(name, crate::check::one_of(names), text);
    error.kind = "literal_error";
    error
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(given: &[(&str, &str)]) -> Vec<(String, String)> {
        given.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn several_values_in_every_spelling() {
        let check = |given: &[(&str, &str)], expected: &[&str]| {
            assert_eq!(Query(&pairs(given)).many("expand"), expected, "{given:?}");
        };
        check(&[], &[]);
        check(&[("expand", "")], &[]);
        check(&[("expand", "markdown"), ("other", "x"), ("expand", "items")], &["markdown", "items"]);
        check(&[("expand[]", "markdown"), ("expand", "items, text,,")], &["markdown", "items", "text"]);
        check(&[("expandx", "a"), ("expand[]x", "b")], &[]);
    }

    #[test]
    fn single_values() {
        let given = pairs(&[("a", "1"), ("a", "2"), ("empty", ""), ("on", "true"), ("off", "False"), ("odd", "maybe")]);
        let query = Query(&given);
        assert_eq!(query.one("a"), Some("2"));
        assert_eq!(query.one("empty"), None);
        assert_eq!(query.flag("on"), Ok(true));
        assert_eq!(query.flag("off"), Ok(false));
        assert_eq!(query.flag("empty"), Ok(false));
        assert_eq!(query.flag("odd").unwrap_err().kind, "bool_parsing");
        assert_eq!(query.parsed("a", str::parse::<u8>), Ok(Some(2)));
        assert!(query.parsed("odd", str::parse::<u8>).is_err());
        assert_eq!(query.one_of("a", &["2", "3"]), Ok(Some("2")));
        assert_eq!(query.one_of("a", &["3"]).unwrap_err().msg, "Input should be '3'");
        assert!(query.many_of("a", &["1"]).is_err());
    }

    #[test]
    fn page_sizes_are_never_clamped() {
        let check = |text: &str, expected: Result<u32, &str>| {
            let given = pairs(&[("page_size", text)]);
            assert_eq!(Query(&given).page_size(50, 1_000).map_err(|error| error.kind), expected, "{text}");
        };
        check("", Ok(50));
        check("1", Ok(1));
        check("1000", Ok(1_000));
        check("0", Err("greater_than_equal"));
        check("-1", Err("greater_than_equal"));
        check("1001", Err("less_than_equal"));
        check("99999999999", Err("less_than_equal"));
        check("ten", Err("int_parsing"));
    }
}
