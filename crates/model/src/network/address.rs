//! Which addresses are on the public internet. Everything else belongs to somebody's own network, to the machine
//! itself, or to nobody, and a caller must not make docmill talk to it.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{Ipv4Net, Ipv6Net};

/// Blocks of IPv4 that are not public, with what they are (IANA IPv4 Special-Purpose Address Registry). The first
/// that contains an address names it.
const NOT_PUBLIC_V4: &[(Ipv4Net, &str)] = &[
    (v4([169, 254, 169, 254], 32), "a metadata service"),
    (v4([168, 63, 129, 16], 32), "a metadata service"),
    (v4([100, 100, 100, 200], 32), "a metadata service"),
    (v4([255, 255, 255, 255], 32), "the broadcast address"),
    (v4([0, 0, 0, 0], 8), "an unspecified address"),
    (v4([10, 0, 0, 0], 8), "a private address"),
    (v4([100, 64, 0, 0], 10), "a provider's shared address"),
    (v4([127, 0, 0, 0], 8), "a loopback address"),
    (v4([169, 254, 0, 0], 16), "a link-local address"),
    (v4([172, 16, 0, 0], 12), "a private address"),
    (v4([192, 0, 0, 0], 24), "a reserved address"),
    (v4([192, 0, 2, 0], 24), "a documentation address"),
    (v4([192, 88, 99, 0], 24), "a 6to4 relay address"),
    (v4([192, 168, 0, 0], 16), "a private address"),
    (v4([198, 18, 0, 0], 15), "a benchmarking address"),
    (v4([198, 51, 100, 0], 24), "a documentation address"),
    (v4([203, 0, 113, 0], 24), "a documentation address"),
    (v4([224, 0, 0, 0], 4), "a multicast address"),
    (v4([240, 0, 0, 0], 4), "a reserved address"),
];

/// The same for IPv6. What carries an IPv4 address inside is looked at before this.
const NOT_PUBLIC_V6: &[(Ipv6Net, &str)] = &[
    (v6([0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254], 128), "a metadata service"),
    (v6([0, 0, 0, 0, 0, 0, 0, 0], 128), "an unspecified address"),
    (v6([0, 0, 0, 0, 0, 0, 0, 1], 128), "a loopback address"),
    (v6([0xfc00, 0, 0, 0, 0, 0, 0, 0], 7), "a private address"),
    (v6([0xfe80, 0, 0, 0, 0, 0, 0, 0], 10), "a link-local address"),
    (v6([0xfec0, 0, 0, 0, 0, 0, 0, 0], 10), "a private address"),
    (v6([0xff00, 0, 0, 0, 0, 0, 0, 0], 8), "a multicast address"),
    // Teredo, ORCHID and other protocol assignments.
    (v6([0x2001, 0, 0, 0, 0, 0, 0, 0], 23), "a reserved address"),
    (v6([0x2001, 0xdb8, 0, 0, 0, 0, 0, 0], 32), "a documentation address"),
    (v6([0x3fff, 0, 0, 0, 0, 0, 0, 0], 20), "a documentation address"),
];

/// The only part of IPv6 that is given out to the public.
const GLOBAL_V6: Ipv6Net = v6([0x2000, 0, 0, 0, 0, 0, 0, 0], 3);
/// IPv6 blocks that carry an IPv4 address, and the segment at which it begins.
const CARRIERS: &[(Ipv6Net, usize)] = &[
    // IPv4-mapped, IPv4-compatible (deprecated), NAT64.
    (v6([0, 0, 0, 0, 0, 0xffff, 0, 0], 96), 6),
    (v6([0, 0, 0, 0, 0, 0, 0, 0], 96), 6),
    (v6([0x64, 0xff9b, 0, 0, 0, 0, 0, 0], 96), 6),
    // 6to4.
    (v6([0x2002, 0, 0, 0, 0, 0, 0, 0], 16), 1),
];

const fn v4(octets: [u8; 4], prefix: u8) -> Ipv4Net {
    let [a, b, c, d] = octets;
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), prefix)
}

const fn v6(segments: [u16; 8], prefix: u8) -> Ipv6Net {
    let [a, b, c, d, e, f, g, h] = segments;
    Ipv6Net::new_assert(Ipv6Addr::new(a, b, c, d, e, f, g, h), prefix)
}

/// What the address is, when it is not public.
pub fn not_public(address: IpAddr) -> Option<&'static str> {
    match address {
        IpAddr::V4(address) => not_public_v4(address),
        IpAddr::V6(address) => not_public_v6(address),
    }
}

