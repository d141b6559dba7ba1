use docmill_model::Timestamp;

/// How a create is recognised when a client sends it again (design section 2, "Same again"). The SDKs send no key of
/// their own: a second send has the same fields and says that it is one (contract 0.5).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Once {
    /// Who sent what where, hashed; or who sent where under which `Idempotency-Key`.
    pub id: String,
    /// The fields, hashed. Another body under the same id is refused.
    pub body: String,
    /// The caller says that this may be a repeat: whatever was made before is the answer. Otherwise only a repeat
    /// that overtook this send is, because two equal creates in a row may both be meant.
    pub again: bool,
    /// When the request came in.
    pub arrived: Timestamp,
    /// How long the record of it lives, milliseconds.
    pub kept_ms: i64,
}

impl Once {
    /// The mark of one step of a create that takes several.
    pub fn step(&self, name: &str) -> Self {
        Self { id: format!("{} {name}", self.id), ..self.clone() }
    }
}
