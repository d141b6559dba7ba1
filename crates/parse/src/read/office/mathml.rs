//! Formulas in MathML, as OpenDocument keeps them, in LaTeX.

use std::fmt::Write;

use super::xml;

/// Deeper formulas are left out.
const DEPTH_MAX: usize = 60;

/// An element, or a text (whose name is empty).
#[derive(Debug, Default)]
struct Element {
    name: String,
    text: String,
    children: Vec<Element>,
}

/// The first formula of a text in XML; `None` when there is none, or it says nothing.
pub fn latex(source: &str) -> Option<String> {
    let start = source.match_indices("math").find(|(at, _)| source[..*at].ends_with(['<', ':']))?.0;
    let start = source[..start].rfind('<')?;
    let latex = of(&element(&source[start..])?, 0)?;
    (!latex.trim().is_empty()).then(|| latex.trim().to_owned())
}

/// The element that the text begins with; what is left open ends with the text.
fn element(source: &str) -> Option<Element> {
    let mut open: Vec<Element> = Vec::new();
    let mut rest = source;
    while let Some((text, tag)) = rest.split_once('<') {
        let (tag, after) = tag.split_once('>')?;
        rest = after;
        if let Some(parent) = open.last_mut().filter(|_| !text.trim().is_empty()) {
            let text = xml::unescaped(text.trim());
            parent.children.push(Element { text, ..Element::default() });
        }
        if let Some(name) = tag.strip_prefix('/') {
            let ended = open.pop().filter(|ended| ended.name == local(name))?;
            match open.last_mut() {
                Some(parent) => parent.children.push(ended),
                None => return Some(ended),
            }
        } else if !tag.starts_with(['!', '?']) {
            let name = local(tag.trim_end_matches('/').split_whitespace().next().unwrap_or_default()).to_owned();
            let element = Element { name, ..Element::default() };
            match open.last_mut() {
                Some(parent) if tag.ends_with('/') => parent.children.push(element),
                _ => open.push(element),
            }
            (open.len() <= DEPTH_MAX).then_some(())?;
        }
    }
    None
}

fn local(name: &str) -> &str {
    name.trim().rsplit(':').next().unwrap_or_default()
}

fn of(element: &Element, depth: usize) -> Option<String> {
    (depth <= DEPTH_MAX).then_some(())?;
    let parts = || element.children.iter().map(|child| of(child, depth + 1)).collect::<Option<Vec<_>>>();
    let row = || Some(parts()?.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" "));
    let part = |index: usize| element.children.get(index).map_or(Some(String::new()), |child| of(child, depth + 1));
    Some(match element.name.as_str() {
        "" => symbols(&element.text),
        "semantics" => part(0)?,
        "annotation" | "annotation-xml" | "mspace" | "mphantom" => String::new(),
        "mi" => name(&text(element)),
        "mtext" | "ms" => format!("\\text{{{}}}", text(element)),
        "msup" => format!("{}^{{{}}}", base(part(0)?), part(1)?),
        "msub" => format!("{}_{{{}}}", base(part(0)?), part(1)?),
        "msubsup" | "munderover" => format!("{}_{{{}}}^{{{}}}", base(part(0)?), part(1)?, part(2)?),
        "munder" if is_large(&part(0)?) => format!("{}_{{{}}}", part(0)?, part(1)?),
        "munder" => format!("\\underset{{{}}}{{{}}}", part(1)?, part(0)?),
        "mover" => over(&part(0)?, &part(1)?),
        "mfrac" => format!("\\frac{{{}}}{{{}}}", part(0)?, part(1)?),
        "msqrt" => format!("\\sqrt{{{}}}", row()?),
        "mroot" => format!("\\sqrt[{}]{{{}}}", part(1)?, part(0)?),
        "mfenced" => format!("( {} )", parts()?.join(" , ")),
        "mtable" => format!("\\begin{{matrix}} {} \\end{{matrix}}", parts()?.join(" \\\\ ")),
        "mtr" => parts()?.join(" & "),
        _ => row()?,
    })
}

fn text(element: &Element) -> String {
    element.children.iter().map(|child| child.text.as_str()).collect()
}

fn is_large(base: &str) -> bool {
    matches!(base, "\\sum" | "\\prod" | "\\int" | "\\lim" | "\\max" | "\\min")
}

/// What an index stands at: braces where it is more than one sign.
fn base(latex: String) -> String {
    let is_one = latex.chars().count() == 1 || latex.starts_with('\\') && !latex.contains([' ', '{', '^', '_']);
    if is_one { latex } else { format!("{{{latex}}}") }
}

