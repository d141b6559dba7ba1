//! Where files of the user belong (XDG base directories).

use std::env;
use std::ffi::OsString;
use std::path::PathBuf;

/// `$XDG_CONFIG_HOME/docmill/config.toml`, else below `~/.config`.
pub fn config_file_default() -> Option<PathBuf> {
    let folder = folder(env::var_os("XDG_CONFIG_HOME"), env::var_os("HOME"), ".config")?;
    Some(folder.join("docmill/config.toml"))
}

/// `$XDG_DATA_HOME/docmill`, else below `~/.local/share`.
pub fn data_folder_default() -> Option<PathBuf> {
    let folder = folder(env::var_os("XDG_DATA_HOME"), env::var_os("HOME"), ".local/share")?;
    Some(folder.join("docmill"))
}

/// The specification says that a relative path in these variables must be ignored.
fn folder(given: Option<OsString>, home: Option<OsString>, below_home: &str) -> Option<PathBuf> {
    let absolute = |path: OsString| Some(PathBuf::from(path)).filter(|path| path.is_absolute());
    given.and_then(absolute).or_else(|| Some(home.and_then(absolute)?.join(below_home)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_given_or_below_home_and_never_relative() {
        let check = |given: Option<&str>, home: Option<&str>, expected: Option<&str>| {
            let found = folder(given.map(Into::into), home.map(Into::into), ".config");
            assert_eq!(found, expected.map(PathBuf::from), "{given:?} {home:?}");
        };
        check(Some("/x"), Some("/home/a"), Some("/x"));
        check(Some("relative"), Some("/home/a"), Some("/home/a/.config"));
        check(None, Some("/home/a"), Some("/home/a/.config"));
        check(None, None, None);
        check(Some(""), Some(""), None);
    }
}
