use std::path::Path;

use clap::Args;
use docmill_model::fingerprint::ENGINE_VERSION;
use docmill_model::options::Tier;
use docmill_runner::confine::Isolation;
use docmill_runner::tools::office::LibreOffice;
use docmill_runner::tools::tesseract::Tesseract;
use serde_json::json;

use super::{Common, reach};
use crate::config::Config;
use crate::local::blocking;
use crate::refusal::{Exit, Refused};
use crate::terminal::data_line;
use crate::workers;

/// Free space below which a server will soon refuse uploads, bytes.
const SPACE_LOW: u64 = 1024 * 1024 * 1024;

/// What is installed and configured, and what each tier will really use here
///
/// Exit codes: 0 everything needed is there, 1 something needed is missing. A missing tesseract or
/// LibreOffice is told, and is no failure: pages without text are then marked OCR_MISSING, and files that only
/// LibreOffice reads fail with CONVERTER_MISSING.
#[derive(Debug, Args)]
pub struct Doctor {}

/// One thing that was looked at.
struct Finding {
    what: &'static str,
    state: State,
    text: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Good,
    /// Works with less.
    Missing,
    Bad,
}

impl State {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Good => "ok",
            Self::Missing => "missing",
            Self::Bad => "bad",
        }
    }
}

impl Doctor {
    pub async fn run(self, common: &Common) -> Refused<Exit> {
        let config = common.config(&[])?;
        let reached = reach::shared(&config).await;
        let mut findings = blocking(move || look(&config)).await??;
        findings.extend(reached.into_iter().map(|(what, reached)| match reached {
            Ok(text) => Finding { what, state: State::Good, text },
            Err(refusal) => Finding { what, state: State::Bad, text: refusal.sentence },
        }));
        for finding in &findings {
            let Finding { what, state, text } = finding;
            data_line(&if common.json {
                json!({"what": what, "state": state.as_str(), "text": text}).to_string()
            } else {
                format!("{:<8}{what}: {text}", state.as_str())
            })?;
        }
        let is_bad = findings.iter().any(|finding| finding.state == State::Bad);
        Ok(if is_bad { Exit::Failed } else { Exit::Done })
    }
}

fn look(config: &Config) -> Refused<Vec<Finding>> {
    let data = config.data_folder()?;
    let tesseract = Tesseract::find(config.ocr.program());
    let mut findings = vec![
        Finding {
            what: "docmill",
            state: State::Good,
            text: format!("{ENGINE_VERSION}, {} workers", config.workers.slots()),
        },
        isolation(config),
        ocr(config, tesseract.as_ref()),
        office(config, LibreOffice::find(config.office.program()).as_ref()),
        writable(&data),
        space(&data),
    ];
    findings.extend(Tier::ALL.map(|tier| Finding {
        what: tier.as_str(),
        state: State::Good,
        text: uses(tier, tesseract.is_some()),
    }));
    Ok(findings)
}

fn isolation(config: &Config) -> Finding {
    let (is_complete, sentence) = match workers::isolation() {
        Ok(found) => (found.is_complete(), found.sentence()),
        Err(refusal) => (false, refusal.sentence),
    };
    let state = match (is_complete, config.isolation) {
        (true, _) => State::Good,
        (false, Isolation::BestEffort) => State::Missing,
        (false, Isolation::Required) => State::Bad,
    };
    let text = format!("{sentence} (setting isolation: {})", config.isolation.as_str());
    Finding { what: "isolation", state, text }
}

fn ocr(config: &Config, tesseract: Option<&Tesseract>) -> Finding {
    let what = "ocr";
    match (tesseract, config.ocr.program()) {
        (Some(found), _) => {
            let text =
                format!("{}, languages {} ({})", found.version, found.languages.join(" "), found.program.display());
            Finding { what, state: State::Good, text }
        }
        // Named but not there: the configuration is wrong.
        (None, Some(named)) => {
            let text =
                format!("`{}` (setting ocr.tesseract) does not run; correct or remove the setting", named.display());
            Finding { what, state: State::Bad, text }
        }
        (None, None) => Finding {
            what,
            state: State::Missing,
            text: "no tesseract in PATH: pages without a text layer are not read and are marked OCR_MISSING; \
                   on Debian: apt-get install tesseract-ocr"
                .to_owned(),
        },
    }
}

fn office(config: &Config, found: Option<&LibreOffice>) -> Finding {
    let what = "office";
    match (found, config.office.program()) {
        (Some(found), _) => {
            let parts: Vec<&str> = found.parts.iter().map(|part| part.name()).collect();
            let text = format!("{}, {} ({})", found.version, parts.join(" "), found.program.display());
            Finding { what, state: State::Good, text }
        }
        (None, Some(named)) => {
            let text = format!(
                "`{}` (setting office.soffice) is no LibreOffice; correct or remove the setting",
                named.display()
            );
            Finding { what, state: State::Bad, text }
        }
        (None, None) => Finding {
            what,
            state: State::Missing,
            text: "no soffice in PATH: formats that docs/FORMATS.md calls converted are not read, formulas are not \
                   computed, and Office documents have no pictures of their pages; on Debian: apt-get install \
                   libreoffice-writer-nogui libreoffice-calc-nogui libreoffice-impress-nogui"
                .to_owned(),
        },
    }
}

fn writable(data: &Path) -> Finding {
    let tried = std::fs::create_dir_all(data).and_then(|()| tempfile::tempfile_in(data));
    match tried {
        Ok(_) => Finding { what: "data", state: State::Good, text: data.display().to_string() },
        Err(error) => {
            Finding { what: "data", state: State::Bad, text: format!("cannot write in `{}`: {error}", data.display()) }
        }
    }
}

fn space(data: &Path) -> Finding {
    match rustix::fs::statvfs(data) {
        Ok(about) => {
            let free = about.f_bavail.saturating_mul(about.f_frsize);
            let state = if free < SPACE_LOW { State::Bad } else { State::Good };
            Finding { what: "space", state, text: format!("{:.1} GiB free", free as f64 / SPACE_LOW as f64) }
        }
        Err(error) => Finding { what: "space", state: State::Bad, text: format!("cannot be seen: {error}") },
    }
}

/// What the tier does on this machine, not what its name promises: no model is configured in this release.
fn uses(tier: Tier, has_ocr: bool) -> String {
    let ocr = if has_ocr { "OCR by tesseract where a page has no text" } else { "no OCR" };
    match tier {
        Tier::Fast => "text layer and spatial text; no layout, no OCR".to_owned(),
        Tier::CostEffective => format!("local layout and tables, {ocr}"),
        Tier::Agentic | Tier::AgenticPlus => {
            format!("the same as cost_effective, because no model is configured: local layout and tables, {ocr}")
        }
    }
}
