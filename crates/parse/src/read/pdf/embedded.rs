//! Pictures as the document holds them: JPEG as it is, everything else decoded to PNG.
//!
//! hayro decodes them while it draws the page onto a device that keeps nothing but the wanted pictures.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use hayro::hayro_interpret::font::GlyphRun;
use hayro::hayro_interpret::{
    BlendMode, ClipPath, Context, Device, DrawMode, DrawProps, Image, ImageData, ImageDrawProps, InterpreterCache,
    InterpreterSettings, LumaData, Paint, RasterImage, SoftMask, StencilImage, interpret_page,
};
use hayro::hayro_syntax::Filter;
use hayro::hayro_syntax::object::{Array, Dict, Name, Object, Stream};
use hayro::hayro_syntax::page::Page;
use hayro::kurbo::{Affine, BezPath, Rect};
use image::imageops::{FilterType, resize};
use image::{DynamicImage, GrayImage, Luma, RgbImage, Rgba, RgbaImage};

use super::album::PIXELS_MAX;
use super::{picture, torn};

/// A picture's own file.
#[derive(Debug)]
pub struct Encoded {
    /// `DrawnPicture::id`.
    pub id: u64,
    pub extension: &'static str,
    pub content_type: &'static str,
    pub bytes: Vec<u8>,
    /// It ends before its last row.
    pub torn: bool,
}

/// Names a picture inside its document: by its object, or by its data where the page's content holds it.
pub fn picture_id(stream: &Stream<'_>) -> u64 {
    let mut hasher = DefaultHasher::new();
    match stream.dict().obj_id() {
        Some(id) => id.hash(&mut hasher),
        None => (stream.dict().data(), stream.raw_data().as_ref()).hash(&mut hasher),
    }
    hasher.finish()
}

/// How many pictures in CCITT or JBIG2 code stop before their end: hayro draws them as far as they go. The other codes tell
/// by themselves.
pub fn torn<'a>(page: &'a Page<'a>, cache: &InterpreterCache<'a>) -> usize {
    let mut counter = Counter { torn: 0 };
    look(page, cache, &mut counter);
    counter.torn
}

/// Gives `found` the wanted pictures of the page, each once, in drawing order. What cannot be decoded is not given.
pub fn collect<'a>(page: &'a Page<'a>, cache: &InterpreterCache<'a>, wanted: HashSet<u64>, found: impl FnMut(Encoded)) {
    look(page, cache, &mut Collector { wanted, found });
}

fn look<'a>(page: &'a Page<'a>, cache: &InterpreterCache<'a>, device: &mut impl Device<'a>) {
    let (width, height) = page.render_dimensions();
    let area = Rect::new(0.0, 0.0, f64::from(width), f64::from(height));
    let settings = InterpreterSettings::default();
    let mut context = Context::new(Affine::IDENTITY, area, cache, page.xref(), settings);
    interpret_page(page, &mut context, device);
}

struct Counter {
    torn: usize,
}

impl<'a> Device<'a> for Counter {
    fn draw_image(&mut self, image: Image<'a, '_>, _: ImageDrawProps<'a>) {
        self.torn += usize::from(torn::ends_early(stream_of(&image)));
    }

    fn draw_path(&mut self, _: &BezPath, _: DrawProps<'a>, _: &DrawMode) {}
    fn push_clip_path(&mut self, _: &ClipPath) {}
    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'a>>, _: BlendMode) {}
    fn draw_glyph_run(&mut self, _: &GlyphRun<'_, 'a>, _: DrawProps<'a>, _: &DrawMode) {}
    fn pop_clip(&mut self) {}
    fn pop_transparency_group(&mut self) {}
}

fn stream_of<'i>(image: &'i Image<'_, 'i>) -> &'i Stream<'i> {
    match image {
        Image::Raster(raster) => raster.stream(),
        Image::Stencil(stencil) => stencil.stream(),
    }
}

/// Whether rows that the document promises are missing. JPEG 2000 has a size of its own.
fn lacks_rows(stream: &Stream<'_>, decoded: &DynamicImage) -> bool {
    let dict = stream.dict();
    let promised = dict.get::<u32>("H").or_else(|| dict.get::<u32>("Height"));
    !stream.filters().contains(&Filter::JpxDecode) && promised.is_some_and(|rows| decoded.height() < rows)
}

struct Collector<F> {
    wanted: HashSet<u64>,
    found: F,
}

impl<'a, F: FnMut(Encoded)> Device<'a> for Collector<F> {
    fn draw_image(&mut self, image: Image<'a, '_>, _: ImageDrawProps<'a>) {
        let id = picture_id(stream_of(&image));
        if self.wanted.remove(&id)
            && let Some(encoded) = encode(id, &image)
        {
            (self.found)(encoded);
        }
    }

