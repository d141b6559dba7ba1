//! `docmill openapi`: the API's description.

use clap::{Args, ValueEnum};

use crate::refusal::{Exit, Refused};
use crate::terminal::data_line;

/// Print the description of the server's API
#[derive(Debug, Args)]
pub struct Openapi {
    /// OpenAPI 3.1 as JSON, or pages for people
    #[arg(long, value_enum, default_value_t = Form::Json)]
    form: Form,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Form {
    /// openapi.json
    Json,
    /// docs/API.md
    Operations,
    /// docs/STATUS-CODES.md
    StatusCodes,
}

impl Openapi {
    pub fn run(self) -> Refused<Exit> {
        match self.form {
            Form::Json => data_line(&format!("{:#}", docmill_server::openapi()))?,
            Form::Operations => data_line(docmill_server::markdown::api().trim_end())?,
            Form::StatusCodes => data_line(docmill_server::markdown::status_codes().trim_end())?,
        }
        Ok(Exit::Done)
    }
}
