//! Colours, roughly: whether something is seen on paper and how it differs from black.
//!
//! Profiles and tint functions are not evaluated. An ICC space is taken as the device space with as many components,
//! a spot colour as grey of its tint.

use std::rc::Rc;

use hayro::hayro_syntax::object::{Array, Dict, Name, Object, Stream, dict_or_stream};
use hayro::hayro_syntax::page::Resources;

/// Spaces inside spaces.
const DEPTH_MAX: usize = 4;
/// Above this much of each part a colour is paper.
const WHITE: f32 = 0.98;
/// Paint that lets more than this through is not seen.
const ALPHA_MIN: f32 = 0.02;

/// Red, green, blue and opacity, 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Paint {
    pub rgb: [f32; 3],
    pub alpha: f32,
}

impl Paint {
    pub const BLACK: Self = Self { rgb: [0.0; 3], alpha: 1.0 };

    /// Whether nothing of it is seen on white paper.
    pub fn is_blank(self) -> bool {
        self.alpha < ALPHA_MIN || self.rgb.iter().all(|part| *part > WHITE)
    }
}

#[derive(Debug, Clone)]
pub(super) enum Space {
    Gray,
    Rgb,
    Cmyk,
    /// Lightness 0 to 100 first.
    Lab,
    /// Spot colours: 0 is paper.
    Tint,
    Indexed {
        base: Rc<Self>,
        table: Vec<u8>,
    },
    /// Patterns and shadings: something, no one knows what.
    Pattern,
}

impl Space {
    /// The space of this name: one of the device spaces, or an entry of the resources.
    pub fn named(name: &Name<'_>, resources: &Resources<'_>) -> Rc<Self> {
        let space = Self::device(name.as_ref()).or_else(|| Self::read(&resources.get_color_space(name)?, 0));
        Rc::new(space.unwrap_or(Self::Gray))
    }

    fn device(name: &[u8]) -> Option<Self> {
        Some(match name {
            b"DeviceGray" | b"G" | b"CalGray" => Self::Gray,
            b"DeviceRGB" | b"RGB" | b"CalRGB" => Self::Rgb,
            b"DeviceCMYK" | b"CMYK" => Self::Cmyk,
            b"Pattern" => Self::Pattern,
            _ => return None,
        })
    }

    fn read(object: &Object<'_>, depth: usize) -> Option<Self> {
        if depth > DEPTH_MAX {
            return None;
        }
        if let Object::Name(name) = object {
            return Self::device(name.as_ref());
        }
        let Object::Array(array) = object else { return None };
        let mut parts = array.flex_iter();
        let family = parts.next::<Name<'_>>()?;
        match family.as_ref() {
            b"ICCBased" => Some(Self::of_profile(&parts.next::<Stream<'_>>()?)),
            b"Lab" => Some(Self::Lab),
            b"Separation" | b"DeviceN" => Some(Self::Tint),
            b"Indexed" | b"I" => Self::indexed(array, depth),
            name => Self::device(name),
        }
    }

    fn of_profile(profile: &Stream<'_>) -> Self {
        match profile.dict().get::<i32>("N") {
            Some(1) => Self::Gray,
            Some(4) => Self::Cmyk,
            _ => Self::Rgb,
        }
    }

    fn indexed(array: &Array<'_>, depth: usize) -> Option<Self> {
        let parts: Vec<Object<'_>> = array.iter::<Object<'_>>().take(4).collect();
        let base = Rc::new(Self::read(parts.get(1)?, depth + 1)?);
        let table = match parts.get(3)? {
            Object::String(bytes) => bytes.as_bytes().to_vec(),
            other => dict_or_stream(other)?.1?.decoded_data().ok()?.into_owned(),
        };
        Some(Self::Indexed { base, table })
    }

    fn components(&self) -> usize {
        match self {
            Self::Rgb | Self::Lab => 3,
            Self::Cmyk => 4,
            _ => 1,
        }
    }

    /// Red, green and blue of these components; missing ones count as 0.
    pub fn rgb(&self, parts: &[f32]) -> [f32; 3] {
        let part = |index: usize| parts.get(index).copied().unwrap_or(0.0);
        match self {
            Self::Gray => [part(0); 3],
            Self::Rgb => [part(0), part(1), part(2)],
            Self::Cmyk => [0, 1, 2].map(|ink| (1.0 - part(ink)) * (1.0 - part(3))),
            Self::Lab => [part(0) / 100.0; 3],
            Self::Tint => [1.0 - parts.iter().copied().fold(0.0, f32::max); 3],
            Self::Pattern => [0.5; 3],
            Self::Indexed { base, table } => {
                let width = base.components();
                let start = (part(0).max(0.0) as usize).saturating_mul(width);
                let entry: Vec<f32> =
                    table.iter().skip(start).take(width).map(|byte| f32::from(*byte) / 255.0).collect();
                base.rgb(&entry)
            }
        }
    }

    /// What a space begins with (ISO 32000-1, 8.6.5.1): black, and full tint for spot colours.
    pub fn first(&self) -> [f32; 3] {
        match self {
            Self::Cmyk => self.rgb(&[0.0, 0.0, 0.0, 1.0]),
            Self::Tint => self.rgb(&[1.0]),
            _ => self.rgb(&[]),
        }
    }
}

/// Opacities of an extended graphics state: of strokes and of fills.
pub(super) fn opacities(state: &Dict<'_>) -> (Option<f32>, Option<f32>) {
    (state.get::<f32>("CA"), state.get::<f32>("ca"))
}