fn over(base: &str, sign: &str) -> String {
    let accent = match sign {
        "¯" | "‾" | "\u{305}" => "\\overline",
        "^" | "ˆ" => "\\hat",
        "~" | "˜" => "\\tilde",
        "→" | "\\to" | "⃗" => "\\vec",
        "˙" => "\\dot",
        "¨" => "\\ddot",
        _ if is_large(base) => return format!("{base}^{{{sign}}}"),
        _ => return format!("\\overset{{{sign}}}{{{base}}}"),
    };
    format!("{accent}{{{base}}}")
}

/// A name: a letter, a function, or a word.
fn name(text: &str) -> String {
    const FUNCTIONS: &[&str] = &[
        "sin", "cos", "tan", "cot", "sinh", "cosh", "tanh", "arcsin", "arccos", "arctan", "ln", "log", "exp", "lim",
        "max", "min", "det",
    ];
    if FUNCTIONS.contains(&text) {
        return format!("\\{text}");
    }
    if text.chars().count() > 1 { format!("\\mathrm{{{}}}", symbols(text)) } else { symbols(text) }
}

/// Signs by their names in LaTeX, those of LaTeX itself made harmless.
fn symbols(text: &str) -> String {
    const GREEK: &str = "α alpha β beta γ gamma δ delta ε epsilon ζ zeta η eta θ theta ι iota κ kappa λ lambda μ mu ν nu ξ xi \
        π pi ρ rho σ sigma τ tau υ upsilon φ phi χ chi ψ psi ω omega Γ Gamma Δ Delta Θ Theta Λ Lambda Ξ Xi Π Pi Σ Sigma \
        Φ Phi Ψ Psi Ω Omega ∑ sum ∏ prod ∫ int ∞ infty × times ⋅ cdot ÷ div ± pm ∓ mp ≤ le ≥ ge ≠ ne ≈ approx ≡ equiv \
        → to ⇒ Rightarrow ⇔ Leftrightarrow ∂ partial ∇ nabla ∈ in ∉ notin ⊂ subset ⊆ subseteq ∪ cup ∩ cap ∀ forall ∃ exists \
        … dots ∝ propto";
    let mut names = GREEK.split_whitespace();
    let names: Vec<(&str, &str)> = std::iter::from_fn(|| Some((names.next()?, names.next()?))).collect();
    let mut out = String::new();
    for char in text.chars() {
        match char {
            '\u{2061}'..='\u{2064}' | '\u{200b}' => {}
            '−' => out.push('-'),
            '{' | '}' | '%' | '#' | '&' | '_' | '$' => out.extend(['\\', char]),
            char => match names.iter().find(|(sign, _)| sign.starts_with(char)) {
                Some((_, name)) => {
                    let _ = write!(out, "\\{name}");
                }
                None => out.push(char),
            },
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_become_latex() {
        for (mathml, expected) in [
            ("<math><mi>a</mi><mo>=</mo><mn>2</mn></math>", Some("a = 2")),
            (
                "<?xml version=\"1.0\"?><math xmlns=\"m\"><semantics><mrow><msup><mi>a</mi><mn>2</mn></msup><mo stretchy=\"false\">+</mo>\
                 <mfrac><mi>π</mi><msqrt><mi>x</mi></msqrt></mfrac></mrow><annotation encoding=\"StarMath 5.0\">a</annotation></semantics></math>",
                Some("a^{2} + \\frac{\\pi}{\\sqrt{x}}"),
            ),
            (
                "<math:math><math:munderover><math:mo>∑</math:mo><math:mrow><math:mi>i</math:mi><math:mo>=</math:mo><math:mn>1</math:mn>\
                 </math:mrow><math:mi>n</math:mi></math:munderover><math:msub><math:mi>x</math:mi><math:mi>i</math:mi></math:msub></math:math>",
                Some("\\sum_{i = 1}^{n} x_{i}"),
            ),
            (
                "<math><mover><mi>v</mi><mo>→</mo></mover><mi>sin</mi><mi>foo</mi><mtext>if</mtext></math>",
                Some("\\vec{v} \\sin \\mathrm{foo} \\text{if}"),
            ),
            (
                "<math><mtable><mtr><mtd><mn>1</mn></mtd><mtd><mn>0</mn></mtd></mtr><mtr><mtd/><mtd><mi>&#955;</mi></mtd></mtr></mtable></math>",
                Some("\\begin{matrix} 1 & 0 \\\\  & \\lambda \\end{matrix}"),
            ),
            ("<math><mrow/></math>", None),
            ("<math><mi>a</mo></math>", None),
            ("<office:chart/>", None),
        ] {
            assert_eq!(latex(mathml).as_deref(), expected, "{mathml}");
        }
        assert_eq!(latex(&"<math>".repeat(10_000)), None);
    }
}
