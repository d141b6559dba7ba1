//! The pictures that a job asks for: the page as it looks, the figures on it, the pictures that it holds.

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use docmill_model::Failure;
use docmill_model::document::{BBox, BlockKind, Page, Picture, Role, Warning};
use docmill_model::options::ImageCategory;

use super::album::Chosen;
use super::drawing::{Drawing, DrawnPicture};
use super::picture::{self, Upright};
use super::{PdfReader, SCREENSHOT_DPI, vertical};
use crate::Services;
use crate::layout::PageRecord;
use crate::read::crop;
use crate::render::markdown;

const PNG: &str = "image/png";
/// Bytes of all figures that stand in the markdown of a page.
const INLINE_BYTES_MAX: usize = 8 * 1024 * 1024;

impl PdfReader {
    pub(super) fn wants(&self, category: ImageCategory) -> bool {
        self.options.images.contains(&category)
    }

    /// The pictures that are to be saved, if any are.
    pub(super) fn choose(&self, drawing: &Drawing, record: &PageRecord) -> Chosen {
        if !self.wants(ImageCategory::Embedded) {
            return Chosen::default();
        }
        let drawn = drawing.pictures.iter().copied().zip(record.pictures.iter().copied());
        let inside = |(_, bbox): &(DrawnPicture, BBox)| {
            let wanted = self.options.crop.map(|wanted| if record.down { vertical::lying(wanted) } else { wanted });
            wanted.is_none_or(|wanted| crop::keeps(wanted, *bbox, record.width, record.height))
        };
        let (drawn, mut boxes): (Vec<DrawnPicture>, Vec<BBox>) = drawn.filter(inside).unzip();
        if record.down {
            vertical::upright_boxes(&mut boxes, (record.width, record.height));
        }
        Chosen::of(&drawn, &boxes)
    }

    /// Screenshot and figures, both cut from one rendering.
    pub(super) fn save_rendered(&mut self, page: &mut Page, services: &mut dyn Services) -> Result<(), Failure> {
        let wanted = self.wants(ImageCategory::Layout) || self.options.inline_images;
        let figures = wanted && page.blocks.iter().any(|block| block.role == Role::Figure);
        if !figures && !self.wants(ImageCategory::Screenshot) {
            return Ok(());
        }
        let rendered = self.rendered(page)?;
        if self.wants(ImageCategory::Screenshot) {
            let name = format!("page_{}.png", page.number);
            services.asset(&name, PNG, &rendered.png()?);
            page.images.push(listed(name, ImageCategory::Screenshot, None));
        }
        if !figures {
            return Ok(());
        }
        let keep = self.wants(ImageCategory::Layout);
        save_figures(&rendered, page, keep.then_some(services), self.options.inline_images)
    }

    fn rendered(&mut self, page: &mut Page) -> Result<Upright, Failure> {
        let index = self.index(page.number)?;
        let (width, height) = (page.width.unwrap_or(1.0), page.height.unwrap_or(1.0));
        let scale = picture::scale(&PageRecord { width, height, ..PageRecord::default() }, SCREENSHOT_DPI);
        let raster = self.interpreter.render(index, scale);
        warn_of_damage(page, raster.lacks_picture);
        Upright::of(raster, page.rotation)
    }

    pub(super) fn save_embedded(
        &mut self,
        page: &mut Page,
        chosen: &Chosen,
        services: &mut dyn Services,
    ) -> Result<(), Failure> {
        let index = self.index(page.number)?;
        // A page whose survey failed has no numbers yet.
        self.album.meet(chosen);
        let wanted = self.album.wanted(chosen);
        let album = &mut self.album;
        if !wanted.is_empty() {
            self.interpreter.pictures(index, wanted, |picture| album.save(&picture, services));
        }
        album.list(chosen, page);
        Ok(())
    }
}

/// Says once that pictures of the page are damaged, if they are.
pub fn warn_of_damage(page: &mut Page, damaged: bool) {
    let code = Warning::PICTURES_DAMAGED;
    if damaged && !page.warnings.iter().any(|warning| warning.code == code) {
        let message = "A picture of the page is damaged; what it shows is missing, or a part of it.";
        page.warnings.push(Warning::new(code, message));
    }
}

/// Keeps the figures of the page through `services`, if that is asked for, and as data in the markdown if `inline`.
fn save_figures(
    rendered: &Upright,
    page: &mut Page,
    mut services: Option<&mut dyn Services>,
    inline: bool,
) -> Result<(), Failure> {
    let (mut number, mut inlined, mut too_large) = (0, 0, 0);
    for block in page.blocks.iter_mut().filter(|block| block.role == Role::Figure) {
        let BlockKind::Image { name, caption } = &mut block.kind else { continue };
        let Some(bbox) = block.boxes.first().copied() else { continue };
        let Some(part) = rendered.part(bbox) else { continue };
        let part = part?;
        number += 1;
        if inline && inlined + part.len() <= INLINE_BYTES_MAX {
            inlined += part.len();
            block.md = markdown::image(caption, Some(&format!("data:{PNG};base64,{}", BASE64.encode(&part))));
        } else if inline {
            too_large += 1;
        }
        if let Some(services) = &mut services {
            let file = format!("page_{}_figure_{number}.png", page.number);
            services.asset(&file, PNG, &part);
            page.images.push(listed(file.clone(), ImageCategory::Layout, Some(bbox)));
            *name = Some(file);
        }
    }
    if too_large > 0 {
        let message = format!("{too_large} figure(s) of the page are too large to stand in its markdown.");
        page.warnings.push(Warning::new(Warning::PICTURES_LEFT_OUT, message));
    }
    Ok(())
}

fn listed(name: String, category: ImageCategory, bbox: Option<BBox>) -> Picture {
    Picture { name, category, content_type: PNG.into(), bbox }
}
