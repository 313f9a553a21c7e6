"""A very small E5S1 file with made-up numbers: the whole way of unpacking in milliseconds."""

import struct

import numpy as np

HIDDEN, HEADS, FEED_FORWARD, POSITIONS = 32, 2, 64, 16
PIECES = [("<s>", 0.0), ("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0), ("▁", -2.0), ("a", -3.0), ("▁a", -2.5)]
PIECES += [("b", -4.0), ("<mask>", 0.0)]


def tensors() -> dict[str, np.ndarray]:
    """Raw bytes of each tensor: uint8 blocks for the 4-bit ones, float32 for the others."""
    random = np.random.default_rng(7)

    def quantised(count: int) -> np.ndarray:
        scales = random.uniform(0.01, 0.1, (count // 32, 1)).astype("<f2").view(np.uint8)
        return np.hstack([scales, random.integers(0, 256, (count // 32, 16), dtype=np.uint8)]).reshape(-1)

    def plain(count: int) -> np.ndarray:
        return random.standard_normal(count).astype("<f4")

    made = {"emb.word": quantised(len(PIECES) * HIDDEN), "emb.pos": plain(POSITIONS * HIDDEN)}
    made |= {"emb.type": plain(2 * HIDDEN), "emb.ln.w": plain(HIDDEN), "emb.ln.b": plain(HIDDEN)}
    shapes = dict.fromkeys(("q", "k", "v", "ao"), (HIDDEN, HIDDEN))
    shapes |= {"fi": (FEED_FORWARD, HIDDEN), "fo": (HIDDEN, FEED_FORWARD)}
    for name, (rows, columns) in shapes.items():
        made |= {f"l0.{name}.w": quantised(rows * columns), f"l0.{name}.b": plain(rows)}
    return made | {f"l0.{name}.{kind}": plain(HIDDEN) for name in ("aln", "oln") for kind in "wb"}


def e5_bytes() -> bytes:
    """The file."""
    sizes = (HIDDEN, 1, HEADS, FEED_FORWARD, len(PIECES), POSITIONS, 2)
    head = b"E5S1" + struct.pack("<I7ifi", 1, *sizes, 1e-12, 32)
    blobs = [piece.encode() for piece, _ in PIECES]
    offsets = np.cumsum([0, *map(len, blobs)]).astype("<u4").tobytes()
    scores = np.array([score for _, score in PIECES], "<f4").tobytes()
    head += struct.pack("<5iQ", len(PIECES), 0, 2, 1, 3, sum(map(len, blobs))) + offsets + scores + b"".join(blobs)
    replacement = struct.pack("<IBI", 0x09, 1, 0x20)
    head += struct.pack("<iI", 1, len(replacement)) + replacement
    return head + _directory_and_data(len(head))


def _directory_and_data(start: int) -> bytes:
    entries = [(name.encode(), values) for name, values in tensors().items()]
    at = start + 4 + sum(2 + len(name) + 1 + 4 + 8 + 8 for name, _ in entries)
    directory, data = struct.pack("<i", len(entries)), b""
    for name, values in entries:
        quantised = values.dtype == np.uint8
        count = values.size * 32 // 18 if quantised else values.size
        directory += struct.pack(f"<H{len(name)}s", len(name), name)
        directory += struct.pack("<BIQQ", quantised, count, at + len(data), values.nbytes)
        data += values.tobytes()
    return directory + data