fn not_public_v4(address: Ipv4Addr) -> Option<&'static str> {
    NOT_PUBLIC_V4.iter().find(|(block, _)| block.contains(&address)).map(|(_, what)| *what)
}

fn not_public_v6(address: Ipv6Addr) -> Option<&'static str> {
    if let Some((_, what)) = NOT_PUBLIC_V6.iter().find(|(block, _)| block.contains(&address)) {
        return Some(what);
    }
    if let Some(inner) = carried(address) {
        return not_public_v4(inner);
    }
    (!GLOBAL_V6.contains(&address)).then_some("a reserved address")
}

/// The IPv4 address that connections to an IPv6 address end at.
pub(super) fn carried(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let (_, at) = CARRIERS.iter().find(|(block, _)| block.contains(&address))?;
    let segments = address.segments();
    let (high, low) = (segments.get(*at)?, segments.get(at + 1)?);
    Some(Ipv4Addr::from((u32::from(*high) << 16) | u32::from(*low)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_address_is_told_apart() {
        let public = [
            "1.1.1.1",
            "9.255.255.255",
            "11.0.0.1",
            "100.63.255.255",
            "100.128.0.1",
            "172.15.0.1",
            "172.32.0.1",
            "192.0.1.1",
            "192.167.1.1",
            "198.17.255.255",
            "198.20.0.1",
            "223.255.255.255",
            "2606:4700::1111",
            "2001:200::1",
            "2001:4860:4860::8888",
            "::ffff:8.8.8.8",
            "64:ff9b::8.8.8.8",
            "2002:808:808::1",
            "::8.8.8.8",
        ];
        for text in public {
            assert_eq!(not_public(text.parse().expect(text)), None, "{text}");
        }
        for (text, expected) in [
            ("127.0.0.1", "a loopback address"),
            ("127.255.255.254", "a loopback address"),
            ("::1", "a loopback address"),
            ("0.0.0.0", "an unspecified address"),
            ("0.1.2.3", "an unspecified address"),
            ("::", "an unspecified address"),
            ("10.0.0.1", "a private address"),
            ("172.16.0.1", "a private address"),
            ("172.31.255.255", "a private address"),
            ("192.168.1.1", "a private address"),
            ("fc00::1", "a private address"),
            ("fd12:3456::1", "a private address"),
            ("fec0::1", "a private address"),
            ("169.254.1.1", "a link-local address"),
            ("fe80::1", "a link-local address"),
            ("febf::1", "a link-local address"),
            ("100.64.0.1", "a provider's shared address"),
            ("100.127.255.255", "a provider's shared address"),
            ("169.254.169.254", "a metadata service"),
            ("168.63.129.16", "a metadata service"),
            ("100.100.100.200", "a metadata service"),
            ("fd00:ec2::254", "a metadata service"),
            ("224.0.0.1", "a multicast address"),
            ("239.255.255.255", "a multicast address"),
            ("ff02::1", "a multicast address"),
            ("255.255.255.255", "the broadcast address"),
            ("240.0.0.1", "a reserved address"),
            ("192.0.0.192", "a reserved address"),
            ("192.0.2.1", "a documentation address"),
            ("198.51.100.7", "a documentation address"),
            ("203.0.113.9", "a documentation address"),
            ("2001:db8::1", "a documentation address"),
            ("3fff:fff::1", "a documentation address"),
            ("198.19.255.255", "a benchmarking address"),
            ("192.88.99.1", "a 6to4 relay address"),
            // IPv4 inside IPv6.
            ("::ffff:127.0.0.1", "a loopback address"),
            ("::ffff:169.254.169.254", "a metadata service"),
            ("::10.0.0.1", "a private address"),
            ("64:ff9b::10.0.0.1", "a private address"),
            ("64:ff9b::a9fe:a9fe", "a metadata service"),
            ("2002:7f00:1::1", "a loopback address"),
            ("2002:c0a8:101::1", "a private address"),
            // Teredo, local NAT64, discard, segment routing.
            ("2001:0:4136:e378:8000:63bf:3fff:fdd2", "a reserved address"),
            ("64:ff9b:1::1", "a reserved address"),
            ("100::1", "a reserved address"),
            ("5f00::1", "a reserved address"),
            ("4000::1", "a reserved address"),
        ] {
            assert_eq!(not_public(text.parse().expect(text)), Some(expected), "{text}");
        }
    }
}
