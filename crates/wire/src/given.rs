//! What a checked value holds: short ways to optional fields, where `null` is the same as absent.

use serde_json::{Map, Value};

/// The value at a dotted path, unless it is absent or null.
pub(crate) fn value<'a>(body: &'a Value, path: &str) -> Option<&'a Value> {
    path.split('.').try_fold(body, |inner, step| inner.get(step)).filter(|found| !found.is_null())
}

pub(crate) fn text(body: &Value, path: &str) -> Option<String> {
    value(body, path).and_then(Value::as_str).map(str::to_owned)
}

/// False when absent.
pub(crate) fn flag(body: &Value, path: &str) -> bool {
    value(body, path).and_then(Value::as_bool).unwrap_or(false)
}

pub(crate) fn int(body: &Value, path: &str) -> Option<u32> {
    value(body, path).and_then(Value::as_u64).and_then(|number| u32::try_from(number).ok())
}

pub(crate) fn number(body: &Value, path: &str) -> Option<f64> {
    value(body, path).and_then(Value::as_f64)
}

pub(crate) fn texts(body: &Value, path: &str) -> Vec<String> {
    let list = value(body, path).and_then(Value::as_array);
    list.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

pub(crate) fn object(body: &Value, path: &str) -> Option<Map<String, Value>> {
    value(body, path).and_then(Value::as_object).cloned()
}

/// Whether a value says nothing: null, `{}`, `[]`, or an object of such.
pub(crate) fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(list) => list.is_empty(),
        Value::Object(map) => map.values().all(is_empty),
        _ => false,
    }
}
