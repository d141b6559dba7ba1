//! Which rule of `auto_mode_configuration` fires on a page.

use docmill_model::auto_mode::{AutoRule, Counted, Trigger};
use docmill_model::document::{Block, BlockKind, Page, Role, Warning};
use regex::{Regex, RegexBuilder};

/// Bytes of a compiled expression.
const REGEX_BYTES_MAX: usize = 1024 * 1024;

/// The rules of one document, ready to be asked.
#[derive(Default)]
pub struct AutoMode {
    rules: Vec<(bool, Vec<Test>)>,
}

enum Test {
    /// What the file's name says already.
    Known(bool),
    TextRegex(Regex),
    Other(Trigger),
}

impl AutoMode {
    /// What cannot be understood never fires, and is said.
    pub fn new(rules: &[AutoRule], name: &str, warnings: &mut Vec<Warning>) -> Self {
        let mut test = |trigger: &Trigger| match trigger {
            Trigger::NameGlob(globs) => Test::Known(globs.iter().any(|glob| matches_glob(glob, name))),
            Trigger::NameRegex(pattern, flags) => {
                Test::Known(compiled(pattern, flags, warnings).is_some_and(|regex| regex.is_match(name)))
            }
            Trigger::TextRegex(pattern, flags) => {
                compiled(pattern, flags, warnings).map_or(Test::Known(false), Test::TextRegex)
            }
            other => Test::Other(other.clone()),
        };
        let rules = rules.iter().map(|rule| (rule.any, rule.triggers.iter().map(&mut test).collect()));
        Self { rules: rules.collect() }
    }

    /// The index of the first rule that fires on the page. `images` are the shares of the page that its pictures cover.
    pub fn fires(&self, page: &Page, images: &[f64]) -> Option<usize> {
        if self.rules.is_empty() {
            return None;
        }
        let words: Vec<&str> = page.words.iter().map(|word| word.text.as_str()).collect();
        // The fast tier keeps no words.
        let text = if words.is_empty() { page.text.clone() } else { words.join(" ") };
        let facts = Facts { page, images, text: &text };
        self.rules.iter().position(|(any, tests)| {
            let mut fired = tests.iter().map(|test| facts.fires(test));
            !tests.is_empty() && if *any { fired.any(|own| own) } else { fired.all(|own| own) }
        })
    }
}

struct Facts<'p> {
    page: &'p Page,
    images: &'p [f64],
    text: &'p str,
}

impl Facts<'_> {
    fn fires(&self, test: &Test) -> bool {
        let trigger = match test {
            Test::Known(fires) => return *fires,
            Test::TextRegex(regex) => return regex.is_match(self.text),
            Test::Other(trigger) => trigger,
        };
        match trigger {
            Trigger::Text(wanted) => self.text.contains(wanted.as_str()),
            Trigger::Table(wanted) => *wanted == (self.count(Counted::Tables) > 0),
            Trigger::Image(wanted) => *wanted == (self.count(Counted::Images) > 0),
            // A page that failed is told of by its error, and is not read again.
            Trigger::Failed(wanted) => !*wanted,
            Trigger::FullPageImage(wanted, share) => *wanted == self.images.iter().any(|own| own >= share),
            Trigger::Element(name, sure) => self
                .page
                .blocks
                .iter()
                .any(|block| is_element(block, name) && block.confidence.is_none_or(|own| f64::from(own) >= *sure)),
            Trigger::AtLeast(counted, least) => self.count(*counted) as f64 >= *least,
            Trigger::AtMost(counted, most) => self.count(*counted) as f64 <= *most,
            Trigger::NameGlob(_) | Trigger::NameRegex(..) | Trigger::TextRegex(..) => false,
        }
    }

    fn count(&self, counted: Counted) -> usize {
        let number = |word: &&str| word.contains(|c: char| c.is_ascii_digit()) && !word.contains(char::is_alphabetic);
        let words = || self.text.split_whitespace();
        match counted {
            Counted::Chars => self.text.chars().count(),
            Counted::Words => words().count(),
            Counted::Lines => self.page.text.lines().filter(|line| !line.trim().is_empty()).count(),
            Counted::Images => self.images.len(),
            Counted::Tables => {
                self.page.blocks.iter().filter(|block| matches!(block.kind, BlockKind::Table(_))).count()
            }
            Counted::Links => self.page.links.len(),
            Counted::LayoutElements => self.page.blocks.len(),
            Counted::Numbers => words().filter(number).count(),
            Counted::PercentNumbers => words().filter(number).filter(|word| word.contains('%')).count(),
        }
    }
}

/// Names as layout models have them.
fn is_element(block: &Block, name: &str) -> bool {
    let own: &[&str] = match (&block.kind, block.role) {
        (_, Role::PageHeader) => &["header", "page_header"],
        (_, Role::PageFooter) => &["footer", "page_footer"],
        (_, Role::Footnote) => &["footnote"],
        (_, Role::Caption) => &["caption"],
        (_, Role::Watermark) => &["watermark"],
        (BlockKind::Heading { .. }, _) => &["heading", "title", "section_header"],
        (BlockKind::List(_), _) => &["list", "list_item"],
        (BlockKind::Code { .. }, _) => &["code"],
        (BlockKind::Table(_), _) => &["table"],
        (BlockKind::Image { .. }, _) => &["image", "picture", "figure"],
        (BlockKind::Formula { .. }, _) => &["formula"],
        (BlockKind::Text { .. } | BlockKind::Link { .. }, _) => &["text", "paragraph"],
    };
    let wanted = name.trim().to_lowercase().replace(['-', ' '], "_");
    own.contains(&wanted.as_str())
}

