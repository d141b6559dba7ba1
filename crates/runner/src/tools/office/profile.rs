//! The settings that LibreOffice finds when it begins.

use std::path::Path;
use std::{fs, io};

use docmill_parse::Target;

const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<oor:items xmlns:oor=\"http://openoffice.org/2001/registry\" \
    xmlns:xs=\"http://www.w3.org/2001/XMLSchema\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\">\n";

/// Path, name and value. Macros are not run; what documents link to is not opened; requests that are made all the same
/// go to a proxy that is not there. Printed pages carry their structure.
const ALWAYS: &[(&str, &str, &str)] = &[
    ("Common/Security/Scripting", "MacroSecurityLevel", "3"),
    ("Common/Security/Scripting", "DisableMacrosExecution", "true"),
    ("Common/Security/Scripting", "DisableActiveContent", "true"),
    ("Common/Security/Scripting", "BlockUntrustedRefererLinks", "true"),
    ("Common/Filter/PDF/Export", "UseTaggedPDF", "true"),
    ("Common/Misc", "UseLocking", "false"),
    ("Inet/Settings", "ooInetProxyType", "1"),
    ("Inet/Settings", "ooInetHTTPProxyName", "127.0.0.1"),
    ("Inet/Settings", "ooInetHTTPProxyPort", "9"),
    ("Inet/Settings", "ooInetHTTPSProxyName", "127.0.0.1"),
    ("Inet/Settings", "ooInetHTTPSProxyPort", "9"),
];

/// When formulas are computed as a workbook is opened: always, or never where a value is stored.
const COMPUTE: [&str; 2] = ["OOXMLRecalcMode", "ODFRecalcMode"];

/// Writes a profile that is complete, so that LibreOffice does not set one up and start again.
pub(super) fn write(profile: &Path, build: &str, target: Target) -> io::Result<()> {
    let extensions = profile.join("user/extensions");
    fs::create_dir_all(&extensions)?;
    fs::write(extensions.join("buildid"), build)?;
    fs::write(profile.join("user/registrymodifications.xcu"), settings(target))
}

fn settings(target: Target) -> String {
    let item = |path: &str, name: &str, value: &str| {
        format!(
            "<item oor:path=\"/org.openoffice.{path}\"><prop oor:name=\"{name}\" oor:op=\"fuse\"><value>{value}</value></prop>\
             </item>\n"
        )
    };
    let path = |path: &str| if path.starts_with("Inet") { path.to_owned() } else { format!("Office.{path}") };
    let always = ALWAYS.iter().map(|(at, name, value)| item(&path(at), name, value));
    let mode = if target == Target::ComputedSheets { "0" } else { "1" };
    let compute = COMPUTE.iter().map(|name| item("Office.Calc/Formula/Load", name, mode));
    format!("{HEAD}{}</oor:items>\n", always.chain(compute).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_computed_where_that_is_asked_for() {
        let mode = |target| {
            let settings = settings(target);
            let (_, rest) = settings.split_once("\"OOXMLRecalcMode\" oor:op=\"fuse\"><value>").expect("the mode");
            rest[..1].to_owned()
        };
        assert_eq!((mode(Target::ComputedSheets), mode(Target::Sheets)), ("0".into(), "1".into()));
    }
}
