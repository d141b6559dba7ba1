//! The report as one page of HTML that needs nothing beside it.

use std::path::Path;

use super::diff::{self, Kind, Piece};
use super::page_image;
use super::run::{Document, Group, Run, shown, shown_change};
use super::text::escape;
use super::{Folders, score::Scores};

const STYLE: &str = include_str!("page.css");
const WORST: usize = 30;
const NAMES: [&str; 4] = ["Overall", "NID", "TEDS", "MHS"];
const LEGEND: &str = "Marked words stand on one side only: <del>in the truth</del>, <ins>in the prediction</ins>. \
                      Line breaks and the way a table is written are not compared there.";

pub fn render(run: &Run, previous: Option<&Run>, folders: &Folders, pages: Option<&Path>) -> Result<String, String> {
    let worst = run.worst(WORST);
    let mut articles = String::new();
    for (number, (name, document)) in worst.iter().enumerate() {
        let change = previous.and_then(|previous| document.change(previous.documents.get(*name)?)).unwrap_or_default();
        let picture = pages.map(|pages| picture(pages, name)).unwrap_or_default();
        articles.push_str(&format!(
            "<article id=\"d{number}\">\n<header><h3>{}</h3><span class=\"kind\">{}</span>{}</header>\n\
             <div class=\"panes\">\n{picture}{}</div>\n</article>\n",
            escape(name),
            escape(&document.kind),
            scores(&document.scores, &change),
            texts(&folders.truth(name)?, folders.prediction(name).as_deref()),
        ));
    }
    let total = run.total(previous);
    Ok(format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>Parse report</title>\n\
         <style>\n{STYLE}</style>\n</head>\n<body>\n<header class=\"top\">\n<h1>Parse report</h1>\n<p>{}</p>\n{}</header>\n\
         <main>\n<section>\n<h2>By kind of document</h2>\n{}</section>\n\
         <section>\n<h2>The {} worst documents</h2>\n<p class=\"note\">{LEGEND}</p>\n{}{articles}</section>\n\
         </main>\n</body>\n</html>\n",
        summary(run, previous.is_some()),
        figures(&total),
        kinds(run, previous, total),
        worst.len(),
        index(&worst),
    ))
}

fn summary(run: &Run, compared: bool) -> String {
    let missing = match run.missing() {
        0 => String::new(),
        count => format!(" ({count} without a prediction)"),
    };
    let since = if compared { " Changes are those since the previous run." } else { "" };
    format!(
        "Documents: {}{missing}, scored from 0 to 1 with the measures of opendataloader-bench: reading order (NID), tables \
         (TEDS), headings (MHS).{since}",
        run.documents.len()
    )
}

fn figures(group: &Group) -> String {
    let figure = |((name, score), change): ((&str, Option<f64>), Option<f64>)| {
        format!("<div><dt>{name}</dt><dd>{}{}{}</dd></div>\n", shown(score), bar(score), changed(change))
    };
    let scores = NAMES.into_iter().zip(group.scores.values()).zip(group.change.values());
    format!("<dl class=\"figures\">\n{}</dl>\n", scores.map(figure).collect::<String>())
}

fn kinds(run: &Run, previous: Option<&Run>, total: Group) -> String {
    let row = |group: &Group, class: &str| {
        let cells: String = group
            .scores
            .values()
            .into_iter()
            .zip(group.change.values())
            .map(|(score, change)| format!("<td>{}{}</td>", shown(score), changed(change)))
            .collect();
        format!("<tr{class}><th scope=\"row\">{}</th><td>{}</td>{cells}</tr>\n", escape(&group.name), group.count)
    };
    let rows: String = run.kinds(previous).iter().map(|group| row(group, "")).collect();
    format!(
        "<div class=\"wide\"><table>\n<thead><tr><th scope=\"col\">Kind</th><th scope=\"col\">Documents</th>{}</tr></thead>\n\
         <tbody>\n{rows}</tbody>\n<tfoot>\n{}</tfoot>\n</table></div>\n",
        NAMES.map(|name| format!("<th scope=\"col\">{name}</th>")).concat(),
        row(&total, " class=\"total\""),
    )
}

/// Links to the documents further down.
fn index(worst: &[(&String, &Document)]) -> String {
    let entry = |(number, (name, document)): (usize, &(&String, &Document))| {
        let overall = document.scores.overall();
        format!("<li><a href=\"#d{number}\">{}</a> <span>{}</span></li>\n", escape(name), shown(overall))
    };
    format!("<ol class=\"index\">\n{}</ol>\n", worst.iter().enumerate().map(entry).collect::<String>())
}

