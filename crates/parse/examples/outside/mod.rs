//! OCR for the examples: tesseract, whose answers are kept for the next run.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use docmill_model::document::BBox;
use docmill_parse::{OcrAnswer, OcrText, OcrWord, PageImage, Services};

/// Where answers of OCR are kept; `None` = there is no OCR.
pub struct Outside(pub Option<PathBuf>);

impl Outside {
    fn tesseract(image: &PageImage) -> std::io::Result<String> {
        let dpi = image.dpi.to_string();
        let mut child = Command::new("tesseract")
            .args(["stdin", "stdout", "-l", "eng", "--dpi", &dpi, "tsv"])
            .env("OMP_THREAD_LIMIT", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        if let Some(mut stdin) = child.stdin.take() {
            write!(stdin, "P5\n{} {}\n255\n", image.width, image.height)?;
            stdin.write_all(&image.grey)?;
        }
        let output = child.wait_with_output()?;
        if !output.status.success() {
            return Err(std::io::Error::other(output.status.to_string()));
        }
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }
}

/// A row of tesseract's table that is a word.
fn word(row: &str) -> Option<OcrWord> {
    let columns: Vec<&str> = row.splitn(12, '\t').collect();
    let ["5", _, block, paragraph, line, _, left, top, width, height, confidence, text] = columns[..] else {
        return None;
    };
    let number = |column: &str| column.parse::<f32>().ok();
    let confidence = number(confidence).filter(|confidence| *confidence >= 0.0 && !text.trim().is_empty())? / 100.0;
    let bbox = BBox::new(number(left)?, number(top)?, number(width)?, number(height)?);
    let [block, paragraph, line] = [block, paragraph, line].map(|column| column.parse().unwrap_or(0));
    Some(OcrWord { text: text.trim().into(), bbox, block, paragraph, line, confidence })
}

impl Services for Outside {
    fn ocr(&mut self, image: &PageImage, _: &[String]) -> OcrAnswer {
        let Some(kept) = &self.0 else { return OcrAnswer::Missing { message: "No OCR here.".into() } };
        let mut hasher = DefaultHasher::new();
        (image.width, image.dpi, &image.grey).hash(&mut hasher);
        let place = kept.join(format!("{:016x}.tsv", hasher.finish()));
        let table = match std::fs::read_to_string(&place).or_else(|_| Self::tesseract(image)) {
            Ok(table) => table,
            Err(error) => return OcrAnswer::Failed { message: format!("tesseract: {error}") },
        };
        // Only a quicker next run is lost.
        let _ = std::fs::write(&place, &table);
        OcrAnswer::Read(OcrText {
            engine: "tesseract".into(),
            words: table.lines().filter_map(word).collect(),
            ..OcrText::default()
        })
    }

    fn asset(&mut self, _: &str, _: &str, _: &[u8]) {}
}
