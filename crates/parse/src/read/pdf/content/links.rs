//! Links that lead out of the document (ISO 32000-1, 12.5.6.5 and 12.6.4.7).

use docmill_model::document::BBox;
use hayro::hayro_syntax::object::{Array, Dict, Name, Rect, String as PdfString};
use hayro::hayro_syntax::page::Page;
use hayro::kurbo::{self, Affine};

use super::annotations::{ANNOTATIONS_MAX, HIDDEN};
use crate::layout::Target;
use crate::read::pdf::strings::text_string;

/// Bytes of an address.
const URL_MAX: usize = 4_096;
/// Areas of one link; it has one a line.
const AREAS_MAX: usize = 100;
/// Areas of all links of a page.
const PAGE_AREAS_MAX: usize = 20_000;
/// Links of these kinds are kept; a document may not bring scripts or local files into markdown.
const SCHEMES: &[&str] = &["http", "https", "mailto", "tel", "ftp"];

/// The links of a page in its own frame; `shown` leads there from user space.
pub(super) fn of(page: &Page<'_>, shown: Affine) -> Vec<Target> {
    let annotations = page.raw().get::<Array<'_>>("Annots");
    let mut base: Option<Option<String>> = None;
    let (mut links, mut areas) = (Vec::new(), 0);
    for annotation in annotations.iter().flat_map(Array::iter::<Dict<'_>>).take(ANNOTATIONS_MAX) {
        let Some(raw) = raw_address(&annotation) else { continue };
        let base = base.get_or_insert_with(|| base_of(page));
        let Some(url) = address(&raw, base.as_deref()) else { continue };
        let boxes = areas_of(&annotation, shown);
        areas += boxes.len();
        if areas > PAGE_AREAS_MAX {
            break;
        }
        links.push(Target { url, boxes });
    }
    links
}

/// What a shown link's action says; `None` for links inside the document.
fn raw_address(annotation: &Dict<'_>) -> Option<String> {
    let named = |dict: &Dict<'_>, key: &str, name: &[u8]| dict.get::<Name<'_>>(key).is_some_and(|own| *own == *name);
    if !named(annotation, "Subtype", b"Link") || annotation.get::<u32>("F").unwrap_or(0) & HIDDEN != 0 {
        return None;
    }
    let action = annotation.get::<Dict<'_>>("A").filter(|action| named(action, "S", b"URI"))?;
    let raw = action.get::<PdfString<'_>>("URI")?;
    // 7-bit by the standard, UTF-8 as programs write it.
    Some(std::str::from_utf8(raw.as_bytes()).map_or_else(|_| text_string(raw.as_bytes()), str::to_owned))
}

/// What addresses without a scheme are relative to (ISO 32000-1, table 207).
fn base_of(page: &Page<'_>) -> Option<String> {
    let root = page.xref().get::<Dict<'_>>(page.xref().root_id())?;
    let base = root.get::<Dict<'_>>("URI")?.get::<PdfString<'_>>("Base")?;
    Some(text_string(base.as_bytes())).filter(|base| allowed(base))
}

/// The address in full, if it is one that may be kept.
fn address(raw: &str, base: Option<&str>) -> Option<String> {
    let raw = raw.trim();
    if raw.is_empty() || raw.len() > URL_MAX || raw.chars().any(char::is_control) {
        return None;
    }
    let full = if scheme(raw).is_some() {
        raw.to_owned()
    } else if let Some(base) = base {
        joined(base, raw)
    } else if raw.starts_with("www.") {
        format!("http://{raw}")
    } else {
        return None;
    };
    allowed(&full).then(|| encoded(&full))
}

fn scheme(url: &str) -> Option<&str> {
    let (scheme, _) = url.split_once(':')?;
    let letters = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.');
    (scheme.starts_with(|c: char| c.is_ascii_alphabetic()) && scheme.chars().all(letters)).then_some(scheme)
}

fn allowed(url: &str) -> bool {
    let known = |scheme: &str| SCHEMES.iter().any(|own| own.eq_ignore_ascii_case(scheme));
    scheme(url).is_some_and(known) && url.split_once(':').is_some_and(|(_, rest)| !rest.trim_matches('/').is_empty())
}

/// A relative address beside its base (RFC 3986, 5.2, without dot segments, which servers resolve).
fn joined(base: &str, relative: &str) -> String {
    let base = base.split(['?', '#']).next().unwrap_or_default();
    let host = base.find("://").map_or(0, |at| at + 3);
    let root = base[host..].find('/').map_or(base.len(), |at| host + at);
    let folder = base.rfind('/').filter(|at| *at >= root).map_or(root, |at| at);
    if relative.starts_with("//") {
        format!("{}{relative}", &base[..base.find("//").unwrap_or(0)])
    } else if relative.starts_with('/') {
        format!("{}{relative}", &base[..root])
    } else if relative.starts_with(['?', '#']) {
        format!("{base}{relative}")
    } else {
        format!("{}/{relative}", &base[..folder])
    }
}

/// Signs that no address may hold would end it early where it is written.
fn encoded(url: &str) -> String {
    let mut out = String::with_capacity(url.len());
    for char in url.chars() {
        match char {
            '"' | '<' | '>' | '\\' | '^' | '`' | '{' | '|' | '}' => out.push_str(&format!("%{:02X}", u32::from(char))),
            char if char.is_whitespace() => out.push_str("%20"),
            char => out.push(char),
        }
    }
    out
}

/// The areas that are the link: its quadrilaterals, which follow the lines, else its rectangle.
pub(super) fn areas_of(annotation: &Dict<'_>, shown: Affine) -> Vec<BBox> {
    let corners = annotation.get::<Array<'_>>("QuadPoints");
    let corners: Vec<f64> = corners.iter().flat_map(Array::iter::<f64>).take(8 * AREAS_MAX).collect();
    let (quads, _) = corners.as_chunks::<8>();
    let mut areas: Vec<kurbo::Rect> = quads.iter().map(around).collect();
    if let Some(rect) = annotation.get::<Rect>("Rect") {
        let rect = kurbo::Rect::new(rect.x0, rect.y0, rect.x1, rect.y1).abs();
        // Quadrilaterals outside of the rectangle are to be ignored (ISO 32000-1, table 173).
        areas.retain(|area| rect.inflate(1.0, 1.0).contains(area.center()));
        if areas.is_empty() {
            areas.push(rect);
        }
    }
    let areas = areas.into_iter().filter(|area| area.is_finite() && area.width() > 0.0 && area.height() > 0.0);
    areas.map(|area| boxed(shown.transform_rect_bbox(area))).collect()
}

fn around(quad: &[f64; 8]) -> kurbo::Rect {
    let points = quad.as_chunks::<2>().0;
    let first = kurbo::Rect::from_points((points[0][0], points[0][1]), (points[0][0], points[0][1]));
    points.iter().fold(first, |rect, [x, y]| rect.union_pt((*x, *y)))
}

fn boxed(rect: kurbo::Rect) -> BBox {
    BBox::from_corners(rect.x0 as f32, rect.y0 as f32, rect.x1 as f32, rect.y1 as f32)
}
