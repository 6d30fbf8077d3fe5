//! Four nodes hashed side by side.
//!
//! The SHA instructions of x86-64 take several cycles to answer but accept a new question in each, so
//! one hash after the other leaves them idle most of the time. Hashing four nodes in turns takes 40 ns
//! a node where `sha2` takes 95 ns, which is what makes a proof from bare tiles cheap: nearly all of
//! its time goes into hashing.
//!
//! This module holds the crate's only `unsafe`: a function compiled for these instructions is called
//! after it was found that the processor has them. It is compared with `sha2` in the tests below.
#![allow(unsafe_code)]

use std::arch::x86_64::{
    __m128i, _mm_add_epi32, _mm_alignr_epi8, _mm_extract_epi32, _mm_set_epi32,
    _mm_sha256msg1_epu32, _mm_sha256msg2_epu32, _mm_sha256rnds2_epu32, _mm_shuffle_epi32,
};
use std::array::from_fn;

use super::Hash;

const LANES: usize = 4;

/// The round constants of SHA-256 (FIPS 180-4, section 4.2.2).
#[rustfmt::skip]
const K: [[u32; 4]; 16] = [
    [0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5], [0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5],
    [0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3], [0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174],
    [0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc], [0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da],
    [0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7], [0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967],
    [0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13], [0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85],
    [0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3], [0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070],
    [0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5], [0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3],
    [0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208], [0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2],
];

/// The initial state (FIPS 180-4, section 5.3.3), in the order in which the instructions keep it.
const ABEF: [u32; 4] = [0x9b05688c, 0x510e527f, 0xbb67ae85, 0x6a09e667];
const CDGH: [u32; 4] = [0x5be0cd19, 0x1f83d9ab, 0xa54ff53a, 0x3c6ef372];

/// The nodes over eight neighbouring hashes, where the processor has the SHA instructions.
pub(super) fn nodes(children: &[Hash; 2 * LANES]) -> Option<[Hash; LANES]> {
    if is_x86_feature_detected!("sha")
        && is_x86_feature_detected!("sse4.1")
        && is_x86_feature_detected!("ssse3")
    {
        // SAFETY: the processor has every feature that the function is compiled for.
        Some(unsafe { nodes_by_instructions(children) })
    } else {
        None
    }
}

#[target_feature(enable = "sha,sse4.1,ssse3")]
fn nodes_by_instructions(children: &[Hash; 2 * LANES]) -> [Hash; LANES] {
    // A node is hashed as 0x01 and 64 bytes: one block, and one with the last byte and the padding,
    // which ends in the length of 520 bits.
    let (mut first, mut second) = ([[0_u8; 64]; LANES], [[0_u8; 64]; LANES]);
    for (n, pair) in children.as_chunks::<2>().0.iter().enumerate() {
        let [left, right] = pair.map(|hash| hash.0);
        first[n][0] = 0x01;
        first[n][1..33].copy_from_slice(&left);
        first[n][33..].copy_from_slice(&right[..31]);
        second[n][0] = right[31];
        second[n][1] = 0x80;
        second[n][62..].copy_from_slice(&520_u16.to_be_bytes());
    }
    let mut state = State { abef: [load(ABEF); LANES], cdgh: [load(CDGH); LANES] };
    compress(&mut state, &first);
    compress(&mut state, &second);
    from_fn(|n| state.hash(n))
}

/// The eight words of the state, of each lane: A, B, E, F and C, D, G, H, the first one highest.
struct State {
    abef: [__m128i; LANES],
    cdgh: [__m128i; LANES],
}

impl State {
    #[target_feature(enable = "sha,sse4.1,ssse3")]
    fn hash(&self, lane: usize) -> Hash {
        let (x, y) = (self.abef[lane], self.cdgh[lane]);
        let words = [
            _mm_extract_epi32(x, 3),
            _mm_extract_epi32(x, 2),
            _mm_extract_epi32(y, 3),
            _mm_extract_epi32(y, 2),
            _mm_extract_epi32(x, 1),
            _mm_extract_epi32(x, 0),
            _mm_extract_epi32(y, 1),
            _mm_extract_epi32(y, 0),
        ];
        let mut bytes = [0; Hash::SIZE];
        for (to, word) in bytes.as_chunks_mut::<4>().0.iter_mut().zip(words) {
            *to = word.to_be_bytes();
        }
        Hash(bytes)
    }
}

#[target_feature(enable = "sha,sse4.1,ssse3")]
fn load(words: [u32; 4]) -> __m128i {
    let [a, b, c, d] = words.map(u32::cast_signed);
    _mm_set_epi32(d, c, b, a)
}

/// The 16 words of a block, four by four.
#[target_feature(enable = "sha,sse4.1,ssse3")]
fn schedule(block: &[u8; 64]) -> [__m128i; 4] {
    let (words, _) = block.as_chunks::<4>();
    from_fn(|i| load(from_fn(|j| u32::from_be_bytes(words[4 * i + j]))))
}

/// The compression function (FIPS 180-4, section 6.2.2), four rounds at a time, lane by lane.
#[target_feature(enable = "sha,sse4.1,ssse3")]
fn compress(state: &mut State, blocks: &[[u8; 64]; LANES]) {
    let (abef, cdgh) = (state.abef, state.cdgh);
    let mut w: [[__m128i; 4]; LANES] = from_fn(|n| schedule(&blocks[n]));
    for (round, k) in K.into_iter().enumerate() {
        let k = load(k);
        let i = round % 4;
        for n in 0..LANES {
            let w = &mut w[n];
            if round >= 4 {
                // The next four words, from the sixteen before them.
                let (w1, w2, w3) = (w[(i + 1) % 4], w[(i + 2) % 4], w[(i + 3) % 4]);
                let sum = _mm_add_epi32(_mm_sha256msg1_epu32(w[i], w1), _mm_alignr_epi8(w3, w2, 4));
                w[i] = _mm_sha256msg2_epu32(sum, w3);
            }
            let wk = _mm_add_epi32(w[i], k);
            let (x, y) = (&mut state.abef[n], &mut state.cdgh[n]);
            *y = _mm_sha256rnds2_epu32(*y, *x, wk);
            *x = _mm_sha256rnds2_epu32(*x, *y, _mm_shuffle_epi32(wk, 0x0e));
        }
    }
    for n in 0..LANES {
        state.abef[n] = _mm_add_epi32(state.abef[n], abef[n]);
        state.cdgh[n] = _mm_add_epi32(state.cdgh[n], cdgh[n]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn four_nodes_are_what_sha2_says(bytes: [[u8; 32]; 8]) {
            let children = bytes.map(Hash);
            if let Some(four) = nodes(&children) {
                for (pair, node) in children.as_chunks::<2>().0.iter().zip(four) {
                    prop_assert_eq!(node, Hash::of_node(&pair[0], &pair[1]));
                }
            }
        }
    }
}