/// Truth and prediction beside each other.
fn texts(truth: &str, prediction: Option<&str>) -> String {
    let title = if prediction.is_some() { "Prediction" } else { "There is no prediction" };
    let prediction = prediction.unwrap_or_default();
    let (truth_pieces, prediction_pieces) = diff::pieces(truth, prediction);
    pane("Truth", "del", truth, &truth_pieces) + &pane(title, "ins", prediction, &prediction_pieces)
}

fn scores(scores: &Scores, change: &Scores) -> String {
    let score = |((name, score), change): ((&str, Option<f64>), Option<f64>)| {
        format!("<span class=\"score\"><b>{name}</b> {}{}</span>", shown(score), changed(change))
    };
    NAMES.into_iter().zip(scores.values()).zip(change.values()).map(score).collect()
}

fn pane(title: &str, mark: &str, text: &str, pieces: &[Piece]) -> String {
    let marked: String = pieces
        .chunk_by(|a, b| a.kind == b.kind)
        .map(|run| {
            let text = escape(&run.iter().map(|piece| piece.text).collect::<String>());
            match run[0].kind {
                Kind::Own => format!("<{mark}>{text}</{mark}>"),
                Kind::Markup => format!("<i>{text}</i>"),
                Kind::Common | Kind::Space => text,
            }
        })
        .collect();
    let cut = if diff::is_cut(text, pieces) { "<p class=\"note\">The rest is not shown.</p>\n" } else { "" };
    format!("<section class=\"pane\">\n<h4>{title}</h4>\n<pre tabindex=\"0\">\n{marked}</pre>\n{cut}</section>\n")
}

fn picture(pages: &Path, name: &str) -> String {
    match page_image::data_address(pages, name) {
        Ok(address) => {
            format!(
                "<figure class=\"pane\">\n<h4>Page</h4>\n<img src=\"{address}\" alt=\"The first page\">\n</figure>\n"
            )
        }
        Err(sentence) => format!("<p class=\"pane note\">{}</p>\n", escape(&sentence)),
    }
}

fn bar(score: Option<f64>) -> String {
    score.map_or_else(String::new, |score| {
        format!("<span class=\"bar\"><span style=\"width:{:.1}%\"></span></span>", score * 100.0)
    })
}

fn changed(change: Option<f64>) -> String {
    let class = match change {
        None => return String::new(),
        Some(change) if change > 0.000_05 => "up",
        Some(change) if change < -0.000_05 => "down",
        Some(_) => "same",
    };
    format!(" <span class=\"change {class}\">{}</span>", shown_change(change))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_escaped_and_marked() {
        for (truth, prediction, expected) in [
            ("a <script> & b", Some("a & b"), ["a <del>&lt;script&gt;</del> &amp; b", "\na &amp; b</pre>"]),
            (
                "<td>a</td>",
                Some("|b|"),
                ["<i>&lt;td&gt;</i><del>a</del><i>&lt;/td&gt;</i>", "<i>|</i><ins>b</ins><i>|</i>"],
            ),
            ("a", None, ["<del>a</del>", "<h4>There is no prediction</h4>"]),
        ] {
            let html = texts(truth, prediction);
            for part in expected {
                assert!(html.contains(part), "{part} in {html}");
            }
        }
    }

    #[test]
    fn the_page_shows_every_part() {
        let folder = std::env::temp_dir().join(format!("docmill-parse-report-page-{}", std::process::id()));
        let folders = Folders { truth: folder.join("truth"), pred: folder.join("pred") };
        std::fs::create_dir_all(&folders.truth).unwrap();
        std::fs::write(folders.truth.join("a&b.md"), "# Title\ntext").unwrap();
        let run = super::super::measure(&folders, None).unwrap();
        let html = render(&run, Some(&run), &folders, Some(&folder)).unwrap();
        std::fs::remove_dir_all(&folder).unwrap();
        for part in [
            "Documents: 1 (1 without a prediction)",
            "<tr><th scope=\"row\">all</th><td>1</td><td>0.0000 <span class=\"change same\">0</span></td>",
            "<tr class=\"total\"><th scope=\"row\">total</th>",
            "<li><a href=\"#d0\">a&amp;b</a> <span>0.0000</span></li>",
            "<article id=\"d0\">\n<header><h3>a&amp;b</h3>",
            "There is no a&amp;b.pdf.",
        ] {
            assert!(html.contains(part), "{part} in {html}");
        }
    }
}
