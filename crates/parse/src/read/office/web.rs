//! What of a web page is looked at: hidden, fixed and navigation elements taken out or brought in before it is read.
//!
//! Only what the page itself says counts: attributes, and rules of its own style elements whose selector stands alone
//! with its declarations. Style sheets elsewhere are never fetched.

use docmill_model::options::ParseOptions;
use scraper::node::Element;
use scraper::{Html, Node, Selector};

/// Rules of style elements that are looked at: pages of programs have tens of thousands.
const RULES_MAX: usize = 5_000;

/// The page without what is not wanted; `None` when it can be read as it is.
pub fn prepared(text: &str, options: &ParseOptions) -> Option<String> {
    let has_rules = text.contains("<style") || text.contains("<STYLE");
    if !has_rules && !options.html_all_visible && !options.html_remove_fixed && !options.html_remove_navigation {
        return None;
    }
    let mut page = Html::parse_document(text);
    let rules = rules(&page);
    if options.html_all_visible {
        show(&mut page);
    } else {
        remove(&mut page, &selected(&rules, hides));
    }
    if options.html_remove_fixed {
        remove(&mut page, &selected(&rules, fixes));
        remove_where(&mut page, |element| element.attr("style").is_some_and(|style| declarations(style).any(fixes)));
    }
    if options.html_remove_navigation {
        let navigation = [
            "nav",
            "[role=navigation]",
            "[role=menu]",
            "[role=menubar]",
            "[role=search]",
            "[aria-label*=breadcrumb i]",
        ];
        remove(&mut page, &navigation.map(str::to_owned));
    }
    Some(page.html())
}

/// A selector with the declarations behind it.
type CssRule = (String, String);

/// Rules of the page's own style elements; those in conditions (`@media`) are left out.
fn rules(page: &Html) -> Vec<CssRule> {
    let Ok(styles) = Selector::parse("style") else { return Vec::new() };
    let mut rules = Vec::new();
    for style in page.select(&styles) {
        let css: String = style.text().collect();
        let mut rest = without_comments(&css);
        while let Some(open) = rest.find('{') {
            let selector = rest[..open].rsplit([';', '}']).next().unwrap_or_default().trim().to_owned();
            let end = close(&rest[open..]).map_or(rest.len(), |end| open + end);
            let body = rest[open + 1..end].to_owned();
            rest = rest.get(end + 1..).unwrap_or_default().to_owned();
            if !selector.starts_with('@') && rules.len() < RULES_MAX {
                rules.push((selector, body));
            }
        }
    }
    rules
}

fn without_comments(css: &str) -> String {
    let mut out = String::with_capacity(css.len());
    let mut rest = css;
    while let Some(start) = rest.find("/*") {
        out.push_str(&rest[..start]);
        rest = rest[start..].find("*/").map_or("", |end| &rest[start + end + 2..]);
    }
    out + rest
}

/// Where the brace at the start closes.
fn close(css: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, char) in css.char_indices() {
        match char {
            '{' => depth += 1,
            '}' => {
                depth -= 1;
                if depth == 0 {
                    return Some(at);
                }
            }
            _ => {}
        }
    }
    None
}

/// Names and values of a style, in lower case.
fn declarations(style: &str) -> impl Iterator<Item = (String, String)> {
    style.split(';').filter_map(|declaration| {
        let (name, value) = declaration.split_once(':')?;
        let value = value.trim().trim_end_matches("!important").trim();
        Some((name.trim().to_ascii_lowercase(), value.to_ascii_lowercase()))
    })
}

fn hides((name, value): (String, String)) -> bool {
    matches!((name.as_str(), value.as_str()), ("display", "none") | ("visibility", "hidden" | "collapse"))
}

fn fixes((name, value): (String, String)) -> bool {
    name == "position" && matches!(value.as_str(), "fixed" | "sticky" | "-webkit-sticky")
}

/// Selectors of rules with such a declaration. States (`:hover`) say nothing about the page as it is.
fn selected(rules: &[CssRule], wanted: fn((String, String)) -> bool) -> Vec<String> {
    let with_it = rules.iter().filter(|(_, body)| declarations(body).any(wanted));
    with_it.filter(|(selector, _)| !selector.contains(':')).map(|(selector, _)| selector.clone()).collect()
}

fn remove(page: &mut Html, selectors: &[String]) {
    for selector in selectors {
        let Ok(selector) = Selector::parse(selector) else { continue };
        let found: Vec<_> =
            page.select(&selector).map(|element| (element.id(), element.value().name().to_owned())).collect();
        for (id, name) in found {
            if !matches!(name.as_str(), "html" | "body")
                && let Some(mut node) = page.tree.get_mut(id)
            {
                node.detach();
            }
        }
    }
}

fn remove_where(page: &mut Html, wanted: impl Fn(&Element) -> bool) {
    let found: Vec<_> =
        page.tree.nodes().filter(|node| node.value().as_element().is_some_and(&wanted)).map(|node| node.id()).collect();
    for id in found {
        if let Some(mut node) = page.tree.get_mut(id) {
            node.detach();
        }
    }
}

/// Takes away what hides elements.
fn show(page: &mut Html) {
    for node in page.tree.values_mut() {
        let Node::Element(element) = node else { continue };
        element.attrs.retain(|(name, _)| !matches!(&*name.local, "hidden" | "aria-hidden"));
        for (name, value) in &mut element.attrs {
            if &*name.local == "style" {
                let kept: Vec<String> = declarations(value)
                    .filter(|declaration| !hides(declaration.clone()))
                    .map(|(name, value)| format!("{name}:{value}"))
                    .collect();
                *value = kept.join(";").as_str().into();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str =
        "<style>/* .x{} */ .gone, #off { display : none } .bar{position:FIXED;top:0} .gone2:hover{display:none}
        @media print { .body { display: none } } p.note { color: red }</style>
        <nav>Menu</nav><div class=bar>Bar</div><div style='position:sticky'>Stuck</div>
        <p class=gone>A</p><p id=off>B</p><p class='gone2'>C</p><p class=body>D</p><p class=note hidden>E</p>
        <p style='color:red; display:none'>F</p>";

    #[test]
    fn elements_are_taken_out_as_asked() {
        let check = |visible: bool, fixed: bool, navigation: bool, expected: &str| {
            let options = ParseOptions {
                html_all_visible: visible,
                html_remove_fixed: fixed,
                html_remove_navigation: navigation,
                ..ParseOptions::default()
            };
            let page = Html::parse_document(&prepared(PAGE, &options).expect("a page with rules"));
            let body = Selector::parse("body").expect("selector");
            let left: Vec<String> = page
                .select(&body)
                .flat_map(|body| body.child_elements())
                .filter(|element| {
                    element.attr("hidden").is_none() && !element.attr("style").unwrap_or("").contains("none")
                })
                .map(|element| element.text().collect())
                .collect();
            assert_eq!(left.join(" "), expected);
        };
        check(false, false, false, "Menu Bar Stuck C D");
        check(true, false, false, "Menu Bar Stuck A B C D E F");
        check(false, true, false, "Menu C D");
        check(false, true, true, "C D");
    }

    #[test]
    fn pages_without_rules_are_left_alone() {
        assert_eq!(prepared("<p hidden>x</p>", &ParseOptions::default()), None);
    }
}
