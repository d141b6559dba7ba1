//! Texts of a form of their own, as they come in requests: ids, instants, pages.

use docmill_model::{BatchId, ConfigurationId, DirectoryId, FileId, JobId, Product, WebhookId};

use crate::check::{Rule, reads_as};
use crate::references::{is_file, is_input};

/// A pattern around an optional prefix and a UUID (contract 1.5: ids come with and without their prefix).
macro_rules! id {
    ($prefix:literal, $more:literal) => {
        concat!("^((", $prefix, ")?[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", $more, ")$")
    };
}

pub const DIRECTORY_ID: Rule = Rule::Written { pattern: id!("dir-", ""), read: reads_as::<DirectoryId> };

pub const CONFIGURATION_ID: Rule = Rule::Written {
    pattern: id!("cfg-", "|(cfg-)?PARSE_(FAST|COST_EFFECTIVE|AGENTIC|AGENTIC_PLUS)"),
    read: reads_as::<ConfigurationId>,
};

/// A stored file.
pub const FILE_ID: Rule = Rule::Written { pattern: id!("fil-", ""), read: reads_as::<FileId> };

pub const PARSE_JOB_ID: Rule = Rule::Written { pattern: id!("pjb-", ""), read: is_parse_job };

pub const EXTRACT_JOB_ID: Rule = Rule::Written { pattern: id!("exj-", ""), read: is_extract_job };

/// A stored file or a file of a directory.
pub const FILE: Rule = Rule::Written { pattern: id!("fil-|dfl-", ""), read: is_file };

/// The same, or a parse job.
pub const INPUT: Rule = Rule::Written { pattern: id!("fil-|dfl-|pjb-", ""), read: is_input };

pub const BATCH_ID: Rule = Rule::Written { pattern: id!("bat-", ""), read: reads_as::<BatchId> };

pub const WEBHOOK_ID: Rule = Rule::Written { pattern: id!("whc-", ""), read: reads_as::<WebhookId> };

/// A job of either product.
pub const JOB_ID: Rule = Rule::Written { pattern: id!("pjb-|exj-", ""), read: is_any_job };

/// Pages from 1, in lists and ranges (contract 3.3). That none comes twice and that ranges ascend, the pattern
/// cannot say.
pub const TARGET_PAGES: Rule = Rule::Written {
    pattern: r"^ *0*[1-9][0-9]{0,8}( *- *0*[1-9][0-9]{0,8})?( *, *0*[1-9][0-9]{0,8}( *- *0*[1-9][0-9]{0,8})?)* *$",
    read: crate::parse::target_pages,
};

fn is_parse_job(text: &str) -> Result<(), String> {
    is_job(Product::Parse, text)
}

fn is_extract_job(text: &str) -> Result<(), String> {
    is_job(Product::Extract, text)
}

fn is_any_job(text: &str) -> Result<(), String> {
    is_parse_job(text).or_else(|_| is_extract_job(text))
}

fn is_job(product: Product, text: &str) -> Result<(), String> {
    JobId::parse(product, text).map(|_| ()).map_err(|error| error.to_string())
}