fn compiled(pattern: &str, flags: &str, warnings: &mut Vec<Warning>) -> Option<Regex> {
    let built = RegexBuilder::new(pattern)
        .case_insensitive(flags.contains('i'))
        .multi_line(flags.contains('m'))
        .dot_matches_new_line(flags.contains('s'))
        .size_limit(REGEX_BYTES_MAX)
        .build();
    if built.is_err() {
        let message =
            format!("The expression `{pattern}` of `auto_mode_configuration` cannot be read; its rule never fires.");
        warnings.push(Warning::new(Warning::OPTION_NOT_FOLLOWED, message));
    }
    built.ok()
}

/// `*` stands for any text and `?` for one character. The name is matched without its folders too.
fn matches_glob(glob: &str, name: &str) -> bool {
    let pattern: String = glob
        .chars()
        .map(|c| match c {
            '*' => ".*".to_owned(),
            '?' => ".".to_owned(),
            c => regex::escape(&c.to_string()),
        })
        .collect();
    let bare = name.rsplit(['/', '\\']).next().unwrap_or(name);
    Regex::new(&format!("(?s)^{pattern}$")).is_ok_and(|regex| regex.is_match(name) || regex.is_match(bare))
}

#[cfg(test)]
mod tests {
    use docmill_model::document::{Table, Word};

    use super::*;

    fn page() -> Page {
        let word = |text: &str| Word { text: text.into(), bbox: None, line: 0, confidence: None };
        let block = |kind, confidence| Block {
            kind,
            role: Role::Body,
            boxes: vec![],
            words: vec![],
            md: String::new(),
            confidence,
        };
        Page {
            text: "Total 12\n\n5% of it".into(),
            words: ["Total", "12", "5%", "of", "it"].map(word).into(),
            blocks: vec![
                block(BlockKind::Table(Table::default()), None),
                block(BlockKind::Heading { value: "Total".into(), level: 1 }, Some(0.5)),
            ],
            ..Page::default()
        }
    }

    #[test]
    fn triggers_fire_on_what_the_page_has() {
        use Counted::{Chars, Images, LayoutElements, Lines, Links, Numbers, PercentNumbers, Tables, Words};
        for (trigger, expected) in [
            (Trigger::NameGlob(vec!["*.docx".into(), "a?c*.pdf".into()]), true),
            (Trigger::NameGlob(vec!["b*".into()]), false),
            (Trigger::NameRegex("^IN/ABC".into(), "i".into()), true),
            (Trigger::NameRegex("^IN/ABC".into(), String::new()), false),
            (Trigger::TextRegex(r"\d+%".into(), String::new()), true),
            (Trigger::TextRegex("(".into(), String::new()), false),
            (Trigger::Text("of it".into()), true),
            (Trigger::Text("of that".into()), false),
            (Trigger::Table(true), true),
            (Trigger::Table(false), false),
            (Trigger::Image(true), true),
            (Trigger::Failed(true), false),
            (Trigger::FullPageImage(true, 0.8), true),
            (Trigger::FullPageImage(true, 0.95), false),
            (Trigger::Element("Section-Header".into(), 0.5), true),
            (Trigger::Element("title".into(), 0.6), false),
            (Trigger::Element("list".into(), 0.0), false),
            (Trigger::AtLeast(Chars, 17.0), true),
            (Trigger::AtLeast(Chars, 18.0), false),
            (Trigger::AtMost(Words, 5.0), true),
            (Trigger::AtMost(Words, 4.0), false),
            (Trigger::AtLeast(Lines, 3.0), false),
            (Trigger::AtLeast(Numbers, 2.0), true),
            (Trigger::AtLeast(PercentNumbers, 2.0), false),
            (Trigger::AtMost(Tables, 1.0), true),
            (Trigger::AtLeast(Images, 2.0), false),
            (Trigger::AtLeast(Links, 1.0), false),
            (Trigger::AtLeast(LayoutElements, 2.0), true),
        ] {
            let rule = AutoRule { triggers: vec![trigger.clone()], ..AutoRule::default() };
            let mode = AutoMode::new(&[rule], "in/abc 1.pdf", &mut Vec::new());
            assert_eq!(mode.fires(&page(), &[0.9]).is_some(), expected, "{trigger:?}");
        }
    }

    #[test]
    fn rules_want_all_or_one_of_their_triggers_and_the_first_wins() {
        let rule = |any, tables: &[bool]| AutoRule {
            any,
            triggers: tables.iter().map(|table| Trigger::Table(*table)).collect(),
            ..AutoRule::default()
        };
        let rules = [rule(false, &[]), rule(false, &[true, false]), rule(true, &[true, false]), rule(false, &[true])];
        let mut warnings = Vec::new();
        assert_eq!(AutoMode::new(&rules, "a", &mut warnings).fires(&page(), &[]), Some(2));
        assert!(warnings.is_empty());
        let bad = AutoRule { triggers: vec![Trigger::TextRegex("(".into(), String::new())], ..AutoRule::default() };
        AutoMode::new(&[bad], "a", &mut warnings);
        assert_eq!(warnings.len(), 1);
    }
}