    fn draw_path(&mut self, _: &BezPath, _: DrawProps<'a>, _: &DrawMode) {}
    fn push_clip_path(&mut self, _: &ClipPath) {}
    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'a>>, _: BlendMode) {}
    fn draw_glyph_run(&mut self, _: &GlyphRun<'_, 'a>, _: DrawProps<'a>, _: &DrawMode) {}
    fn pop_clip(&mut self) {}
    fn pop_transparency_group(&mut self) {}
}

fn encode(id: u64, image: &Image<'_, '_>) -> Option<Encoded> {
    if let Image::Raster(raster) = image
        && let Some(bytes) = own_jpeg(raster.stream())
    {
        return Some(Encoded { id, extension: "jpg", content_type: "image/jpeg", bytes, torn: false });
    }
    let decoded = match image {
        Image::Raster(raster) => raster_pixels(raster),
        Image::Stencil(stencil) => stencil_pixels(stencil),
    }?;
    let mut bytes = Vec::new();
    decoded.write_with_encoder(picture::encoder(&mut bytes)).ok()?;
    let stream = stream_of(image);
    let torn = lacks_rows(stream, &decoded) || torn::ends_early(stream);
    Some(Encoded { id, extension: "png", content_type: "image/png", bytes, torn })
}

fn raster_pixels(raster: &RasterImage<'_>) -> Option<DynamicImage> {
    let mut decoded = None;
    raster.with_rgba(|image, alpha| decoded = joined(image, alpha), None);
    decoded
}

/// The colours with their transparency, where there is any.
fn joined(image: ImageData, alpha: Option<LumaData>) -> Option<DynamicImage> {
    let (width, height) = (image.width(), image.height());
    if u64::from(width) * u64::from(height) > PIXELS_MAX {
        return None;
    }
    let alpha = alpha.filter(|alpha| alpha.data.iter().any(|value| *value != u8::MAX));
    let colours = match image {
        ImageData::Luma(luma) => GrayImage::from_raw(width, height, luma.data)?.into(),
        ImageData::Rgb(rgb) => DynamicImage::ImageRgb8(RgbImage::from_raw(width, height, rgb.data)?),
    };
    let Some(alpha) = alpha else { return Some(colours) };
    let mut alpha = GrayImage::from_raw(alpha.width, alpha.height, alpha.data)?;
    if alpha.dimensions() != (width, height) {
        alpha = resize(&alpha, width, height, FilterType::Triangle);
    }
    let mut joined = colours.into_rgba8();
    for (Rgba(pixel), Luma([opacity])) in joined.pixels_mut().zip(alpha.pixels()) {
        pixel[3] = *opacity;
    }
    Some(joined.into())
}

/// A stencil in the colour that it is first painted with; black for a pattern.
fn stencil_pixels(stencil: &StencilImage<'_, '_>) -> Option<DynamicImage> {
    let mut decoded = None;
    let paint = |mask: LumaData, paint: &Paint<'_>| {
        let [red, green, blue, _] = match paint {
            Paint::Color(colour) => colour.to_rgba().to_rgba8(),
            Paint::Pattern(_) => [0; 4],
        };
        if u64::from(mask.width) * u64::from(mask.height) <= PIXELS_MAX {
            let mask = GrayImage::from_raw(mask.width, mask.height, mask.data);
            decoded = mask.map(|mask| {
                let painted = |x, y| Rgba([red, green, blue, mask.get_pixel(x, y).0[0]]);
                RgbaImage::from_fn(mask.width(), mask.height(), painted).into()
            });
        }
    };
    stencil.with_stencil(paint, None);
    decoded
}

/// The data of a picture that is a JPEG file by itself: its colours need neither the document nor a mask.
fn own_jpeg(stream: &Stream<'_>) -> Option<Vec<u8>> {
    let dict = stream.dict();
    let needed = ["SMask", "Mask", "SMaskInData", "Decode", "D"];
    if stream.filters().as_slice() != [Filter::DctDecode]
        || needed.iter().any(|key| dict.contains_key(key))
        || colour_transform(dict).is_some_and(|transform| transform != 1)
    {
        return None;
    }
    let bytes = stream.raw_data();
    let parts = jpeg_components(&bytes)?;
    (space_components(dict)? == parts && matches!(parts, 1 | 3)).then(|| bytes.into_owned())
}

/// What the document says of a JPEG's colours beside the file itself (ISO 32000-1, table 13).
fn colour_transform(dict: &Dict<'_>) -> Option<i32> {
    let parameters = ["DecodeParms", "DP"].into_iter().find_map(|key| match dict.get::<Object<'_>>(key)? {
        Object::Dict(parameters) => Some(parameters),
        Object::Array(list) => list.iter::<Object<'_>>().next().and_then(Object::into_dict),
        _ => None,
    });
    parameters?.get::<i32>("ColorTransform")
}

/// Components of a colour space that every program shows alike without the document.
fn space_components(dict: &Dict<'_>) -> Option<u8> {
    let space = dict.get::<Object<'_>>("ColorSpace").or_else(|| dict.get::<Object<'_>>("CS"))?;
    let device = |name: &[u8]| match name {
        b"DeviceGray" | b"G" | b"CalGray" => Some(1),
        b"DeviceRGB" | b"RGB" | b"CalRGB" => Some(3),
        _ => None,
    };
    let Object::Array(parts) = space else { return device(space.into_name()?.as_ref()) };
    profile_components(&parts).or_else(|| device(parts.flex_iter().next::<Name<'_>>()?.as_ref()))
}

fn profile_components(parts: &Array<'_>) -> Option<u8> {
    let mut parts = parts.flex_iter();
    let family = parts.next::<Name<'_>>()?;
    (family.as_ref() == b"ICCBased").then(|| parts.next::<Stream<'_>>()?.dict().get::<u8>("N")).flatten()
}

/// Components of a JPEG file, from its frame header (ISO 10918-1, B.2.2).
pub fn jpeg_components(bytes: &[u8]) -> Option<u8> {
    let mut rest = bytes.strip_prefix(&[0xFF, 0xD8])?;
    loop {
        let (marker, after) = rest.strip_prefix(&[0xFF])?.split_first()?;
        match marker {
            // Fill bytes before a marker.
            0xFF => rest = &rest[1..],
            0xC0..=0xC2 => return after.get(7).copied(),
            0xC3..=0xCF if !matches!(marker, 0xC4 | 0xC8 | 0xCC) => return None,
            0xD9 | 0xDA => return None,
            _ => {
                let length = u16::from_be_bytes([*after.first()?, *after.get(1)?]);
                rest = after.get(usize::from(length)..)?;
            }
        }
    }
}
