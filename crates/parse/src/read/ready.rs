//! Documents whose pages are all made when they are opened.

use docmill_model::document::{DocumentInfo, Page};
use docmill_model::options::ParseOptions;
use docmill_model::{Code, Failure};

use super::image;
use crate::render::finish_page;
use crate::{DocumentReader, Services};

/// Text of a page of a document that has no pages of its own, bytes; what is longer becomes several pages.
pub const PAGE_BYTES_MAX: usize = 400_000;
/// Most text of a page that cannot be parted, bytes.
const PAGE_BYTES_END: usize = 2 << 20;

/// A page with the pictures whose bytes are to be kept.
#[derive(Default)]
pub struct Draft {
    pub page: Page,
    pub assets: Vec<Asset>,
    /// The picture that OCR reads in the place of the page, which has no words; only the first counts.
    pub scans: Vec<Vec<u8>>,
}

pub struct Asset {
    pub name: String,
    pub content_type: String,
    pub bytes: Vec<u8>,
}

pub struct Ready {
    info: DocumentInfo,
    /// `None` once handed out.
    drafts: Vec<Option<Draft>>,
    options: ParseOptions,
}

impl Ready {
    /// Pages get their numbers and are counted here.
    pub fn new(mut info: DocumentInfo, drafts: Vec<Draft>, options: &ParseOptions) -> Self {
        info.page_count = drafts.len() as u32;
        Self { info, drafts: drafts.into_iter().map(Some).collect(), options: options.clone() }
    }
}

impl DocumentReader for Ready {
    fn info(&self) -> DocumentInfo {
        self.info.clone()
    }

    fn page(&mut self, number: u32, services: &mut dyn Services) -> Result<Page, Failure> {
        let index = (number as usize).wrapping_sub(1);
        let Some(Draft { mut page, assets, scans }) = self.drafts.get_mut(index).and_then(Option::take) else {
            return Err(Failure::new(Code::PagesOutOfRange, format!("The document has no page {number}.")));
        };
        if page.text.len() > PAGE_BYTES_END {
            let message =
                format!("The page has more than {} MiB of text without a place to part it.", PAGE_BYTES_END >> 20);
            return Err(Failure::new(Code::FileTooLarge, message));
        }
        for asset in assets {
            services.asset(&asset.name, &asset.content_type, &asset.bytes);
        }
        if let Some(scan) = scans.into_iter().next() {
            page = image::in_place_of(page, scan, &self.options, services);
        }
        page.number = number;
        finish_page(&mut page, &self.options);
        Ok(page)
    }
}
